import { describe, expect, it } from "vitest";
import {
  monotonicReads,
  monotonicWrites,
  readYourWrites,
  writesFollowReads,
} from "../../../checkers/sessions/index.ts";
import { type Anomaly, type Checker, DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { Json } from "../../../src/core/json.ts";
import { history, type Sketch } from "../../support/histories.ts";

/** One operation after the other, on `x`: `[process, function, input or output]`. */
const sequence = (...steps: [number, "read" | "write" | "append" | "cas", Json][]): Sketch[] =>
  steps.map(([p, f, value], i) => ({
    p,
    f,
    key: "x",
    call: 2_000_000_000 * i,
    ret: 2_000_000_000 * i + 1_000_000_000,
    ...(f === "read" ? { ok: value } : { input: value }),
  }));

const check = (checker: Checker, sketches: readonly Sketch[]): Verdict =>
  checker.check(history(sketches), DEFAULT_BUDGET);

function onlyAnomaly(checker: Checker, sketches: readonly Sketch[]): Anomaly {
  const verdict = check(checker, sketches);
  if (verdict.valid !== false) throw new Error(`expected a violation, got ${JSON.stringify(verdict)}`);
  expect(verdict.anomalies).toHaveLength(1);
  expect(verdict.anomalies[0].rulesOut).toEqual(checker.tests);
  return verdict.anomalies[0];
}

describe("read-your-writes on registers", () => {
  const checker = readYourWrites("register");

  it("is broken by a read of nothing after an acknowledged write", () => {
    expect(onlyAnomaly(checker, sequence([0, "write", 5], [0, "read", null]))).toMatchObject({
      kind: "missed-own-write",
      key: "x",
      ops: [0, 1],
      explanation: expect.stringContaining("process 0 wrote 5 to x, acknowledged at 1.000 s"),
    });
  });

  it("is not broken by another session's value, whenever that was written", () => {
    const older = sequence([1, "write", 1], [0, "write", 2], [0, "read", 1]);
    expect(check(checker, older)).toEqual({ valid: true, checked: 1 });
  });

  it("is broken by a value that the own write replaced by compare-and-set", () => {
    const swapped = sequence([1, "write", 1], [0, "cas", [1, 2]], [0, "read", 1]);
    const anomaly = onlyAnomaly(checker, swapped);
    expect(anomaly.ops).toEqual([1, 2]);
    expect(anomaly.explanation).toContain("2 replaced 1 by compare-and-set");
  });

  it("follows a chain of compare-and-sets of others", () => {
    const chain = sequence([1, "write", 1], [1, "cas", [1, 2]], [2, "cas", [2, 3]], [0, "cas", [3, 4]], [0, "read", 2]);
    expect(onlyAnomaly(checker, chain).ops).toEqual([2, 3, 4]);
  });

  it("is broken by two own writes that are each read as the newer one", () => {
    const both = sequence([0, "write", 1], [0, "write", 2], [0, "read", 1], [0, "read", 2]);
    expect(onlyAnomaly(checker, both).explanation).toMatch(/what else this session wrote and read/);
    expect(check(checker, both.slice(0, 3))).toMatchObject({ valid: true });
  });

  it("counts the compare-and-set as a read", () => {
    expect(onlyAnomaly(checker, sequence([0, "write", 1], [0, "cas", [null, 2]])).ops).toEqual([0, 1]);
  });

  it("lets two replicas swap the same value: nothing says what comes between", () => {
    const split = sequence([0, "write", 1], [1, "cas", [1, 2]], [2, "cas", [1, 3]], [1, "read", 3], [2, "read", 2]);
    expect(check(checker, split)).toEqual({ valid: true, checked: 2 });
  });
});

describe("monotonic reads on registers", () => {
  const checker = monotonicReads("register");

  it("is broken by a value that comes back", () => {
    const back = sequence([1, "write", 1], [2, "write", 2], [0, "read", 1], [0, "read", 2], [0, "read", 1]);
    expect(onlyAnomaly(checker, back)).toMatchObject({ kind: "non-monotonic-read", ops: [2, 3, 4] });
    // Without the first read, 1 may be the newer of the two.
    expect(check(checker, [...back.slice(0, 2), ...back.slice(3)])).toEqual({ valid: true, checked: 1 });
  });

  it("is broken by what had been swapped away, and by nothing after something", () => {
    const swapped = sequence([1, "write", 1], [1, "cas", [1, 2]], [0, "read", 2], [0, "read", 1]);
    expect(onlyAnomaly(checker, swapped).ops).toEqual([1, 2, 3]);
    expect(onlyAnomaly(checker, sequence([1, "write", 1], [0, "read", 1], [0, "read", null])).ops).toEqual([1, 2]);
  });

  it("is vacuous where nothing was read twice", () => {
    const once = sequence([1, "write", 1], [0, "read", null], [0, "read", 1]);
    expect(check(checker, once)).toMatchObject({ valid: "unknown", why: "vacuous" });
  });
});

describe("monotonic writes and writes follow reads on registers", () => {
  it("cannot be told from histories", () => {
    const suspicious = sequence([0, "write", 1], [0, "write", 2], [1, "read", 2], [1, "read", 1]);
    for (const checker of [monotonicWrites("register"), writesFollowReads("register")])
      expect(check(checker, suspicious)).toMatchObject({
        valid: "unknown",
        why: "vacuous",
        detail: expect.stringContaining("only one of the writes"),
      });
  });
});

describe("session guarantees on lists", () => {
  it("read your writes: own appends are there, whoever read them", () => {
    const missing = sequence([0, "append", 1], [0, "append", 2], [1, "read", [1]], [0, "read", [1]]);
    expect(onlyAnomaly(readYourWrites("list"), missing)).toMatchObject({
      kind: "missed-own-write",
      ops: [1, 3],
      explanation: expect.stringContaining("without 2"),
    });
    expect(check(readYourWrites("list"), missing.slice(0, 3))).toMatchObject({ why: "vacuous" });
  });

  it("monotonic reads: what was there stays there, in its order", () => {
    const base = sequence([1, "append", 1], [1, "append", 2], [0, "read", [1, 2]]);
    const again = (value: Json): Sketch[] => [...base, { p: 0, f: "read", key: "x", call: 1e10, ret: 2e10, ok: value }];
    expect(check(monotonicReads("list"), again([1, 3, 2, 4]))).toEqual({ valid: true, checked: 1 });
    expect(onlyAnomaly(monotonicReads("list"), again([2])).explanation).toContain("saw 1");
    expect(onlyAnomaly(monotonicReads("list"), again(null)).explanation).toContain("saw 1, 2");
    expect(onlyAnomaly(monotonicReads("list"), again([2, 1])).explanation).toContain("later with 2 before 1");
  });

  it("monotonic reads: an empty list is no earlier read", () => {
    const steps = sequence([1, "append", 1], [0, "read", []], [0, "read", [1]], [0, "read", [1]]);
    expect(check(monotonicReads("list"), steps)).toEqual({ valid: true, checked: 1 });
    expect(check(monotonicReads("list"), steps.slice(0, 3))).toMatchObject({ why: "vacuous" });
  });

  it("monotonic writes: a session's appends come in its order", () => {
    const appended = sequence([0, "append", 1], [0, "append", 2]);
    const read = (value: Json): Sketch[] => [
      ...appended,
      { p: 1, f: "read", key: "x", call: 1e10, ret: 2e10, ok: value },
    ];
    expect(check(monotonicWrites("list"), read([1, 3, 2]))).toEqual({ valid: true, checked: 1 });
    expect(check(monotonicWrites("list"), read([1]))).toMatchObject({ why: "vacuous" });
    expect(onlyAnomaly(monotonicWrites("list"), read([2]))).toMatchObject({
      kind: "non-monotonic-write",
      ops: [0, 1, 2],
    });
    expect(onlyAnomaly(monotonicWrites("list"), read([2, 1])).explanation).toContain("read 2 before 1");
  });

  it("writes follow reads: an append comes after what its session had seen", () => {
    const appended = sequence([0, "append", 1], [1, "read", [1]], [1, "append", 2]);
    const read = (value: Json): Sketch[] => [
      ...appended,
      { p: 2, f: "read", key: "x", call: 1e10, ret: 2e10, ok: value },
    ];
    expect(check(writesFollowReads("list"), read([1, 2]))).toEqual({ valid: true, checked: 1 });
    expect(onlyAnomaly(writesFollowReads("list"), read([2]))).toMatchObject({
      kind: "write-before-read",
      ops: [0, 1, 2, 3],
    });
    expect(onlyAnomaly(writesFollowReads("list"), read([2, 1])).explanation).toContain("read 2 before 1");
  });

  it("tells at most eight anomalies of a kind", () => {
    const reads = Array.from({ length: 20 }, (): [number, "read", Json] => [0, "read", null]);
    const verdict = check(readYourWrites("list"), sequence([0, "append", 1], ...reads));
    expect(verdict).toMatchObject({ valid: false, checked: 20 });
    expect(verdict.valid === false && verdict.anomalies).toHaveLength(8);
  });
});
