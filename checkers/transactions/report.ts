import type { Anomaly } from "../../src/core/checker.ts";
import type { History } from "../../src/core/history.ts";
import { Anomalies, because } from "../shared/anomalies.ts";
import { show } from "../shared/values.ts";
import type { FracturedRead, LostUpdate } from "./atomicity.ts";
import type { Classified, Models } from "./classify.ts";
import type { Cycle } from "./cycles.ts";
import type { Known } from "./dependencies.ts";
import type { DirtyRead } from "./dirty.ts";
import { Words } from "./explain.ts";
import type { Findings } from "./findings.ts";
import { isAnti, WR } from "./graph.ts";
import type { InternalMistake } from "./observations.ts";
import { WRITE } from "./transactions.ts";
import type { VersionCycle } from "./version-cycles.ts";
import type { DuplicateElement, IncompatibleReads, MisorderedAppends } from "./version-order-lists.ts";

/** All that was found, as anomalies that a person can follow; the worst first. */
export function report(history: History, known: Known, findings: Findings): readonly Anomaly[] {
  const reporter = new Reporter(history, known, findings);
  findings.malformed.forEach(reporter.malformed, reporter);
  findings.duplicates.forEach(reporter.duplicate, reporter);
  findings.incompatible.forEach(reporter.incompatible, reporter);
  findings.misordered.forEach(reporter.misordered, reporter);
  findings.versionCycles.forEach(reporter.versionCycle, reporter);
  findings.dirty.forEach(reporter.dirty, reporter);
  findings.internal.forEach(reporter.internal, reporter);
  findings.lost.forEach(reporter.lostUpdate, reporter);
  findings.fractured.forEach(reporter.fractured, reporter);
  findings.cycles.forEach(reporter.cycle, reporter);
  return reporter.anomalies.list;
}

class Reporter {
  readonly anomalies = new Anomalies();
  readonly #known: Known;
  readonly #findings: Findings;
  readonly #words: Words;
  readonly #told = new Set<string>();

  constructor(history: History, known: Known, findings: Findings) {
    this.#known = known;
    this.#findings = findings;
    this.#words = new Words(history, known);
  }

