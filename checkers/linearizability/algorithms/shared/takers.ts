import type { Operation } from "../../../../src/core/operation.ts";
import type { Decision } from "../../algorithm.ts";
import { DistinctValues } from "../distinct.ts";
import { buildItems, type Items } from "./items.ts";
import { decideInTime, refuted, type Until } from "./timeline.ts";

/** What an algorithm for one kind of queue finds: positions of operations that contradict it, or nothing, or no time. */
export type Finding = readonly number[] | "time" | undefined;

/** What happened to a collection, with every value put in at most once. */
export interface Taken {
  readonly items: Items;
  /** Positions of takers that found nothing. */
  readonly empties: Int32Array;
  readonly until: Until;
}

/** Positions of the operations on each value. */
interface Reading {
  /** How many values there are, numbered from 0. */
  readonly count: number;
  /** By value: the position of the operation that put it in, and whether that is certain. */
  readonly adds: Int32Array;
  readonly isSure: Uint8Array;
  /** By value: the position of the operation that took it out; -1 if none did. */
  readonly takes: Int32Array;
  readonly empties: Int32Array;
  readonly hasUnknownTake: boolean;
}

/**
 * Decides the history of a collection whose values differ, by looking for a contradiction.
 *
 * What was put in with unknown outcome and was never taken out may as well not have been: it would only be in the way. A
 * taker of unknown outcome may have taken any value that nobody else took. If there is no contradiction without it the
 * history is linearizable; if there is one among the values that others took it is not; in between the algorithm declines.
 */
export function decideTakers(
  ops: readonly Operation[],
  isTake: (f: string) => boolean,
  find: (taken: Taken) => Finding,
): Decision {
  const reading = read(ops, isTake);
  if ("type" in reading) return reading;
  const { empties, hasUnknownTake } = reading;
  return decideInTime(ops, (until, completed) => {
    const finding = find({ items: buildItems(...someOf(reading, true), until), empties, until });
    if (finding === "time") return { type: "time", placed: 0 };
    if (finding === undefined) return { type: "linearizable", placed: completed };
    if (!hasUnknownTake) return refuted(ops, finding);
    const sure = find({ items: buildItems(...someOf(reading, false), until), empties, until });
    if (sure === "time") return { type: "time", placed: 0 };
    if (sure !== undefined) return refuted(ops, sure);
    return { type: "declined", why: "it is not known what a taker of unknown outcome took" };
  });
}

/** The values that were taken out, and on demand those that certainly stayed. */
function someOf({ count, adds, isSure, takes }: Reading, withStaying: boolean): [adds: Int32Array, takes: Int32Array] {
  const [someAdds, someTakes] = [new Int32Array(count), new Int32Array(count)];
  let chosen = 0;
  for (let id = 0; id < count; id++) {
    if ((takes[id] as number) < 0 && !(withStaying && isSure[id] === 1)) continue;
    someAdds[chosen] = adds[id] as number;
    someTakes[chosen++] = takes[id] as number;
  }
  return [someAdds.subarray(0, chosen), someTakes.subarray(0, chosen)];
}

function read(ops: readonly Operation[], isTake: (f: string) => boolean): Reading | Decision {
  const ids = new DistinctValues(ops.length);
  const adds = new Int32Array(ops.length).fill(-1);
  const isSure = new Uint8Array(ops.length);
  const takes = new Int32Array(ops.length).fill(-1);
  const empties: number[] = [];
  let hasUnknownTake = false;
  /** The first position at which a value was taken that nobody had left there. */
  let wrong = -1;
  for (let position = 0; position < ops.length; position++) {
    const { f, input, outcome } = ops[position] as Operation;
    if (!isTake(f)) {
      const id = ids.id(input);
      if ((adds[id] as number) >= 0) return { type: "declined", why: "a value is put in more than once" };
      adds[id] = position;
      if (outcome.type === "ok") isSure[id] = 1;
    } else if (outcome.type === "info") hasUnknownTake = true;
    else if (outcome.type === "fail" || (outcome.value ?? null) === null) empties.push(position);
    else {
      const id = ids.id(outcome.value);
      if ((takes[id] as number) < 0) takes[id] = position;
      else if (wrong < 0) wrong = position;
    }
  }
  const twice = ops[wrong];
  if (twice?.outcome.type === "ok") {
    const id = ids.id(twice.outcome.value);
    return refuted(
      ops,
      [adds[id] as number, takes[id] as number, wrong].filter((position) => position >= 0),
    );
  }
  const count = ids.size;
  for (let id = 0; id < count; id++) if ((adds[id] as number) < 0) return refuted(ops, [takes[id] as number]);
  return { count, adds, isSure, takes, empties: Int32Array.from(empties), hasUnknownTake };
}
