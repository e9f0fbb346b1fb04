import type { Layer } from "./layers.ts";

/** Finds out how one transaction became a cause of another. */
export class CausalPaths {
  readonly #so: Layer;
  readonly #wr: Layer;
  /** The search that reached a transaction last, at what cost, and from where. */
  readonly #mark: Int32Array;
  readonly #cost: Int32Array;
  readonly #from: Int32Array;
  #searches = 0;

  constructor(size: number, so: Layer, wr: Layer) {
    this.#so = so;
    this.#wr = wr;
    this.#mark = new Int32Array(size);
    this.#cost = new Int32Array(size);
    this.#from = new Int32Array(size);
  }

  /** A way from `start` to the nearest of `ends`, both included, with as few reads as possible; empty if there is none. */
  toNearest(start: number, ends: ReadonlySet<number>): number[] {
    const search = ++this.#searches;
    this.#mark[start] = search;
    this.#cost[start] = 0;
    let level = [start];
    for (let spent = 0; level.length > 0; spent++) {
      const next: number[] = [];
      for (let i = 0; i < level.length; i++) {
        const node = level[i] as number;
        if (this.#cost[node] !== spent) continue;
        if (node !== start && ends.has(node)) return this.#walked(start, node);
        this.#reach(this.#so, node, spent, search, level);
        this.#reach(this.#wr, node, spent + 1, search, next);
      }
      level = next;
    }
    return [];
  }

  #reach({ heads, targets }: Layer, node: number, cost: number, search: number, list: number[]): void {
    for (let e = heads[node] as number; e < (heads[node + 1] as number); e++) {
      const to = targets[e] as number;
      if (this.#mark[to] === search && (this.#cost[to] as number) <= cost) continue;
      this.#mark[to] = search;
      this.#cost[to] = cost;
      this.#from[to] = node;
      list.push(to);
    }
  }

  #walked(start: number, end: number): number[] {
    const path = [end];
    for (let node = end; node !== start; ) {
      node = this.#from[node] as number;
      path.push(node);
    }
    return path.reverse();
  }
}
