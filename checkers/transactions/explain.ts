import type { History } from "../../src/core/history.ts";
import type { Operation } from "../../src/core/operation.ts";
import { at, span } from "../shared/phrases.ts";
import { show } from "../shared/values.ts";
import type { CycleEdge } from "./cycles.ts";
import type { Known } from "./dependencies.ts";
import { isAnti, isWrite, needsRealTime, needsSessions, RT, SO } from "./graph.ts";
import { NOTHING } from "./observations.ts";
import { INITIAL, WRITE } from "./transactions.ts";
import { BASE, REAL_TIME, SESSION } from "./version-order-registers.ts";

/** Says in words what transactions did. */
export class Words {
  readonly #history: History;
  readonly #known: Known;
  readonly #isList: boolean;

  constructor(history: History, known: Known) {
    this.#history = history;
    this.#known = known;
    this.#isList = known.txns.kind === "list-append";
  }

  /** The operation of a transaction. */
  op(t: number): Operation {
    return this.#history.ops[this.#known.txns.op[t] as number] as Operation;
  }

  /** A transaction for people; the number is its operation's. */
  name(t: number): string {
    return `T${this.#known.txns.op[t]}`;
  }

  key(k: number): string {
    return this.#known.txns.keyNames[k] ?? "";
  }

  value(v: number): string {
    return v === INITIAL ? "nothing" : show(this.#known.txns.valueOf(v));
  }

  /** What a read showed: "[1, 2] in x". */
  shown(m: number): string {
    const { txns } = this.#known;
    const k = this.key(txns.key[m] as number);
    const v = txns.version[m] as number;
    if (!this.#isList) return `${this.value(v)} in ${k}`;
    if (v === INITIAL) return `[] in ${k}`;
    const start = txns.elementsAt[m] as number;
    const list = txns.elements.subarray(start, start + (txns.elementsLength[m] as number));
    return `${show([...list].map((element) => txns.valueOf(element)))} in ${k}`;
  }

  wrote(v: number, k: number): string {
    return this.#isList ? `appended ${this.value(v)} to ${this.key(k)}` : `wrote ${this.value(v)} to ${this.key(k)}`;
  }

  /** Why one transaction of a circle must come before the next. */
  edge({ from, to, code }: CycleEdge): string {
    const { txns } = this.#known;
    const [a, b] = [this.name(from), this.name(to)];
    if (code === SO) return `process ${this.op(from).process} did ${a} before ${b}`;
    if (code === RT) {
      const aheadNs = (txns.callNs[to] as number) - (txns.returnNs[from] as number);
      return `${a} had returned ${span(aheadNs)} before ${b} was called (at ${at(txns.callNs[to] as number)})`;
    }
    if (isAnti(code)) return this.#missed(from, to, code);
    if (isWrite(code)) return this.#overwrote(from, to, code);
    return this.#saw(from, to);
  }

  #saw(from: number, to: number): string {
    const { txns, seen } = this.#known;
    for (let m = txns.first[to] as number; m < (txns.first[to + 1] as number); m++) {
      const v = seen.seen[m] as number;
      if (v >= 0 && seen.writer[v] === from)
        return `${this.name(to)} saw ${this.value(v)} in ${this.key(txns.key[m] as number)}, which ${this.name(from)} ${this.#isList ? "appended" : "wrote"}`;
    }
    return `${this.name(to)} saw what ${this.name(from)} wrote`;
  }

  #missed(from: number, to: number, code: number): string {
    const { txns, seen } = this.#known;
    const [a, b] = [this.name(from), this.name(to)];
    let best: { v: number; u: number; k: number } | undefined;
    for (let m = txns.first[from] as number; m < (txns.first[from + 1] as number); m++) {
      const v = seen.seen[m] as number;
      if (v === NOTHING) continue;
      const k = txns.key[m] as number;
      for (const u of this.#writes(to, k))
        if (this.#isNext(v, u, k, code) && (best === undefined || this.#gap(v, u) < this.#gap(best.v, best.u)))
          best = { v, u, k };
    }
    if (best === undefined) return `${a} missed what ${b} wrote`;
    const { v, u, k } = best;
    const why = this.#why(code);
    if (v === INITIAL) return `${a} saw ${this.key(k)} as it was before any write, and ${b} ${this.wrote(u, k)}`;
    return this.#isList
      ? `${a} saw ${this.key(k)} end with ${this.value(v)}, and ${b} appended ${this.value(u)} after that`
      : `${a} saw ${this.value(v)} in ${this.key(k)}, which ${b} overwrote with ${this.value(u)}${why}`;
  }

  #overwrote(from: number, to: number, code: number): string {
    const { txns } = this.#known;
    let best: { v: number; u: number; k: number } | undefined;
    for (let m = txns.first[from] as number; m < (txns.first[from + 1] as number); m++) {
      if (txns.f[m] !== WRITE) continue;
      const [v, k] = [txns.version[m] as number, txns.key[m] as number];
      for (const u of this.#writes(to, k))
        if (this.#isNext(v, u, k, code) && (best === undefined || this.#gap(v, u) < this.#gap(best.v, best.u)))
          best = { v, u, k };
    }
    if (best === undefined) return `${this.name(to)} wrote over what ${this.name(from)} wrote`;
    const { v, u, k } = best;
    return this.#isList
      ? `${this.name(to)} appended ${this.value(u)} to ${this.key(k)} after ${this.name(from)}'s ${this.value(v)}`
      : `${this.name(to)} overwrote ${this.name(from)}'s ${this.value(v)} in ${this.key(k)} with ${this.value(u)}${this.#why(code)}`;
  }

  #why(code: number): string {
    if (needsSessions(code)) return " (the order of a session tells)";
    return needsRealTime(code) ? " (the order in time tells)" : "";
  }

  #writes(t: number, k: number): number[] {
    const { txns } = this.#known;
    const versions: number[] = [];
    for (let m = txns.first[t] as number; m < (txns.first[t + 1] as number); m++)
      if (txns.f[m] === WRITE && txns.key[m] === k) versions.push(txns.version[m] as number);
    return versions;
  }

  /** True if it is known that version `u` came after `v`, by what an edge with this code rests on. */
  #isNext(v: number, u: number, k: number, code: number): boolean {
    const { orders, pairs, seen } = this.#known;
    if (orders.isUnordered[k] === 1) return false;
    if (v === INITIAL) return true;
    const [a, b] = [orders.position[v] as number, orders.position[u] as number];
    if (a !== -1) return b === -1 ? seen.isFinal[u] === 1 : b > a;
    if (pairs === undefined) return false;
    const level = needsRealTime(code) ? REAL_TIME : needsSessions(code) ? SESSION : BASE;
    return pairs.before.some((before, i) => before === v && pairs.after[i] === u && pairs.level[i] === level);
  }

  #gap(v: number, u: number): number {
    const { position } = this.#known.orders;
    const b = position[u] as number;
    return (b === -1 ? Number.MAX_SAFE_INTEGER : b) - (v === INITIAL ? -1 : (position[v] as number));
  }
}
