import { describe, expect, it } from "vitest";
import { causal, causalCc, causalCm } from "../../../checkers/causal/index.ts";
import { pram } from "../../../checkers/pram/index.ts";
import { type Anomaly, DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Operation } from "../../../src/core/operation.ts";
import { Random } from "../../../src/core/random.ts";
import { runs } from "../../support/runs.ts";
import { tinyHistory } from "../shared/tiny.ts";

const CHECKERS = { "causal-cc": causalCc, "causal-cm": causalCm, "causal-ccv": causal, pram } as const;
const MODELS = Object.keys(CHECKERS) as (keyof typeof CHECKERS)[];
const TYPES = ["register", "list", "set"] as const;

/** Anomalies whose proof leads back to where it began, and those whose proof leads from a write to a read. */
const CIRCLES = ["CyclicCO", "CyclicCF", "cyclic-arbitration", "incompatible-order"];
const CHAINS = ["WriteCOInitRead", "WriteCORead", "WriteHBInitRead", "missed-causal-write", "effect-before-cause"];

const KINDS: Record<(typeof TYPES)[number], Record<keyof typeof CHECKERS, string[]>> = {
  register: {
    "causal-cc": ["CyclicCO", "ThinAirRead", "WriteCOInitRead", "WriteCORead"],
    // And WriteHBInitRead, which takes too many operations to be met by chance; views.test.ts has one.
    "causal-cm": ["CyclicCO", "CyclicHB", "ThinAirRead", "WriteCOInitRead", "WriteCORead"],
    "causal-ccv": ["CyclicCF", "CyclicCO", "ThinAirRead", "WriteCOInitRead", "WriteCORead"],
    pram: ["CyclicCO", "CyclicHB", "ThinAirRead", "WriteHBInitRead"],
  },
  list: {
    "causal-cc": ["CyclicCO", "ThinAirRead", "duplicate-element", "effect-before-cause", "missed-causal-write"],
    "causal-cm": ["CyclicCO", "CyclicHB", "ThinAirRead", "duplicate-element", "missed-causal-write"],
    "causal-ccv": [
      "CyclicCO",
      "ThinAirRead",
      "cyclic-arbitration",
      "duplicate-element",
      "incompatible-order",
      "missed-causal-write",
    ],
    pram: ["CyclicHB", "ThinAirRead", "duplicate-element"],
  },
  set: {
    "causal-cc": ["CyclicCO", "ThinAirRead", "duplicate-element", "missed-causal-write"],
    "causal-cm": ["CyclicCO", "ThinAirRead", "duplicate-element", "missed-causal-write"],
    "causal-ccv": ["CyclicCO", "ThinAirRead", "duplicate-element", "missed-causal-write"],
    pram: ["CyclicHB", "ThinAirRead", "duplicate-element"],
  },
};

/** What an operation showed of its object; absent if it looked at nothing. */
function sawOf({ f, input, outcome }: Operation): readonly unknown[] | undefined {
  if (f === "cas") return [(input as unknown[])[0]];
  if (outcome.type !== "ok") return undefined;
  if (f === "contains") return outcome.value === true ? [input] : [];
  if (f !== "read") return undefined;
  return Array.isArray(outcome.value) ? outcome.value : [outcome.value];
}

const wroteOf = ({ f, input }: Operation): unknown =>
  f === "cas" ? (input as unknown[])[1] : f === "read" || f === "contains" ? undefined : input;

const writesSameKey = (a: Operation, b: Operation): boolean =>
  a.key === b.key && wroteOf(a) !== undefined && wroteOf(b) !== undefined && a !== b;

const showsWriteOf = (a: Operation, b: Operation): boolean =>
  a.key === b.key && wroteOf(a) !== undefined && (sawOf(b)?.includes(wroteOf(a)) ?? false);

const sessionOrder = (a: Operation, b: Operation): boolean => a.process === b.process && a.index < b.index;

/** True if one operation reaches the other by such steps. */
function reaches(
  ops: readonly Operation[],
  from: Operation,
  to: Operation,
  step: (a: Operation, b: Operation) => boolean,
): boolean {
  const reached = new Set<Operation>();
  const next = [from];
  for (let op = next.pop(); op; op = next.pop())
    for (const other of ops) {
      if (reached.has(other) || !step(op, other)) continue;
      reached.add(other);
      next.push(other);
    }
  return reached.has(to);
}

