import type { JsonObject } from "../../core/json.ts";
import type { Invariant } from "../../core/model.ts";
import type { NodeId } from "../../core/operation.ts";
import { majorityOf } from "./majority.ts";

/**
 * The safety requirements of Lamport, Paxos Made Simple, 2001, §2.1, judged from what replicas trace. A decree is anything
 * on which the cluster agrees once; a value is given by its name, and equal names mean equal values.
 *
 * - `start {nodes}`: the node starts or restarts, in a cluster of so many. An acceptor then gives again what a crash may
 *   have kept of its last handler, which told nobody: `kept {decree, ballot, value}`.
 * - `propose {value}`: a client asks for it.
 * - `accept {decree, ballot, value}`: the acceptor has accepted it, and that is on its disk.
 * - `learn {decree, value}`: the node takes it for chosen.
 *
 * What is chosen is counted here, from what acceptors accepted, and not taken from what anybody says.
 */
export const paxosInvariants = (): Invariant[] => [validity(), agreement(), learning()];

const section = (name: string, property: string, onTrace: Invariant["onTrace"]): Invariant => ({
  name,
  source: `Lamport, Paxos Made Simple, 2001, §2.1: ${property}`,
  onTrace,
});

const quote = (value: string): string => (value === "" ? "a no-op" : value);
const decreeIn = ({ decree }: JsonObject): string => `${decree}`;
const valueIn = ({ value }: JsonObject): string => value as string;

/** "Only a value that has been proposed may be chosen." A no-op, whose name is empty, may always be, and so is no test. */
export function validity(): Invariant {
  const proposed = new Set<string>();
  return section("validity", "only a value that has been proposed may be chosen", (node, event, detail) => {
    // The handler that wrote it may have been the one that took it from a client.
    if (event === "propose" || event === "kept") proposed.add(valueIn(detail));
    if (event !== "accept" || valueIn(detail) === "") return undefined;
    if (proposed.has(valueIn(detail))) return true;
    return `${node} accepted ${valueIn(detail)} for decree ${decreeIn(detail)}, which nobody proposed`;
  });
}

/** Counts what acceptors accepted. */
class Votes {
  #majority = Number.POSITIVE_INFINITY;
  /** Who accepted, by decree and then by ballot and value; no more is known of a decree once a value is chosen twice. */
  readonly #voters = new Map<string, Map<string, Set<NodeId>>>();
  readonly #chosen = new Map<string, string>();

  /** The value of the decree that has been chosen first, if any was. */
  chosen(decree: string): string | undefined {
    return this.#chosen.get(decree);
  }

  /** Gives the value that this event has made chosen by a ballot, if it has. */
  onTrace(node: NodeId, event: string, detail: JsonObject): string | undefined {
    if (event === "start") this.#majority = majorityOf(detail.nodes as number);
    if (event !== "accept" && event !== "kept") return undefined;
    const [decree, value] = [decreeIn(detail), valueIn(detail)];
    let ballots = this.#voters.get(decree);
    if (ballots === undefined) {
      ballots = new Map();
      this.#voters.set(decree, ballots);
    }
    const ballot = `${detail.ballot} ${value}`;
    const voters = ballots.get(ballot) ?? new Set();
    if (voters.has(node)) return undefined;
    ballots.set(ballot, voters.add(node));
    if (voters.size !== this.#majority) return undefined;
    if (!this.#chosen.has(decree)) this.#chosen.set(decree, value);
    return value;
  }
}

/** "Only a single value is chosen." Put to the test when a second ballot chooses for a decree. */
export function agreement(): Invariant {
  const votes = new Votes();
  return section("agreement", "only a single value is chosen", (node, event, detail) => {
    const first = votes.chosen(decreeIn(detail));
    const value = votes.onTrace(node, event, detail);
    if (value === undefined || first === undefined) return undefined;
    if (first === value) return true;
    return `${quote(first)} and ${quote(value)} were both chosen for decree ${decreeIn(detail)}, the latter by ballot ${detail.ballot}`;
  });
}

/** "A process never learns that a value has been chosen unless it actually has been." */
export function learning(): Invariant {
  const votes = new Votes();
  const property = "a process never learns that a value has been chosen unless it has been";
  return section("learning", property, (node, event, detail) => {
    votes.onTrace(node, event, detail);
    if (event !== "learn") return undefined;
    const chosen = votes.chosen(decreeIn(detail));
    if (chosen === valueIn(detail)) return true;
    const instead = chosen === undefined ? "but none is" : `but ${quote(chosen)} is`;
    return `${node} takes ${quote(valueIn(detail))} for chosen for decree ${decreeIn(detail)}, ${instead}`;
  });
}
