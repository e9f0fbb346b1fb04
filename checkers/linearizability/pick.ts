import type { Operation } from "../../src/core/operation.ts";

/** The position of the operation with an index among operations in order of index; -1 if it is not there. */
export function positionOf(ops: readonly Operation[], index: number): number {
  // Where nothing is left out both are the same.
  if (ops[index]?.index === index) return index;
  let [low, high] = [0, ops.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ops[middle] as Operation).index < index) low = middle + 1;
    else high = middle;
  }
  return ops[low]?.index === index ? low : -1;
}

/** Positions in ascending order, each once. */
export function positionsOf(ops: readonly Operation[], indices: readonly number[]): number[] {
  const positions = new Set(indices.map((index) => positionOf(ops, index)));
  positions.delete(-1);
  return [...positions].sort((a, b) => a - b);
}

/** A few operations, by their indices, of operations in order of index. Does not look at all of them. */
export const pick = (ops: readonly Operation[], indices: readonly number[]): Operation[] =>
  positionsOf(ops, indices).map((position) => ops[position] as Operation);
