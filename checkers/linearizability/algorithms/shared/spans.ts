/** Later than any position. */
const NEVER = 0x7fffffff;

/** Items in some order, each with a span. Finds one with a span that reaches from before a position to after another. */
export class Spans {
  readonly #leaves: number;
  /** The earliest start and the latest end below a node. */
  readonly #start: Int32Array;
  readonly #end: Int32Array;

  constructor(starts: Int32Array, ends: Int32Array) {
    let leaves = 1;
    while (leaves < starts.length) leaves *= 2;
    this.#leaves = leaves;
    this.#start = new Int32Array(2 * leaves).fill(NEVER);
    this.#end = new Int32Array(2 * leaves).fill(-1);
    this.#start.set(starts, leaves);
    this.#end.set(ends, leaves);
    for (let node = leaves - 1; node >= 1; node--) this.#renew(node);
  }

  #renew(node: number): void {
    this.#start[node] = Math.min(this.#start[2 * node] as number, this.#start[2 * node + 1] as number);
    this.#end[node] = Math.max(this.#end[2 * node] as number, this.#end[2 * node + 1] as number);
  }

  remove(item: number): void {
    let node = item + this.#leaves;
    this.#start[node] = NEVER;
    this.#end[node] = -1;
    for (node >>= 1; node >= 1; node >>= 1) this.#renew(node);
  }

  has(item: number): boolean {
    return (this.#end[item + this.#leaves] as number) >= 0;
  }

  /** An item from `from` to `to` that starts before `start` and ends after `end`, or -1. */
  find(from: number, to: number, start: number, end: number): number {
    return this.#search(1, 0, this.#leaves - 1, from, to, start, end);
  }

  #search(node: number, low: number, high: number, from: number, to: number, start: number, end: number): number {
    if (high < from || low > to) return -1;
    if ((this.#start[node] as number) >= start || (this.#end[node] as number) <= end) return -1;
    if (low === high) return low;
    const middle = (low + high) >>> 1;
    const left = this.#search(2 * node, low, middle, from, to, start, end);
    return left >= 0 ? left : this.#search(2 * node + 1, middle + 1, high, from, to, start, end);
  }
}
