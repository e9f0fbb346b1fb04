import type { Json } from "../../../src/core/json.ts";
import type { Operation } from "../../../src/core/operation.ts";
import { isArray } from "../../shared/values.ts";
import type { Algorithm, Decision } from "../algorithm.ts";
import { DistinctValues } from "./distinct.ts";
import { type Inversion, inversion } from "./shared/ranks.ts";
import { decideInTime, refuted } from "./shared/timeline.ts";

/**
 * Lists to which different values are appended. The longest read shows the order of the appends; every other read must be a
 * beginning of it, and then all operations but the appends that nobody saw have their place. What is left to check is that
 * these places do not contradict real time.
 */
export const appendListAlgorithm: Algorithm = {
  name: "append-list",
  specs: ["append-list"],
  source: "Kingsbury & Alvaro, Elle, VLDB 2020, §4.2 (the longest read traces the versions of a list)",
  decide(_, ops, deadlineMs) {
    const history = read(ops, deadlineMs);
    if ("type" in history) return history;
    const { ranks, highest } = rank(history);
    return decideInTime(ops, (until, completed) => {
      const wrong = inversion(ranks, until, highest);
      if (wrong === undefined) return { type: "linearizable", placed: completed };
      return refuted(ops, culprits(history, wrong));
    });
  },
};

interface ListHistory {
  readonly ops: readonly Operation[];
  readonly ids: DistinctValues;
  /** Positions of the appends by the ids of their values. */
  readonly appends: readonly number[];
  /** Positions of the reads, and which of them is the longest. */
  readonly reads: readonly number[];
  readonly longest: number;
  /** By position: how many values a read saw. */
  readonly lengths: Int32Array;
}

const valuesOf = ({ outcome }: Operation): readonly Json[] =>
  outcome.type === "ok" && isArray(outcome.value) ? outcome.value : [];

/** Operations between looks at the clock. */
const BETWEEN_LOOKS = 1024;

function read(ops: readonly Operation[], deadlineMs: number): ListHistory | Decision {
  const ids = new DistinctValues(ops.length);
  const appends: number[] = [];
  const reads: number[] = [];
  const lengths = new Int32Array(ops.length);
  let longest = -1;
  for (const [position, op] of ops.entries()) {
    if (op.f !== "read") {
      if (ids.id(op.input) < appends.length) return { type: "declined", why: "a value is appended more than once" };
      appends.push(position);
      continue;
    }
    reads.push(position);
    lengths[position] = valuesOf(op).length;
    if (longest < 0 || (lengths[position] as number) > (lengths[longest] as number)) longest = position;
  }
  const history = { ops, ids, appends, reads, longest, lengths };
  const shown = longest < 0 ? [] : valuesOf(ops[longest] as Operation);
  const order = Int32Array.from(shown, (value) => ids.id(value));
  const seen = new Uint8Array(ids.size);
  for (const id of order) {
    if (id >= appends.length || seen[id] === 1) return refuted(ops, withAppends(history, [longest]));
    seen[id] = 1;
  }
  for (const [i, position] of reads.entries()) {
    if (i % BETWEEN_LOOKS === 0 && performance.now() > deadlineMs) return { type: "time", placed: 0 };
    const values = valuesOf(ops[position] as Operation);
    for (let at = 0; at < values.length; at++) {
      // Mostly a number or a text, of which nothing more need be known.
      if (values[at] === shown[at]) continue;
      const id = ids.id(values[at] as Json);
      if (id >= appends.length) return refuted(ops, withAppends(history, [position]));
      if (id !== order[at]) return refuted(ops, withAppends(history, [position, longest]));
    }
  }
  return history;
}

/** Reads, and the appends of all that they show. */
function withAppends({ ops, ids, appends }: ListHistory, reads: readonly number[]): number[] {
  const shown = reads.flatMap((position) =>
    valuesOf(ops[position] as Operation).map((value) => appends[ids.id(value)]),
  );
  return [...reads, ...shown.filter((position) => position !== undefined)];
}

/**
 * The order of effects: a read of `n` values has rank `2n`, the append of the value at index `n` rank `2n + 1`. Appends that
 * nobody saw come last, and those of unknown outcome never return, so that nothing comes too late for them.
 */
function rank({ ops, ids, appends, reads, longest, lengths }: ListHistory): { ranks: Int32Array; highest: number } {
  const ranks = new Int32Array(ops.length).fill(-1);
  const order = longest < 0 ? [] : valuesOf(ops[longest] as Operation);
  const highest = 2 * order.length + 1;
  for (const position of appends) ranks[position] = highest;
  for (const [index, value] of order.entries()) ranks[appends[ids.id(value)] as number] = 2 * index + 1;
  for (const position of reads) ranks[position] = 2 * (lengths[position] as number);
  return { ranks, highest };
}

/** The two operations that contradict real time, with the reads that show their order and the appends of what these show. */
function culprits(history: ListHistory, { first, second }: Inversion): readonly number[] {
  const { ops, ids, reads, lengths } = history;
  const shown = [first, second].filter((position) => (ops[position] as Operation).f === "read");
  if (shown.length === 0) {
    // Both are appends: the shortest read that shows the one that should have come first, and shows where.
    const { input } = ops[first] as Operation;
    const place = valuesOf(ops[history.longest] as Operation).findIndex((value) => ids.id(value) === ids.id(input));
    let witness = history.longest;
    for (const position of reads) {
      const length = lengths[position] as number;
      if (length > place && length < (lengths[witness] as number)) witness = position;
    }
    shown.push(witness);
  }
  return [first, second, ...withAppends(history, shown)];
}
