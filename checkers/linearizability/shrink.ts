import type { Operation } from "../../src/core/operation.ts";
import type { Prover, Refutation } from "./refutation.ts";
import type { Removal } from "./removal.ts";

/** Rounds of removal after which a core that still shrinks is taken as it is. */
const MAX_ROUNDS = 4;

/**
 * A few operations that are not linearizable by themselves, and for the same reason: what proves them wrong proves the
 * whole history wrong, see `Removal`.
 *
 * Chunks are removed as in delta debugging (Zeller & Hildebrandt, "Simplifying and Isolating Failure-Inducing Input",
 * IEEE TSE 2002, §3), at first all but the last operations.
 */
export function shrink(prover: Prover, removal: Removal, { ops, culprit }: Refutation): readonly Operation[] {
  let core = ops;
  const accept = (rest: readonly Operation[]): boolean => {
    if (prover.exhausted || rest.length === core.length || !prover.refutes(rest)) return false;
    core = rest;
    return true;
  };
  const leaveOut = (chunk: readonly Operation[]): boolean => accept(removal.without(core, chunk));
  const erase = (chunk: readonly Operation[]): boolean => accept(removal.erase(core, chunk));
  for (let kept = 8; kept < core.length; kept *= 4)
    if (leaveOut(removal.allBut([...core.slice(-kept), culprit]))) break;
  for (let round = 0, before = Number.POSITIVE_INFINITY; core.length < before && round < MAX_ROUNDS; round++) {
    before = core.length;
    const isOther = ({ index }: Operation): boolean => index !== culprit.index;
    const observations = (): Operation[] => core.filter((op) => isOther(op) && removal.isObservation(op));
    const effects = (): Operation[] => core.filter((op) => isOther(op) && !removal.isObservation(op));
    // What is still there after one round mostly cannot go, least of all many at once.
    const largest = (items: readonly Operation[]): number => (round === 0 ? Math.ceil(items.length / 2) : 1);
    for (const [items, attempt] of [
      [observations, leaveOut],
      [effects, erase],
      [effects, leaveOut],
    ] as const) {
      const some = items();
      dropChunks(some, largest(some), attempt);
    }
  }
  return core;
}

/** Drops chunks of the items, ever smaller ones, wherever `attempt` succeeds. */
function dropChunks<T>(items: readonly T[], largest: number, attempt: (chunk: readonly T[]) => boolean): void {
  const left = [...items];
  for (let size = largest; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let i = 0; i < left.length; )
      if (attempt(left.slice(i, i + size))) left.splice(i, size);
      else i += size;
}
