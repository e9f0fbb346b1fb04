/**
 * The seeded generator: sfc32 (Chris Doty-Humphrey, PractRand), 128 bits of state, seeded by splitmix32.
 * Everything here is integer or correctly rounded arithmetic, so that a seed gives the same numbers on every engine;
 * `Math.log` and `Math.pow` are not, and are not used.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** Streams with the same seed and different names are independent. `seed` is any integer. */
  constructor(seed: number, name = "") {
    let state = (seed ^ Math.floor(seed / 0x1_0000_0000)) | 0;
    for (let i = 0; i < name.length; i++) state = (Math.imul(state ^ name.charCodeAt(i), 0x01000193) + i) | 0;
    const next = (): number => {
      state = (state + 0x9e3779b9) | 0;
      let z = state;
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      return z ^ (z >>> 16);
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** An integer in [0, 2^32). */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }

  /** A number in [0, 1), a multiple of 2^-32. */
  unit(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  /** An integer in [0, bound); `bound` at most 2^32. */
  below(bound: number): number {
    return Math.floor(this.unit() * bound);
  }

  /** True with probability `p`. */
  chance(p: number): boolean {
    return p > 0 && this.unit() < p;
  }

  /** One of the items, each as likely. */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError("pick from an empty list");
    return items[this.below(items.length)] as T;
  }

  /** A copy in random order (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const copy = [...items];
    for (let i = copy.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
    }
    return copy;
  }

  /**
   * Exponentially distributed with mean 1, by comparisons alone (von Neumann, "Various techniques used in connection
   * with random digits", 1951).
   */
  exponential(): number {
    for (let whole = 0; ; whole++) {
      const first = this.unit();
      let previous = first;
      let runLength = 1;
      for (let next = this.unit(); next < previous; next = this.unit()) {
        previous = next;
        runLength++;
      }
      if (runLength % 2 === 1) return whole + first;
    }
  }
}