interface Tie {
  readonly from: Operation;
  readonly to: Operation;
  readonly reason: string;
}

const isSession = ({ reason }: Tie): boolean => reason.endsWith("did the one before the other");
const isReadsFrom = ({ reason }: Tie): boolean => /^process \d+ saw .*, which process \d+ wrote$/.test(reason);

/** The proof of an anomaly, step by step, holds by what the operations say of themselves. */
function expectProof(
  type: (typeof TYPES)[number],
  history: History,
  model: keyof typeof CHECKERS,
  anomaly: Anomaly,
): void {
  const { kind, ops, because, key } = anomaly;
  const at = (index: number): Operation => history.ops.find((op) => op.index === index) as Operation;
  const ties: Tie[] = because.map(({ from, to, reason }) => ({ from: at(from), to: at(to), reason }));
  const ends = new Set(because.flatMap(({ from, to }) => [from, to]));
  const told = ops.map(at);

  expect(anomaly.rulesOut).toEqual(ruledOut(kind, model));
  // All that the proof goes through is named, and else only reads that demand some order, or the one that is told of.
  for (const end of ends) expect(ops).toContain(end);
  for (const op of told) if (!ends.has(op.index)) expect(sawOf(op)).toBeDefined();
  if (key !== undefined) expect(told.some((op) => op.key === key)).toBe(true);

  const demanded = ties.filter((tie) => !isSession(tie) && !isReadsFrom(tie));
  for (const tie of ties.filter(isSession)) expect(sessionOrder(tie.from, tie.to)).toBe(true);
  for (const tie of ties.filter(isReadsFrom)) expect(showsWriteOf(tie.from, tie.to)).toBe(true);
  // What is told in words are the steps that do not explain themselves.
  if (type !== "register" && (kind === "cyclic-arbitration" || kind === "CyclicHB"))
    for (const { reason } of demanded) expect(anomaly.explanation).toContain(reason);
  for (const tie of demanded) expectDemand(history, told, ties, model, tie);

  if (CIRCLES.includes(kind)) expectCircle(ties, told);
  if (CHAINS.includes(kind)) expectChain(ties, kind, key);
  if (kind === "CyclicCO") {
    expect(demanded).toEqual([]);
    if (model === "pram") for (const { to } of ties.filter(isReadsFrom)) expect(to.f).toBe("cas");
  }
  if (kind === "CyclicHB") {
    // The circle comes first, then what proves its steps.
    const closes = ties.findIndex(({ to }) => to === ties[0]?.from);
    expect(closes).toBeGreaterThanOrEqual(0);
    expectCircle(ties.slice(0, closes + 1), []);
  }
  if (kind === "CyclicHB" || kind === "WriteHBInitRead") {
    if (model === "pram")
      expect(
        new Set(ties.filter(isReadsFrom).flatMap(({ to }) => (to.f === "cas" ? [] : [to.process]))).size,
      ).toBeLessThanOrEqual(1);
  }
}

/** The weakest models that an anomaly contradicts. */
function ruledOut(kind: string, model: keyof typeof CHECKERS): string[] {
  if (model === "pram" || kind === "CyclicHB" || kind === "WriteHBInitRead") return [model];
  return ["CyclicCF", "cyclic-arbitration", "incompatible-order"].includes(kind) ? ["causal-ccv"] : ["causal-cc"];
}

/** It closes, and goes as straight as it can. */
function expectCircle(ties: readonly Tie[], told: readonly Operation[]): void {
  expect(ties.length).toBeGreaterThan(0);
  for (const [i, tie] of ties.entries()) {
    const next = ties[(i + 1) % ties.length] as Tie;
    expect(next.from).toBe(tie.to);
    if (ties.length > 1) expect(isSession(tie) && isSession(next)).toBe(false);
    // Of two neighbouring steps that lists show, no named list shows the ends.
    if (i + 1 === ties.length || next.to === tie.from) continue;
    if ([tie, next].some((one) => isSession(one) || isReadsFrom(one))) continue;
    expect(told.some((read) => showsInOrder(read, tie.from, next.to))).toBe(false);
  }
}

