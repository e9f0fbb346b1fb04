import type { Attempt } from "../../src/core/checker.ts";
import type { Operation } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";
import { named, who } from "./words.ts";

/** Operations of which all orders may be tried: as many as fit into the bits of an integer. */
const MAX_OPS = 30;
/** Steps tried, after which nothing is told. */
const MAX_STEPS = 5_000;
/** Attempts told of. */
const MAX_ATTEMPTS = 4;

interface DeadEnd<S> {
  readonly placed: readonly Operation[];
  readonly state: S;
  readonly next: readonly Operation[];
}

/**
 * The longest orders in which operations that are not linearizable can be placed before none fits any more, each ending
 * in another state; none if there are too many operations to try.
 */
export function attemptsAt<S>(spec: Spec<S>, key: string | undefined, ops: readonly Operation[]): Attempt[] {
  if (ops.length > MAX_OPS) return [];
  const what = spec.perKey ? named(key) : "the state";
  return deadEnds(spec, ops).map(({ placed, state, next }) => ({
    placed: placed.map(({ index }) => index),
    state: spec.describe(state),
    next: next.map((op) => ({ op: op.index, why: `${who(op)}, but here ${what} is ${spec.describe(state)}` })),
  }));
}

/** Real time, and the order of a process even where its operations touch. */
const before = (a: Operation, b: Operation): boolean =>
  a.returnNs < b.callNs || (a.process === b.process && a.index < b.index && a.returnNs <= b.callNs);

function deadEnds<S>(spec: Spec<S>, ops: readonly Operation[]): DeadEnd<S>[] {
  const earlier = ops.map((op) => ops.reduce((set, other, i) => (before(other, op) ? set | (1 << i) : set), 0));
  const seen = new Set<string>();
  let found: DeadEnd<S>[] = [];
  let steps = 0;
  const visit = (done: number, placed: readonly Operation[], state: S): void => {
    const here = spec.key(state);
    const id = `${done} ${here}`;
    if (seen.has(id) || steps > MAX_STEPS) return;
    seen.add(id);
    const next: Operation[] = [];
    let isDead = true;
    for (const [i, op] of ops.entries()) {
      if ((done & (1 << i)) !== 0 || ((earlier[i] as number) & ~done) !== 0) continue;
      steps++;
      const after = spec.step(state, op, op.outcome);
      if (after === undefined) next.push(op);
      // An operation of unknown outcome that would change nothing may as well be left out.
      else if (op.outcome.type !== "info" || spec.key(after) !== here) {
        isDead = false;
        visit(done | (1 << i), [...placed, op], after);
      }
    }
    if (!isDead || placed.length < (found[0]?.placed.length ?? 0)) return;
    if (placed.length > (found[0]?.placed.length ?? 0)) found = [];
    if (found.length < MAX_ATTEMPTS && !found.some((other) => spec.key(other.state) === here))
      found.push({ placed, state, next });
  };
  visit(0, [], spec.init());
  return steps > MAX_STEPS ? [] : found;
}
