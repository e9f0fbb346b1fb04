import type { Deadline } from "../../shared/deadline.ts";
import { INITIAL, NOT_KNOWN, type Transactions, WRITE } from "../transactions.ts";
import { EdgeList, type Layer } from "./layers.ts";
import type { Problems } from "./problems.ts";
import { NOBODY, SEVERAL, type Writers } from "./writers.ts";

/**
 * What reads of lists tell beyond those of registers: a list read shows all versions that its key went through before, so
 * that the longest one gives their order (Kingsbury & Alvaro, Elle, VLDB 2020, §4.2).
 */
export class Lists {
  readonly #txns: Transactions;
  readonly #writers: Writers;
  readonly #problems: Problems;
  /** Of each key the longest list that was read, as its micro-operation, or -1. */
  readonly #longest: Int32Array;
  /** Of each version its place in the longest list of its key, or -1. */
  readonly #place: Int32Array;
  /** The first element of those that were read that was appended several times, or -1. */
  ambiguous = -1;

  constructor(txns: Transactions, writers: Writers, problems: Problems, counts: Uint8Array, deadline: Deadline) {
    this.#txns = txns;
    this.#writers = writers;
    this.#problems = problems;
    this.#longest = new Int32Array(txns.keyNames.length).fill(-1);
    this.#place = new Int32Array(txns.versionKey.length).fill(-1);
    const readers = this.#findLongest(deadline);
    for (const [k, m] of this.#longest.entries()) if (m !== -1) this.#inspect(readers[k] as number, m, counts);
  }

  #findLongest(deadline: Deadline): Int32Array {
    const { count, first, key, elementsLength } = this.#txns;
    const readers = new Int32Array(this.#longest.length);
    for (let t = 0; t < count; t++) {
      deadline.step();
      for (let m = first[t] as number; m < (first[t + 1] as number); m++) {
        // Nothing but committed reads has elements.
        const length = elementsLength[m] as number;
        if (length === 0) continue;
        const k = key[m] as number;
        const longest = this.#longest[k] as number;
        if (longest !== -1 && (elementsLength[longest] as number) >= length) continue;
        this.#longest[k] = m;
        readers[k] = t;
      }
    }
    return readers;
  }

  /** Who appended what the longest list of a key holds. */
  #inspect(reader: number, m: number, counts: Uint8Array): void {
    const { elements, elementsAt, elementsLength } = this.#txns;
    const { writer, abortedWriter } = this.#writers;
    const start = elementsAt[m] as number;
    for (let i = 0; i < (elementsLength[m] as number); i++) {
      const v = elements[start + i] as number;
      const by = writer[v] as number;
      if (by === NOBODY) {
        const aborted = abortedWriter[v] as number;
        this.#problems.add(aborted === NOBODY ? "thin-air-read" : "aborted-read", reader, m, v, aborted);
      } else if (by === SEVERAL) {
        if (this.ambiguous === -1) this.ambiguous = v;
      } else {
        // It was seen, so it happened.
        counts[by] = 1;
        if (this.#place[v] !== -1) this.#problems.add("duplicate-elements", reader, m, v, by);
      }
      if (this.#place[v] === -1) this.#place[v] = i;
    }
  }

  /**
   * The version that a read saw of what others appended: without what the transaction itself had appended before, with
   * which the list must end. `NOT_KNOWN` if the read is wrong; that is told here.
   */
  external(t: number, m: number, hasOwn: boolean): number {
    const { first, f, key, version, elements, elementsAt, elementsLength } = this.#txns;
    const k = key[m] as number;
    const start = elementsAt[m] as number;
    let length = elementsLength[m] as number;
    const longest = this.#longest[k] as number;
    if (longest !== -1 && start !== elementsAt[longest])
      for (let i = 0; i < length; i++)
        if (elements[start + i] !== elements[(elementsAt[longest] as number) + i]) {
          this.#problems.add("incompatible-order", t, m, elements[start + i] as number, longest);
          return NOT_KNOWN;
        }
    if (hasOwn)
      for (let own = m - 1; own >= (first[t] as number); own--) {
        if (f[own] !== WRITE || key[own] !== k) continue;
        length--;
        if (length >= 0 && elements[start + length] === version[own]) continue;
        this.#problems.add("own-write-missed", t, m, version[m] as number, version[own] as number);
        return NOT_KNOWN;
      }
    return length === 0 ? INITIAL : (elements[start + length - 1] as number);
  }

  /**
   * Write dependencies, from each append to the next one, and from the last one that was read to those that nobody read.
   * `counts` must be complete.
   */
  dependencies(counts: Uint8Array, deadline: Deadline): Layer {
    const { count, first, f, key, version, elements, elementsAt, elementsLength } = this.#txns;
    const { writer } = this.#writers;
    const edges = new EdgeList();
    const last = new Int32Array(this.#longest.length).fill(NOBODY);
    for (const [k, m] of this.#longest.entries()) {
      if (m === -1) continue;
      for (let i = 0; i < (elementsLength[m] as number); i++) {
        const v = elements[(elementsAt[m] as number) + i] as number;
        const by = writer[v] as number;
        if (by < 0 || this.#place[v] !== i) continue;
        const before = last[k] as number;
        if (before !== NOBODY && before !== by) edges.add(before, by);
        last[k] = by;
      }
    }
    // Of each key: who appended to it last, and at which place in the longest list.
    const appendedBy = new Int32Array(this.#longest.length).fill(-1);
    const placeBefore = new Int32Array(this.#longest.length);
    for (let t = 0; t < count; t++) {
      deadline.step();
      if (!counts[t]) continue;
      for (let m = first[t] as number; m < (first[t + 1] as number); m++) {
        const k = key[m] as number;
        const v = version[m] as number;
        const place = this.#place[v] as number;
        // Of an element that was appended several times one may be seen and another not; if it was never seen, none was.
        if (f[m] !== WRITE || (place !== -1 && writer[v] !== t)) continue;
        if (place === -1) {
          const before = last[k] as number;
          if (before !== NOBODY && before !== t) edges.add(before, t);
        }
        if (appendedBy[k] === t && place !== -1 && (placeBefore[k] === -1 || place < (placeBefore[k] as number)))
          this.#problems.add("misordered-appends", t, m, v, this.#longest[k] as number);
        else placeBefore[k] = place;
        appendedBy[k] = t;
      }
    }
    return edges.layer(count);
  }

  /** Two appends to a key, the first of `from` and the last of `to`, that show that `from` came first; if there are such. */
  before(from: number, to: number): Appends | undefined {
    const { first, f, version, versionKey } = this.#txns;
    const { writer } = this.#writers;
    for (let m = first[from] as number; m < (first[from + 1] as number); m++) {
      const earlier = version[m] as number;
      if (f[m] !== WRITE || this.#place[earlier] === -1 || writer[earlier] !== from) continue;
      for (let n = (first[to + 1] as number) - 1; n >= (first[to] as number); n--) {
        const later = version[n] as number;
        if (f[n] !== WRITE || versionKey[later] !== versionKey[earlier]) continue;
        const place = this.#place[later] as number;
        if (place === -1) return { earlier, later, isSeen: false };
        if (writer[later] === to && place > (this.#place[earlier] as number)) return { earlier, later, isSeen: true };
      }
    }
    return undefined;
  }
}

/** Two versions of a key; `isSeen` if the later one is in some list that was read. */
export interface Appends {
  readonly earlier: number;
  readonly later: number;
  readonly isSeen: boolean;
}