function showsInOrder(read: Operation, a: Operation, b: Operation): boolean {
  if (read.f !== "read" || ![a, b].every((op) => op.key === read.key && wroteOf(op) !== undefined)) return false;
  const [first, second] = [a, b].map((op) => sawOf(read)?.indexOf(wroteOf(op)) ?? -1) as [number, number];
  return first >= 0 && second > first;
}

/**
 * Some read that is named shows the later of the two and has the earlier in its past, or a list shows their order. In the
 * view of a session the rest of the proof may have put it there.
 */
function expectDemand(
  { ops }: History,
  told: readonly Operation[],
  ties: readonly Tie[],
  model: keyof typeof CHECKERS,
  { from, to }: Tie,
): void {
  const others = model === "causal-ccv" ? [] : ties.filter((tie) => tie.from !== from || tie.to !== to);
  const isDemandedBy = (read: Operation): boolean => {
    const [first, second] = [from, to].map((op) => sawOf(read)?.indexOf(wroteOf(op)) ?? -1) as [number, number];
    if (read === to) return first >= 0 && from.key === to.key;
    if (read === from && second < 0 && from.key === to.key && wroteOf(from) === undefined) return true;
    if (read.key !== from.key || second < 0 || !writesSameKey(from, to)) return false;
    if (first >= 0) return first < second;
    const isCause = (a: Operation, b: Operation): boolean =>
      sessionOrder(a, b) ||
      (showsWriteOf(a, b) && (model !== "pram" || b.f === "cas" || b.process === read.process)) ||
      others.some((tie) => tie.from === a && tie.to === b);
    return reaches(ops, from, read, isCause);
  };
  expect(told.some(isDemandedBy)).toBe(true);
}

/** From a write to a read that shows that it did not see the write; what comes after that proves steps of it. */
function expectChain(ties: readonly Tie[], kind: string, key: string | undefined): void {
  const isEnd = ({ to }: Tie): boolean => to.key === key && (sawOf(to)?.[0] ?? null) === null;
  const chain = kind === "WriteHBInitRead" ? ties.slice(0, ties.findIndex(isEnd) + 1) : ties;
  for (const [i, { to }] of chain.slice(0, -1).entries()) expect(chain[i + 1]?.from).toBe(to);
  const [first, last] = [chain[0], chain.at(-1)];
  if (!first || !last) throw new Error(`${kind} without a proof`);
  const [write, read] = [first.from, last.to];
  expect([write.key, read.key, wroteOf(write) === undefined]).toEqual([key, key, false]);
  const saw = sawOf(read);
  if (kind === "WriteCOInitRead" || kind === "WriteHBInitRead") expect(saw?.[0] ?? null).toBe(null);
  if (kind === "missed-causal-write") expect(saw).not.toContain(wroteOf(write));
  if (kind === "effect-before-cause") {
    const [cause, effect] = [saw?.indexOf(wroteOf(write)) ?? -1, saw?.indexOf(wroteOf(last.from)) ?? -1];
    expect(effect).toBeGreaterThanOrEqual(0);
    expect(cause).toBeGreaterThan(effect);
  }
  if (kind === "WriteCORead") {
    expect(saw).toContain(wroteOf(write));
    expect(ties.slice(1).some(({ from }) => writesSameKey(write, from))).toBe(true);
  }
}

describe.each(TYPES)("the proof of what is wrong with a %s", (type) => {
  it.each(MODELS)("by %s holds step by step", (model) => {
    const checker = CHECKERS[model](type);
    const kinds = new Set<string>();
    for (let seed = 0; seed < Math.max(runs(300), 300); seed++) {
      const random = new Random(seed, "proofs");
      const history = tinyHistory(random, {
        type,
        ops: 14,
        sessions: 2 + random.below(2),
        keys: random.pick([1, 1, 2, 3]),
        swaps: random.chance(0.4),
        duplicates: false,
        wild: random.chance(0.3),
        moved: random.chance(0.3),
      });
      const verdict = checker.check(history, DEFAULT_BUDGET);
      if (verdict.valid !== false) continue;
      for (const anomaly of verdict.anomalies) {
        kinds.add(anomaly.kind);
        if (anomaly.kind !== "ThinAirRead" && anomaly.kind !== "duplicate-element")
          expectProof(type, history, model, anomaly);
      }
    }
    if (model === "causal-cm") kinds.delete("WriteHBInitRead");
    expect([...kinds].sort()).toEqual(KINDS[type][model]);
  });
});
