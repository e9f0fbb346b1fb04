/** More than any number of items. */
const NEVER = 1 << 30;

/** How many items cover each slot: a segment tree over slots with additions to ranges and the search for uncovered slots. */
export class CoverTree {
  readonly #leaves: number;
  /** The smallest number below a node, without what stands in `added` of the nodes above it. */
  readonly #least: Int32Array;
  readonly #added: Int32Array;

  /** `counts[s]` items cover slot `s`. */
  constructor(counts: Int32Array) {
    let leaves = 1;
    while (leaves < counts.length) leaves *= 2;
    this.#leaves = leaves;
    this.#added = new Int32Array(2 * leaves);
    this.#least = new Int32Array(2 * leaves).fill(NEVER);
    this.#least.set(counts, leaves);
    for (let node = leaves - 1; node >= 1; node--) this.#least[node] = this.#below(node);
  }

  #below(node: number): number {
    return Math.min(this.#least[2 * node] as number, this.#least[2 * node + 1] as number);
  }

  /** One item fewer covers the slots `from` to `to`. */
  uncover(from: number, to: number): void {
    const [least, added] = [this.#least, this.#added];
    let [left, right] = [from + this.#leaves, to + this.#leaves];
    const [first, last] = [left, right];
    for (; left <= right; left >>= 1, right >>= 1) {
      if (left % 2 === 1) this.#take(left++);
      if (right % 2 === 0) this.#take(right--);
    }
    for (let node = first >> 1; node >= 1; node >>= 1) least[node] = this.#below(node) + (added[node] as number);
    for (let node = last >> 1; node >= 1; node >>= 1) least[node] = this.#below(node) + (added[node] as number);
  }

  #take(node: number): void {
    this.#least[node] = (this.#least[node] as number) - 1;
    this.#added[node] = (this.#added[node] as number) - 1;
  }

  /** The first slot from `from` to `to` that nothing covers, or -1. It is never found again. */
  takeUncovered(from: number, to: number): number {
    const slot = this.#search(1, 0, this.#leaves - 1, from, to, 0);
    if (slot < 0) return -1;
    let node = slot + this.#leaves;
    this.#least[node] = NEVER;
    for (node >>= 1; node >= 1; node >>= 1) this.#least[node] = this.#below(node) + (this.#added[node] as number);
    return slot;
  }

  #search(node: number, low: number, high: number, from: number, to: number, above: number): number {
    if (high < from || low > to || (this.#least[node] as number) + above > 0) return -1;
    if (low === high) return low;
    const middle = (low + high) >>> 1;
    const down = above + (this.#added[node] as number);
    const left = this.#search(2 * node, low, middle, from, to, down);
    return left >= 0 ? left : this.#search(2 * node + 1, middle + 1, high, from, to, down);
  }
}
