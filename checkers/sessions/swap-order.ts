import type { Access, KeyIndex } from "../shared/history-index.ts";

/**
 * The order that successful compare-and-sets force on the values of a register: one that swapped `from` for `to` comes
 * after the write of `from` in any arbitration. Nothing is said of what may stand between the two: two replicas that
 * were cut off from each other may each swap the same value, and still keep every session guarantee.
 *
 * Values are unique, so that each has at most one predecessor and the order is a forest, which is numbered once so that
 * "comes before" takes constant time.
 */
export class SwapOrder {
  readonly #key: KeyIndex;
  /** For each value the time its subtree was entered and left in a depth-first walk; 0 where the walk never came. */
  readonly #entered: Int32Array;
  readonly #left: Int32Array;

  constructor(key: KeyIndex) {
    this.#key = key;
    const size = key.values.length;
    this.#entered = new Int32Array(size);
    this.#left = new Int32Array(size);
    const next: number[][] = Array.from({ length: size }, () => []);
    const roots: number[] = [];
    for (let value = 0; value < size; value++) {
      const from = this.#swapped(value);
      (from === undefined ? roots : next[from])?.push(value);
    }
    let now = 1;
    // Swaps in a circle are reached from no root. They order nothing: `causal` reports them.
    const walk: { value: number; leave: boolean }[] = roots.map((value) => ({ value, leave: false }));
    for (let step = walk.pop(); step !== undefined; step = walk.pop()) {
      const { value, leave } = step;
      (leave ? this.#left : this.#entered)[value] = now++;
      if (leave) continue;
      walk.push({ value, leave: true });
      for (const to of next[value] ?? []) walk.push({ value: to, leave: false });
    }
  }

  /** The value that was swapped for this one. */
  #swapped(value: number): number | undefined {
    const from = this.#key.writers[value]?.saw?.[0];
    // A value that nobody wrote orders nothing.
    return from !== undefined && this.#key.writers[from] !== undefined ? from : undefined;
  }

  /** True if `later` was made from `earlier` by one or more swaps. */
  isBefore(earlier: number, later: number): boolean {
    const [from, to] = [this.#entered[earlier] ?? 0, this.#entered[later] ?? 0];
    return from > 0 && from < to && to < (this.#left[earlier] ?? 0);
  }

  /** For every given value that was made from another given one, the nearest such: `[earlier, later]`. */
  nearest(values: Iterable<number>): [number, number][] {
    const inOrder = [...values].filter((value) => (this.#entered[value] ?? 0) > 0);
    inOrder.sort((a, b) => (this.#entered[a] ?? 0) - (this.#entered[b] ?? 0));
    const pairs: [number, number][] = [];
    const open: number[] = [];
    for (const value of inOrder) {
      for (let top = open.at(-1); top !== undefined && !this.isBefore(top, value); top = open.at(-1)) open.pop();
      const top = open.at(-1);
      if (top !== undefined) pairs.push([top, value]);
      open.push(value);
    }
    return pairs;
  }

  /** The swaps that made `later` from `earlier`, first to last. */
  swaps(earlier: number, later: number): Access[] {
    const found: Access[] = [];
    for (
      let value: number | undefined = later;
      value !== undefined && value !== earlier;
      value = this.#swapped(value)
    ) {
      const swap = this.#key.writers[value];
      if (swap) found.push(swap);
    }
    return found.reverse();
  }
}
