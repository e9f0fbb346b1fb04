import type { Deadline } from "../shared/deadline.ts";

/** Cells of the table that `canSum` may fill. */
const MAX_CELLS = 20_000_000;

/** Numbers that are each to be taken at most once, counted by their size. */
export class Sums {
  /** Sizes, the largest first, and how often each is there. */
  readonly #sizes: readonly number[];
  readonly #counts: number[];
  readonly #places: ReadonlyMap<number, number>;
  #total: number;

  constructor(numbers: readonly number[]) {
    const counts = new Map<number, number>();
    for (const number of numbers) if (number > 0) counts.set(number, (counts.get(number) ?? 0) + 1);
    this.#sizes = [...counts.keys()].sort((a, b) => b - a);
    this.#counts = this.#sizes.map((size) => counts.get(size) ?? 0);
    this.#places = new Map(this.#sizes.map((size, place) => [size, place]));
    this.#total = numbers.reduce((sum, number) => sum + number, 0);
  }

  /** Takes one number, or with -1 puts it back. */
  take(number: number, count: 1 | -1 = 1): void {
    const place = this.#places.get(number);
    if (place === undefined) return;
    this.#counts[place] = (this.#counts[place] ?? 0) - count;
    this.#total -= number * count;
  }

  /**
   * Takes numbers that sum up to `target`, the largest first. False, with nothing taken, if that leads nowhere: another
   * choice might.
   */
  takeGreedily(target: number): boolean {
    const taken = this.#greedy(target);
    if (!taken) return false;
    for (const [place, count] of taken.entries()) this.#counts[place] = (this.#counts[place] ?? 0) - count;
    this.#total -= target;
    return true;
  }

  #greedy(target: number): number[] | undefined {
    let left = target;
    const taken = this.#sizes.map((size, place) => {
      const count = Math.min(this.#counts[place] ?? 0, Math.floor(left / size));
      left -= count * size;
      return count;
    });
    return left === 0 ? taken : undefined;
  }

  /** True if some of the numbers sum up to `target`. */
  canSum(target: number, deadline: Deadline): boolean {
    if (target < 0 || target > this.#total || !Number.isSafeInteger(target)) return false;
    if (this.#greedy(target)) return true;
    if (target * this.#sizes.length > MAX_CELLS) deadline.giveUp(`sums up to ${target} are too many to try`);
    /** For each sum how many numbers of the size in hand it needs at least; -1 if it cannot be reached. */
    let reachable = new Uint8Array(target + 1);
    reachable[0] = 1;
    for (const [place, size] of this.#sizes.entries()) {
      const used = new Int32Array(target + 1).fill(-1);
      const next = new Uint8Array(target + 1);
      for (let sum = 0; sum <= target; sum++) {
        deadline.step();
        const before = sum >= size ? (used[sum - size] as number) : -1;
        if (reachable[sum] === 1) used[sum] = 0;
        else if (before >= 0 && before < (this.#counts[place] ?? 0)) used[sum] = before + 1;
        if ((used[sum] as number) >= 0) next[sum] = 1;
      }
      reachable = next;
    }
    return reachable[target] === 1;
  }
}
