import type { Operation } from "../../../../src/core/operation.ts";
import type { Decision } from "../../algorithm.ts";
import { DistinctValues } from "../distinct.ts";
import { buildItems, type Items } from "./items.ts";
import { completed, decideInTime, refuted, type Until } from "./timeline.ts";

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
  readonly adds: readonly number[];
  readonly takes: readonly number[];
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
  return decideInTime(ops, (until) => {
    const finding = find({ items: buildItems(...someOf(ops, reading, true), until), empties, until });
    if (finding === "time") return { type: "time", placed: 0 };
    if (finding === undefined) return { type: "linearizable", placed: completed(ops) };
    if (!hasUnknownTake) return refuted(ops, finding);
    const sure = find({ items: buildItems(...someOf(ops, reading, false), until), empties, until });
    if (sure === "time") return { type: "time", placed: 0 };
    if (sure !== undefined) return refuted(ops, sure);
    return { type: "declined", why: "it is not known what a taker of unknown outcome took" };
  });
}

/** The values that were taken out, and on demand those that certainly stayed. */
function someOf(
  ops: readonly Operation[],
  { adds, takes }: Reading,
  withStaying: boolean,
): [adds: Int32Array, takes: Int32Array] {
  const chosen: number[] = [];
  for (const [id, take] of takes.entries())
    if (take >= 0 || (withStaying && ops[adds[id] as number]?.outcome.type === "ok")) chosen.push(id);
  return [Int32Array.from(chosen, (id) => adds[id] as number), Int32Array.from(chosen, (id) => takes[id] as number)];
}

function read(ops: readonly Operation[], isTake: (f: string) => boolean): Reading | Decision {
  const ids = new DistinctValues(ops.length);
  const adds: number[] = [];
  const takes: number[] = [];
  const empties: number[] = [];
  let hasUnknownTake = false;
  /** The first position at which a value was taken that nobody had left there. */
  let wrong = -1;
  const idOf = (value: Operation["input"]): number => {
    const id = ids.id(value);
    if (id === adds.length) {
      adds.push(-1);
      takes.push(-1);
    }
    return id;
  };
  for (const [position, { f, input, outcome }] of ops.entries()) {
    if (!isTake(f)) {
      const id = idOf(input);
      if ((adds[id] as number) >= 0) return { type: "declined", why: "a value is put in more than once" };
      adds[id] = position;
    } else if (outcome.type === "info") hasUnknownTake = true;
    else if (outcome.type === "fail" || (outcome.value ?? null) === null) empties.push(position);
    else {
      const id = idOf(outcome.value);
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
  const unknown = takes.find((_, id) => (adds[id] as number) < 0);
  if (unknown !== undefined) return refuted(ops, [unknown]);
  return { adds, takes, empties: Int32Array.from(empties), hasUnknownTake };
}
