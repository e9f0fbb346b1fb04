import type { JsonObject } from "../../core/json.ts";
import type { Invariant } from "../../core/model.ts";
import type { NodeId } from "../../core/operation.ts";

/**
 * The properties of primary order atomic broadcast (Junqueira et al. 2011, §3), judged from what servers trace:
 *
 * - `start {kept}`: the server starts or restarts, with nothing delivered. What a crash may have kept of its last handler
 *   is given again: the end of its history, each as below.
 * - `leader {term}`: it is the established primary of the epoch `term`.
 * - `broadcast {epoch, counter, name}`: as primary it proposes a transaction.
 * - `deliver {position, epoch, counter, name}`: it applies a transaction, the how manieth since the beginning.
 */
export const zabInvariants = (): Invariant[] => [
  onePrimary(),
  integrity(),
  totalOrder(),
  primaryOrder(),
  primaryIntegrity(),
];

const property = (name: string, says: string, onTrace: Invariant["onTrace"]): Invariant => ({
  name,
  source: `Junqueira, Reed & Serafini 2011, §3: ${says}`,
  onTrace,
});

interface Traced {
  /** Of what is delivered. */
  readonly position: number;
  readonly epoch: number;
  readonly counter: number;
  readonly name: string;
}

const traced = (detail: JsonObject): Traced => detail as unknown as Traced;
const label = ({ epoch, counter, name }: Traced): string => `(${epoch}, ${counter}) ${name}`;

/** An epoch has one primary. */
export function onePrimary(): Invariant {
  const primaries = new Map<number, NodeId>();
  return property("one-primary", "an epoch has at most one primary", (node, event, detail) => {
    if (event !== "leader") return undefined;
    const epoch = detail.term as number;
    const other = primaries.get(epoch);
    primaries.set(epoch, node);
    return other === undefined || `${other} and ${node} were both established in epoch ${epoch}`;
  });
}

/** What is delivered was broadcast, or its primary crashed when it had written but not sent it. */
export function integrity(): Invariant {
  const sent = new Set<string>();
  const led = new Map<NodeId, Set<number>>();
  return property("integrity", "what is delivered was broadcast", (node, event, detail) => {
    if (event === "leader") led.set(node, (led.get(node) ?? new Set<number>()).add(detail.term as number));
    if (event === "broadcast") sent.add(label(traced(detail)));
    if (event === "start")
      for (const one of detail.kept as unknown as readonly Traced[])
        if (led.get(node)?.has(one.epoch)) sent.add(label(one));
    if (event !== "deliver") return undefined;
    return sent.has(label(traced(detail))) || `${node} delivered ${label(traced(detail))}, which nobody broadcast`;
  });
}

/** Total order and agreement: what servers deliver are prefixes of one sequence. */
export function totalOrder(): Invariant {
  const sequence: { readonly what: string; readonly node: NodeId }[] = [];
  const says = "of what two servers deliver, one is a prefix of the other (total order, agreement)";
  return property("total-order", says, (node, event, detail) => {
    if (event !== "deliver") return undefined;
    const { position } = traced(detail);
    const what = label(traced(detail));
    const first = sequence[position];
    if (first === undefined) {
      sequence[position] = { what, node };
      return undefined;
    }
    return first.what === what || `${first.node} delivered ${first.what} as number ${position}, but ${node} ${what}`;
  });
}

/** Local and global primary order: each primary's transactions in its order, all of an earlier epoch's first. */
export function primaryOrder(): Invariant {
  const last = new Map<NodeId, Traced>();
  const says = "transactions are delivered in their primary's order, and primaries in the order of epochs";
  return property("primary-order", says, (node, event, detail) => {
    if (event === "start") last.delete(node);
    if (event !== "deliver") return undefined;
    const now = traced(detail);
    const before = last.get(node);
    last.set(node, now);
    const follows =
      before?.epoch === now.epoch
        ? now.counter === before.counter + 1
        : now.counter === 1 && now.epoch > (before?.epoch ?? 0);
    return follows || `${node} delivered ${label(now)} after ${before === undefined ? "nothing" : label(before)}`;
  });
}

/** A primary has delivered whatever anyone delivers of earlier epochs before it broadcasts. */
export function primaryIntegrity(): Invariant {
  const delivered = new Map<NodeId, number>();
  /** How much each primary had delivered when it began. */
  const began = new Map<number, { readonly node: NodeId; readonly length: number }>();
  const epochs: number[] = [];
  const says = "a primary has delivered what anyone delivers of earlier epochs before it broadcasts";
  return property("primary-integrity", says, (node, event, detail) => {
    if (event === "start") delivered.delete(node);
    const { epoch, position } = traced(detail);
    if (event === "broadcast" && !began.has(epoch)) {
      const length = delivered.get(node) ?? 0;
      began.set(epoch, { node, length });
      const missed = epochs.findIndex((one, at) => at > length && one < epoch);
      if (missed >= 0) return `${node} began epoch ${epoch} without having delivered number ${missed}`;
      return epochs.some((one) => one < epoch) || undefined;
    }
    if (event !== "deliver") return undefined;
    delivered.set(node, position);
    if (epochs[position] !== undefined) return undefined;
    epochs[position] = epoch;
    // A primary that began with it would have delivered it first: so nothing is tested here that holds.
    for (const [later, primary] of began)
      if (later > epoch && primary.length < position)
        return `${primary.node} began epoch ${later} without number ${position}, which ${node} delivered of epoch ${epoch}`;
    return undefined;
  });
}
