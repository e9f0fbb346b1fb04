import type { JsonObject } from "../../core/json.ts";
import { bothOf, type Invariant, type Ruling } from "../../core/model.ts";
import type { NodeId } from "../../core/operation.ts";
import type { Entry } from "./log.ts";
import type { LogShape } from "./positions.ts";

/**
 * What is never violated, whatever the configuration, judged from what replicas trace:
 *
 * - `leader {term, length, runs}`: the node leads this epoch from now on, with a log of this shape.
 * - `append {after, afterEpoch, entries}`: these entries stand in its log behind the entry at `after`, which is of `afterEpoch`.
 * - `acknowledge {epoch, index}`: as leader of `epoch` it acknowledges all up to `index`. Only traced where no
 *   acknowledged write may be lost.
 */
export const singleLeaderInvariants = (): Invariant[] => [oneLeader(), logMatching(), acknowledgedStays()];

const numberAt = (detail: JsonObject, name: string): number => detail[name] as number;

/** No two nodes lead the same epoch, though two may lead at a time. A node may do so again after a restart. */
export function oneLeader(): Invariant {
  const leaders = new Map<number, NodeId>();
  return {
    name: "one-leader",
    source: "Lamport, The Part-Time Parliament (TOCS 1998), §2.2: ballots belong to one priest each",
    onTrace: (node, event, detail) => {
      if (event !== "leader") return undefined;
      const epoch = numberAt(detail, "term");
      const other = leaders.get(epoch) ?? node;
      leaders.set(epoch, other);
      return other === node || `${other} and ${node} both lead epoch ${epoch}`;
    },
  };
}

interface Fact {
  readonly op: string;
  readonly before: number;
  readonly node: NodeId;
}

/** Logs that agree on the epoch at an index agree up to there: by induction, if it tells the operation and the epoch before. */
export function logMatching(): Invariant {
  const facts = new Map<string, Fact>();
  return {
    name: "log-matching",
    source: "Ongaro & Ousterhout, In Search of an Understandable Consensus Algorithm (ATC 2014), §5.3",
    onTrace: (node, event, detail) => {
      if (event !== "append") return undefined;
      const { after, afterEpoch, entries } = detail as unknown as Appended;
      let before = afterEpoch;
      let ruling: Ruling;
      for (const [i, { epoch, op }] of entries.entries()) {
        const place = `entry ${after + 1 + i} of epoch ${epoch}`;
        const fact: Fact = { op: JSON.stringify(op), before, node };
        const same = facts.get(place);
        if (same) ruling = bothOf(ruling, compare(place, same, fact));
        else facts.set(place, fact);
        before = epoch;
      }
      return ruling;
    },
  };
}

function compare(place: string, one: Fact, other: Fact): Ruling {
  if (one.op !== other.op) return `${place} is ${one.op} on ${one.node} but ${other.op} on ${other.node}`;
  if (one.before === other.before) return true;
  return `${place} follows epoch ${one.before} on ${one.node} but epoch ${other.before} on ${other.node}`;
}

interface Appended {
  readonly after: number;
  readonly afterEpoch: number;
  readonly entries: readonly Entry[];
}

/**
 * Who leads a later epoch took office with all that was acknowledged in an earlier one, be it before or after that: its log
 * then only grows, so that is the moment to look at. What it had itself acknowledged counts when it comes back.
 */
export function acknowledgedStays(): Invariant {
  /** Of each epoch up to which index was acknowledged. */
  const acknowledged = new Map<number, number>();
  const leaders: { readonly node: NodeId; readonly term: number; readonly log: LogShape }[] = [];
  const kept = (leader: (typeof leaders)[number], epoch: number, index: number): Ruling =>
    epochAt(leader.log, index) === epoch ||
    `${leader.node} leads epoch ${leader.term} without entry ${index}, acknowledged in epoch ${epoch}`;
  return {
    name: "acknowledged-stays",
    source: "Howard, Malkhi & Spiegelman, Flexible Paxos (OPODIS 2016), §4; leader completeness: Raft §5.4.3",
    onTrace: (node, event, detail) => {
      let ruling: Ruling;
      if (event === "leader") {
        const leader = { node, term: numberAt(detail, "term"), log: detail as unknown as LogShape };
        leaders.push(leader);
        for (const [epoch, index] of acknowledged)
          if (epoch <= leader.term) ruling = bothOf(ruling, kept(leader, epoch, index));
      }
      if (event === "acknowledge") {
        const [epoch, index] = [numberAt(detail, "epoch"), numberAt(detail, "index")];
        acknowledged.set(epoch, Math.max(index, acknowledged.get(epoch) ?? 0));
        for (const leader of leaders) if (epoch < leader.term) ruling = bothOf(ruling, kept(leader, epoch, index));
      }
      return ruling;
    },
  };
}

const epochAt = ({ length, runs }: LogShape, index: number): number | undefined =>
  index > length ? undefined : runs.findLast(([, first]) => first <= index)?.[0];
