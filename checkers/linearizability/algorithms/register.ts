import type { Json } from "../../../src/core/json.ts";
import type { Operation } from "../../../src/core/operation.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { show } from "../../shared/values.ts";
import type { Algorithm, Decision } from "../algorithm.ts";
import { DistinctValues } from "./distinct.ts";
import { OwnSpans, orderTouching, type Spans } from "./spans.ts";
import { emptyZones, findContradiction, value } from "./zones.ts";

/** A block per written value, and block 0 for the initial one. */
interface Blocks {
  /** By position of an operation: its block. */
  readonly blockOf: Int32Array;
  /** By block: the position of its write; -1 for block 0. */
  readonly writers: Int32Array;
  readonly count: number;
  readonly spans: OwnSpans;
}

/**
 * Registers whose written values are all different, so that each read names its write. A write and its reads must be
 * adjacent in a linearization, hence the history is linearizable if and only if no read returned before its write was
 * called and the zones do not contradict each other (see `Zones`).
 *
 * A write of unknown outcome never returns. If its value was read it has happened, at some time after its call, as the
 * zones say. If it was not, it can be left out: its zone contradicts nothing.
 */
export const register: Algorithm = {
  name: "register-zones",
  specs: ["register", "cas-register", "kv"],
  source: "Gibbons & Korach, Testing Shared Memories, SIAM J. Comput. 26 (1997), §4",
  decide(spec, ops, deadlineMs) {
    if (performance.now() >= deadlineMs) return { type: "time", placed: 0 };
    const blocks = blocksOf(spec, ops);
    if ("type" in blocks) return blocks;
    if (performance.now() >= deadlineMs) return { type: "time", placed: 0 };
    const { spans } = blocks;
    const culprits = findCulprits(spans, blocks);
    if (culprits !== undefined) return blame(ops, culprits);
    const ordered = orderTouching(spans, ops);
    const others = ordered && findCulprits(ordered.spans, blocks);
    if (others === undefined) return { type: "linearizable", placed: returned(spans) };
    if (ordered?.exact) return blame(ops, others);
    return { type: "declined", why: "several processes return and call at the same instant" };
  },
};

const blame = (ops: readonly Operation[], positions: readonly number[]): Decision => ({
  type: "not-linearizable",
  culprits: [...new Set(positions)].map((i) => (ops[i] as Operation).index).sort((a, b) => a - b),
});

function returned({ returns }: Spans): number {
  let count = 0;
  for (let i = 0; i < returns.length; i++) if (value(returns, i) < Number.POSITIVE_INFINITY) count++;
  return count;
}

/** Operations that are fetched in one go. */
const CHUNK = 128;

function blocksOf(spec: Spec, ops: readonly Operation[]): Blocks | Decision {
  // An imported history may show the empty string of a `kv` as null.
  const nothing: Json = spec.name === "kv" ? "" : null;
  const values = new DistinctValues(ops.length);
  values.add((spec.init() ?? null) as Json);
  const blockOf = new Int32Array(ops.length);
  const writers = new Int32Array(ops.length + 1).fill(-1);
  const spans = new OwnSpans(ops.length);
  /** Positions of reads whose write is not among the operations before: it is called later, if at all. */
  const early: number[] = [];
  for (let from = 0, to = 0; from < ops.length; from = to) {
    to = Math.min(ops.length, from + CHUNK);
    // Operations of a key lie far apart in memory. Many are fetched at once in a loop that does not ask what each does,
    // which nothing can foretell.
    for (let i = from; i < to; i++) spans.set(i, ops[i] as Operation);
    for (let i = from; i < to; i++) {
      const op = ops[i] as Operation;
      const { f, index } = op;
      if (f === "read" || f === "get") {
        const block = values.find(saw(op) ?? nothing);
        if (block < 0) early.push(i);
        else blockOf[i] = block;
      } else {
        if (f !== "write" && f !== "put")
          return { type: "declined", why: `operation ${index} is neither a read nor a write` };
        const written = op.input ?? nothing;
        const block = values.add(written);
        if (block < 0)
          return { type: "declined", why: `${show(written)}, which operation ${index} writes, is not unique` };
        blockOf[i] = block;
        writers[block] = i;
      }
    }
  }
  for (const i of early) {
    const op = ops[i] as Operation;
    const block = values.find(saw(op) ?? nothing);
    if (block < 0) return { type: "not-linearizable", culprits: [op.index] };
    blockOf[i] = block;
  }
  return { blockOf, writers, count: values.size, spans };
}

const saw = ({ outcome }: Operation): Json | undefined => (outcome.type === "ok" ? outcome.value : null);

/** Positions of a few operations that contradict each other; `undefined` if there are none. */
function findCulprits({ calls, returns }: Spans, { blockOf, writers, count }: Blocks): number[] | undefined {
  const zones = emptyZones(count);
  const { firstReturn, lastCall } = zones;
  firstReturn[0] = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < blockOf.length; i++) {
    const block = blockOf[i] as number;
    const writer = writers[block] as number;
    if (writer >= 0 && value(returns, i) < value(calls, writer)) return [writer, i];
    if (value(returns, i) < value(firstReturn, block)) firstReturn[block] = value(returns, i);
    if (value(calls, i) > value(lastCall, block)) lastCall[block] = value(calls, i);
  }
  const pair = findContradiction(zones);
  if (pair === undefined) return undefined;
  const isDecisive = (i: number, block: number): boolean =>
    blockOf[i] === block &&
    (value(returns, i) === value(firstReturn, block) || value(calls, i) === value(lastCall, block));
  const positions = pair.map((block) => writers[block] as number).filter((writer) => writer >= 0);
  for (let i = 0; i < blockOf.length; i++) if (isDecisive(i, pair[0]) || isDecisive(i, pair[1])) positions.push(i);
  return positions;
}
