import type { Anomaly } from "../../../src/core/checker.ts";
import { show } from "../../shared/values.ts";
import { INITIAL, type Transactions, WRITE } from "../transactions.ts";
import type { Facts } from "./facts.ts";

/** Transactions, keys and versions for people. A transaction goes by the number of its operation. */
export class Words {
  readonly #facts: Facts;
  readonly #processes: (op: number) => number;

  /** `processes` gives the process of an operation. */
  constructor(facts: Facts, processes: (op: number) => number) {
    this.#facts = facts;
    this.#processes = processes;
  }

  get #txns(): Transactions {
    return this.#facts.txns;
  }

  op(t: number): number {
    return this.#txns.op[t] as number;
  }

  /** "transaction 5". */
  name(t: number): string {
    return `transaction ${this.op(t)}`;
  }

  /** "transaction 5 (process 2)". */
  fullName(t: number): string {
    return `${this.name(t)} (process ${this.process(t)})`;
  }

  process(t: number): number {
    return this.#processes(this.op(t));
  }

  key(k: number): string {
    return this.#txns.keyNames[k] as string;
  }

  /** "3". */
  value(version: number): string {
    return show(this.#txns.valueOf(version));
  }

  /** "x = 3". */
  version(version: number): string {
    return `${this.key(this.#txns.versionKey[version] as number)} = ${this.value(version)}`;
  }

  /** "x never written", or "x empty". */
  untouched(k: number): string {
    return `${this.key(k)} ${this.#isList ? "empty" : "never written"}`;
  }

  /** "x = 3", "x = [1, 2, 3]", or that it was untouched, of a read by its micro-operation. */
  seen(m: number): string {
    const { version, key, elements, elementsAt, elementsLength } = this.#txns;
    const [v, k] = [version[m] as number, key[m] as number];
    if (v === INITIAL) return this.untouched(k);
    if (!this.#isList) return this.version(v);
    const start = elementsAt[m] as number;
    const list = [...elements.subarray(start, start + (elementsLength[m] as number))];
    return `${this.key(k)} = ${show(list.map((element) => this.#txns.valueOf(element)))}`;
  }

  /** "which transaction 5 wrote", of the version that a read saw. */
  madeBy(t: number, version: number): string {
    if (!this.#isList) return `which ${this.name(t)} wrote`;
    return `of which ${this.name(t)} appended ${this.value(version)}`;
  }

  /** "wrote x = 7", or "appended 7 to x", of a version. */
  didWrite(version: number): string {
    if (!this.#isList) return `wrote ${this.version(version)}`;
    return `appended ${this.value(version)} to ${this.key(this.#txns.versionKey[version] as number)}`;
  }

  /** The last version that a transaction wrote of a key. */
  lastWritten(t: number, k: number): number {
    const { first, f, key, version } = this.#txns;
    for (let m = (first[t + 1] as number) - 1; m >= (first[t] as number); m--)
      if (f[m] === WRITE && key[m] === k) return version[m] as number;
    throw new Error(`transaction ${t} does not write key ${k}`);
  }

  /** The transaction that a micro-operation belongs to. */
  transactionOf(m: number): number {
    const { first, count } = this.#txns;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((first[middle] as number) <= m) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  get #isList(): boolean {
    return this.#txns.kind === "list-append";
  }
}

/** The operations of an anomaly, each once, in the order of the history. */
export const opsOf = (ops: Iterable<number>): Anomaly["ops"] => [...new Set(ops)].sort((a, b) => a - b);
