import type { Operation } from "../../../src/core/operation.ts";
import { increment, startsOf } from "../../shared/counts.ts";
import type { Algorithm, Decision } from "../algorithm.ts";
import { DistinctValues } from "./distinct.ts";
import { decideGrowing } from "./growing-set.ts";
import { shrink } from "./shared/shrink.ts";
import * as does from "./shared/switch.ts";
import { decideInTime, refuted, type Until } from "./shared/timeline.ts";

/**
 * Sets. Operations on different elements do not affect each other, so that each element is a switch of its own that is judged
 * alone (Herlihy & Wing, §3.1: locality). Where the whole set is read this does not help; then it is decided only for sets
 * that just grow.
 */
export const setAlgorithm: Algorithm = {
  name: "set",
  specs: ["set"],
  source: "Herlihy & Wing, Linearizability, TOPLAS 1990, §3.1; Lee & Mathur, OOPSLA 2025, sets",
  decide(_, ops, deadlineMs) {
    const elements = byElement(ops);
    if (elements === undefined) return decideGrowing(ops, deadlineMs);
    return decideInTime(
      ops,
      (until, completed) =>
        decideElements(ops, elements, until, deadlineMs) ?? { type: "linearizable", placed: completed },
    );
  },
};

/** Operations by element. */
interface Elements {
  readonly count: number;
  /** Positions of the operations on element `e`: from `first[e]` to `first[e + 1]`, exclusive. */
  readonly first: Int32Array;
  readonly positions: Int32Array;
  /** What each of them does to its element. */
  readonly kinds: Uint8Array;
}

/** `undefined` if an operation is on all elements. */
function byElement(ops: readonly Operation[]): Elements | undefined {
  const ids = new DistinctValues(ops.length);
  const idOf = new Int32Array(ops.length);
  const kindAt = new Uint8Array(ops.length);
  for (let position = 0; position < ops.length; position++) {
    const op = ops[position] as Operation;
    if (op.f === "read") return undefined;
    idOf[position] = ids.id(op.input);
    kindAt[position] = kindOf(op);
  }
  const first = new Int32Array(ids.size + 2);
  for (const id of idOf) increment(first, id + 2);
  startsOf(first);
  const positions = new Int32Array(ops.length);
  const kinds = new Uint8Array(ops.length);
  for (let position = 0; position < ops.length; position++) {
    const next = (idOf[position] as number) + 1;
    const at = first[next] as number;
    positions[at] = position;
    kinds[at] = kindAt[position] as number;
    first[next] = at + 1;
  }
  return { count: ids.size, first, positions, kinds };
}

function kindOf({ f, outcome }: Operation): number {
  const on = f === "add" ? 1 : 0;
  if (outcome.type !== "ok") return does.MAYBE_OFF + on;
  const told = outcome.value ?? null;
  if (f === "contains") return told === true ? does.SEES_ON : does.SEES_OFF;
  return (told === null ? does.TURNS_OFF : told === true ? does.FLIPS_OFF : does.SEES_OFF) + on;
}

function decideElements(
  ops: readonly Operation[],
  { count, first, positions, kinds }: Elements,
  until: Until,
  deadlineMs: number,
): Decision | undefined {
  let crowded = false;
  for (let element = 0; element < count; element++) {
    if (performance.now() > deadlineMs) return { type: "time", placed: 0 };
    const [from, to] = [first[element] as number, first[element + 1] as number];
    const own = { positions: positions.subarray(from, to), kinds: kinds.subarray(from, to) };
    const stuck = does.checkSwitch(own.positions, own.kinds, until);
    if (stuck === "crowded") crowded = true;
    else if (stuck !== undefined) return refuted(ops, culprits(own, until, stuck));
  }
  if (crowded) return { type: "declined", why: "too many operations on one element are pending at once" };
  return undefined;
}

/** The operations on one element. */
interface Own {
  readonly positions: Int32Array;
  readonly kinds: Uint8Array;
}

/** How many operations may be looked at to make a refutation small. */
const SHRINK_WORK = 200_000;

const sees = (kind: number): boolean => kind === does.SEES_OFF || kind === does.SEES_ON;

/**
 * What shows that an operation could not be placed: what was called before it returned. If nothing was pending at an earlier
 * moment at which it is certain whether the element was in the set, then only what was called since, what may still take
 * effect, and the operation that put the element in. Of what only looked at the element as little as will do.
 */
function culprits(own: Own, until: Until, { at, since, on }: does.Stuck): readonly number[] {
  const end = until[own.positions[at] as number] as number;
  const called = [...own.positions.keys()].filter((i) => (own.positions[i] as number) < end);
  const isBad = (chosen: readonly number[]): boolean => {
    const positions = Int32Array.from(chosen, (i) => own.positions[i] as number);
    const result = does.checkSwitch(
      positions,
      Uint8Array.from(chosen, (i) => own.kinds[i] as number),
      until,
    );
    return result !== undefined && result !== "crowded";
  };
  const putIn = called.findLast((i) => i < since && (own.kinds[i] === does.TURNS_ON || own.kinds[i] === does.FLIPS_ON));
  const recent = called.filter(
    (i) => i >= since || (own.kinds[i] as number) >= does.MAYBE_OFF || (on === 1 && i === putIn),
  );
  const kept = isBad(recent) ? recent : called;
  const effects = kept.filter((i) => !sees(own.kinds[i] as number));
  const withEffects = (some: readonly number[]): number[] => [...effects, ...some].sort((a, b) => a - b);
  const observers = shrink(
    kept.filter((i) => sees(own.kinds[i] as number)),
    (some) => isBad(withEffects(some)),
    SHRINK_WORK,
  );
  return withEffects(observers).map((i) => own.positions[i] as number);
}
