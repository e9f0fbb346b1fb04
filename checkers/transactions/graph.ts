import { increment, startsOf } from "../shared/counts.ts";
import { bytes, ints } from "./memory.ts";

/** What an edge of the graph of transactions stands for. */
export const WW = 0;
export const WR = 1;
export const RW = 2;
/** Session order. */
export const SO = 3;
/** Real time: one returned before the other was called. */
export const RT = 4;
/** From a hub on: the edge that led into the hub goes on. Hubs keep "each of these to each of those" linear. */
export const HUB = 5;
/** A write before another one, with only versions of transactions of unknown outcome between: for G0 alone. */
export const WW_OVER = 6;
/** The same dependencies where the order of versions follows only from session order, or from real time. */
export const WW_SO = 7;
export const RW_SO = 8;
export const WW_RT = 9;
export const RW_RT = 10;

export type Code = number;

/** True for anti-dependencies. */
export const isAnti = (code: Code): boolean => code === RW || code === RW_SO || code === RW_RT;
export const isWrite = (code: Code): boolean => code === WW || code === WW_SO || code === WW_RT || code === WW_OVER;
export const needsSessions = (code: Code): boolean => code === SO || code === WW_SO || code === RW_SO;
export const needsRealTime = (code: Code): boolean => code === RT || code === WW_RT || code === RW_RT;

export const maskOf = (...codes: readonly Code[]): number => codes.reduce((mask, code) => mask | (1 << code), 0);

/** Dependencies on items, Adya's own. */
export const OF_WRITES = maskOf(WW, WW_OVER, HUB);
export const OF_READS = maskOf(WW, WR, HUB);
export const OF_ITEMS = OF_READS | maskOf(RW);
/** With sessions, and with real time. */
export const OF_READS_IN_SESSIONS = OF_READS | maskOf(SO, WW_SO);
export const OF_READS_IN_REAL_TIME = OF_READS_IN_SESSIONS | maskOf(RT, WW_RT);
export const IN_SESSIONS = OF_ITEMS | maskOf(SO, WW_SO, RW_SO);
export const IN_REAL_TIME = IN_SESSIONS | maskOf(RT, WW_RT, RW_RT);
/** Session order and what was read: causality. */
export const CAUSES = maskOf(WR, SO, HUB);

/**
 * A graph in compressed rows: the edges of node n are `to[offsets[n]]` up to `to[offsets[n + 1]]`, exclusive. Nodes
 * below `transactions` are transactions, the others hubs.
 */
export interface Graph {
  readonly nodes: number;
  readonly transactions: number;
  readonly offsets: Int32Array;
  readonly to: Int32Array;
  readonly code: Uint8Array;
}

/** Collects edges. */
export class GraphBuilder {
  nodes: number;
  readonly #transactions: number;
  #size = 0;
  #from: Int32Array;
  #to: Int32Array;
  #code: Uint8Array;

  constructor(transactions: number, expectedEdges: number) {
    this.nodes = transactions;
    this.#transactions = transactions;
    const size = Math.max(16, expectedEdges);
    this.#from = ints(size);
    this.#to = ints(size);
    this.#code = bytes(size);
  }

  /** A new node that is no transaction. */
  hub(): number {
    return this.nodes++;
  }

  add(from: number, to: number, code: Code): void {
    if (this.#size === this.#from.length) this.#grow();
    this.#from[this.#size] = from;
    this.#to[this.#size] = to;
    this.#code[this.#size++] = code;
  }

  #grow(): void {
    const size = 2 * this.#size;
    const larger = <A extends Int32Array | Uint8Array>(array: A, fresh: A): A => {
      fresh.set(array);
      return fresh;
    };
    this.#from = larger(this.#from, ints(size));
    this.#to = larger(this.#to, ints(size));
    this.#code = larger(this.#code, bytes(size));
  }

  build(): Graph {
    const [nodes, size, from] = [this.nodes, this.#size, this.#from];
    // Where the edges of a node begin stands one place further on at first, and ends up one back.
    const offsets = ints(nodes + 2);
    for (let e = 0; e < size; e++) increment(offsets, (from[e] as number) + 2);
    startsOf(offsets);
    const to = ints(size);
    const code = bytes(size);
    for (let e = 0; e < size; e++) {
      const slot = (from[e] as number) + 1;
      const place = offsets[slot] as number;
      offsets[slot] = place + 1;
      to[place] = this.#to[e] as number;
      code[place] = this.#code[e] as number;
    }
    return { nodes, transactions: this.#transactions, offsets: offsets.subarray(0, nodes + 1), to, code };
  }
}