  malformed({ transaction, key, value }: Findings["malformed"][number]): void {
    const name = this.#words.key(key);
    this.anomalies.add("malformed-read", () => ({
      rulesOut: MODELS_OF.malformed,
      key: name,
      explanation: `${this.#words.name(transaction)} read ${show(value)} from ${name}, which holds a list and nothing else.`,
      ops: [this.#words.op(transaction)],
      because: [],
    }));
  }

  duplicate(found: DuplicateElement): void {
    const t = this.#reader(found.read);
    const key = this.#words.key(this.#known.txns.key[found.read] as number);
    this.anomalies.add("duplicate-elements", () => ({
      rulesOut: this.#findings.rulesOut(found),
      key,
      explanation: `${this.#words.name(t)} read ${this.#words.shown(found.read)}: it holds ${this.#words.value(found.element)} twice, but that was appended once only.`,
      ops: [this.#words.op(t)],
      because: [],
    }));
  }

  incompatible(found: IncompatibleReads): void {
    const [a, b] = [this.#reader(found.one), this.#reader(found.other)];
    const key = this.#words.key(this.#known.txns.key[found.one] as number);
    this.anomalies.add("incompatible-order", () => ({
      rulesOut: this.#findings.rulesOut(found),
      key,
      explanation: `${this.#words.name(a)} read ${this.#words.shown(found.one)} and ${this.#words.name(b)} read ${this.#words.shown(found.other)}. A list only grows at its end, so one of the two should begin with the other.`,
      ops: [this.#words.op(a), this.#words.op(b)],
      because: [because(this.#words.op(a), this.#words.op(b), `they saw ${key} in different orders`)],
    }));
  }

  misordered(found: MisorderedAppends): void {
    const { transaction, earlier, later } = found;
    const words = this.#words;
    const k = this.#known.txns.versionKey[later] as number;
    this.anomalies.add("incompatible-order", () => ({
      rulesOut: this.#findings.rulesOut(found),
      key: words.key(k),
      explanation: `${words.name(transaction)} appended ${words.value(earlier)} and then ${words.value(later)} to ${words.key(k)}, but the list shows ${words.value(later)} without ${words.value(earlier)} before it.`,
      ops: [words.op(transaction)],
      because: [],
    }));
  }

  versionCycle({ versions, key, rulesOut }: VersionCycle): void {
    const words = this.#words;
    const writers = [...new Set(versions.map((v) => (v < 0 ? -1 : (this.#known.seen.writer[v] as number))))];
    const circle = [...versions, versions[0] as number].map((v) => words.value(v)).join(", then ");
    this.anomalies.add("cyclic-versions", () => ({
      rulesOut,
      key: words.key(key),
      explanation: `Going by who saw and wrote what, ${words.key(key)} was ${circle} again; but each value was written once only.`,
      ops: writers.filter((t) => t >= 0).map((t) => words.op(t)),
      because: [],
    }));
  }

  dirty(found: DirtyRead): void {
    const { kind, transaction, read, version, by } = found;
    const words = this.#words;
    const key = words.key(this.#known.txns.key[read] as number);
    const [reader, value] = [words.name(transaction), words.value(version)];
    const writer = by < 0 ? "" : words.name(by);
    const explanations = {
      G1a: () => `${reader} saw ${value} in ${key}, which only ${writer} wrote, and ${writer} was aborted.`,
      G1b: () =>
        `${reader} saw ${value} in ${key}, which ${writer} wrote on the way only: before it ended it wrote ${key} again.`,
      "thin-air-read": () => `${reader} saw ${value} in ${key}, but nobody ever wrote that.`,
      "dirty-update": () =>
        `${writer} committed a write to ${key} on top of ${value}, which an aborted transaction had left there.`,
    };
    this.anomalies.add(kind, () => ({
      rulesOut: this.#findings.rulesOut(found),
      key,
      explanation: explanations[kind](),
      ops: by < 0 ? [words.op(transaction)] : [words.op(by), words.op(transaction)],
      because:
        by < 0 || by === transaction ? [] : [because(words.op(by), words.op(transaction), `saw ${value} in ${key}`)],
    }));
  }

  internal(found: InternalMistake): void {
    const { kind, transaction, read, other } = found;
    const { txns } = this.#known;
    const words = this.#words;
    const k = txns.key[read] as number;
    const name = words.name(transaction);
    const explanations = {
      own: () =>
        `${name} ${words.wrote(txns.version[other] as number, k)} and then, still in the same transaction, read ${words.shown(read)}.`,
      repeated: () =>
        `${name} read ${words.shown(other)}, and later in the same transaction ${words.shown(read)}, without having changed it so itself.`,
      future: () =>
        `${name} read ${words.shown(read)} before it ${words.wrote(txns.version[other] as number, k)} itself.`,
    };
    this.anomalies.add(kind === "future" ? "future-read" : "internal", () => ({
      rulesOut: this.#findings.rulesOut(found),
      key: words.key(k),
      explanation: explanations[kind](),
      ops: [words.op(transaction)],
      because: [],
    }));
  }

  lostUpdate({ transaction, other, key, version, isShared }: LostUpdate): void {
    const words = this.#words;
    const [a, b] = [words.name(transaction), words.name(other)];
    const k = words.key(key);
    const saw = version < 0 ? `${k} as it was before any write` : `${words.value(version)} in ${k}`;
    this.anomalies.add("lost-update", () => ({
      rulesOut: MODELS_OF.lost,
      key: k,
      explanation: isShared
        ? `${a} and ${b} both saw ${saw} and then wrote ${k}: whichever wrote last did not know of the other's write, which is lost.`
        : `${a} saw ${saw} and then wrote ${k}, but in between ${b} had written it: ${a} did not know of that write, and it is lost.`,
      ops: [words.op(other), words.op(transaction)],
      because: [because(words.op(other), words.op(transaction), `both wrote ${k} over the same version`)],
    }));
  }

  fractured(found: FracturedRead): void {
    const { transaction, other, saw, missed, version } = found;
    const words = this.#words;
    const { txns } = this.#known;
    const [reader, writer] = [words.name(transaction), words.name(other)];
    const k = txns.key[missed] as number;
    this.anomalies.add("fractured-read", () => ({
      rulesOut: this.#findings.rulesOut(found),
      key: words.key(k),
      explanation: `${reader} read ${words.shown(saw)}, where ${writer} had written, but read ${words.shown(missed)}, which is older than what ${writer} wrote there in the same transaction (${words.value(version)}). It saw one half of ${writer}.`,
      ops: [words.op(other), words.op(transaction)],
      because: [
        because(words.op(other), words.op(transaction), `saw what it wrote to ${words.key(txns.key[saw] as number)}`),
        because(words.op(transaction), words.op(other), `missed what it wrote to ${words.key(k)}`),
      ],
    }));
  }

  cycle(cycle: Cycle): void {
    const words = this.#words;
    const id = [...cycle.map(({ from, to, code }) => `${from}-${code}-${to}`)].sort().join();
    if (this.#told.has(id)) return;
    this.#told.add(id);
    const classified = this.#findings.classified(cycle);
    this.anomalies.add(nameOf(cycle, classified, this.#known), () => ({
      rulesOut: classified.rulesOut,
      explanation: `${cycle.map((edge) => `${words.name(edge.from)} must come before ${words.name(edge.to)}, for ${words.edge(edge)}`).join("; ")}. That is a circle: ${MEANING[classified.shape]}.`,
      ops: cycle.map(({ from }) => words.op(from)),
      because: cycle.map((edge) => because(words.op(edge.from), words.op(edge.to), words.edge(edge))),
    }));
  }

  #reader(m: number): number {
    const { first, count } = this.#known.txns;
    let [low, high] = [0, count];
    while (low + 1 < high) {
      const middle = (low + high) >>> 1;
      if ((first[middle] as number) <= m) low = middle;
      else high = middle;
    }
    return low;
  }
}

const MEANING: Readonly<Record<Classified["shape"], string>> = {
  writes: "their writes are mixed up, so that none of them came first",
  reads: "each saw or overwrote what another one did, so that information flowed back in time",
  single: "one of them missed a write although it knew of something that came after that write",
  apart: "no snapshots can be ordered so that each of them saw all that came before its own",
  adjacent: "whichever of them came first, another one would have seen more than it did",
};

/** Cycles of a well-known form go by its name. */
function nameOf(cycle: Cycle, { kind, shape }: Classified, { txns }: Known): string {
  const antis = cycle.filter(({ code }) => isAnti(code)).length;
  if (kind === "G2-item" && cycle.length === 2) return "write-skew";
  const readsOnly = (t: number): boolean => {
    for (let m = txns.first[t] as number; m < (txns.first[t + 1] as number); m++) if (txns.f[m] === WRITE) return false;
    return true;
  };
  const isFork =
    shape === "apart" &&
    kind === "G-nonadjacent" &&
    antis === 2 &&
    cycle.length === 4 &&
    cycle.every(({ from, code }) => code === WR || readsOnly(from));
  return isFork ? "long-fork" : kind;
}

/** What findings rule out whose kind alone decides. */
export const MODELS_OF = {
  malformed: ["read-committed"],
  lost: ["cursor-stability"],
} as const satisfies Record<string, Models>;
