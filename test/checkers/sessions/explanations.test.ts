import { describe, expect, it } from "vitest";
import {
  monotonicReads,
  monotonicWrites,
  readYourWrites,
  writesFollowReads,
} from "../../../checkers/sessions/index.ts";
import { type Anomaly, type Checker, DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import { sequence } from "../shared/tiny.ts";

type Step = readonly [process: number, f: string, value: Json, key?: string];

/** One operation after the other; the value is the input, or what a read yields. */
const of = (...steps: readonly Step[]): History =>
  sequence(
    steps.map(([p, f, value, key = "x"]) => ({
      p,
      f,
      key,
      ret: 1,
      ...(f === "read" ? { ok: value } : { input: value }),
    })),
  );

const check = (checker: Checker, ...steps: readonly Step[]): Verdict => checker.check(of(...steps), DEFAULT_BUDGET);

function only(checker: Checker, ...steps: readonly Step[]): Anomaly {
  const verdict = check(checker, ...steps);
  if (verdict.valid !== false) throw new Error(`expected a violation, got ${JSON.stringify(verdict)}`);
  expect(verdict.anomalies).toHaveLength(1);
  return verdict.anomalies[0];
}

const reasons = ({ because }: Anomaly): string[] => because.map(({ from, to, reason }) => `${from} ${to} ${reason}`);

describe("what is told of registers", () => {
  it("a value that comes back", () => {
    const anomaly = only(
      monotonicReads("register"),
      [1, "write", 5],
      [1, "write", 6],
      [1, "write", 7],
      [0, "read", 6],
      [0, "read", 7],
      [0, "read", 6],
    );
    expect(anomaly.explanation).toContain("process 0 saw x go from 6 to 7 and back to 6, which was written only once");
    expect(reasons(anomaly)).toEqual([
      "3 4 7 was read after 6, so 7 is the newer",
      "4 5 6 was read after 7, so 6 is the newer",
    ]);
  });

  it("a value that was swapped away, with all swaps in their order", () => {
    const anomaly = only(
      monotonicReads("register"),
      [1, "write", 5],
      [1, "write", 6],
      [1, "cas", [6, 7]],
      [2, "cas", [7, 8]],
      [0, "read", 8],
      [0, "read", 6],
    );
    expect(anomaly.explanation).toContain("process 0 saw 8 and later 6 in x, although 8 replaced 6 by compare-and-set");
    expect(reasons(anomaly)).toEqual([
      "2 4 process 1 swapped 6 for 7 in x, so that 8 is newer than 6",
      "3 4 process 2 swapped 7 for 8 in x, so that 8 is newer than 6",
      "4 5 6 was read after 8",
    ]);
  });

  it("an own write that had replaced what was read", () => {
    const anomaly = only(
      readYourWrites("register"),
      [1, "write", 4],
      [1, "write", 5],
      [1, "cas", [5, 6]],
      [0, "cas", [6, 7]],
      [0, "read", 5],
    );
    expect(anomaly.ops).toEqual([2, 3, 4]);
    expect(anomaly.explanation).toMatch(
      /^process 0 swapped 6 for 7 in x, acknowledged at .*, and later read 5, so 5 must be newer than 7; but 7 replaced 5 by compare-and-set\.$/,
    );
    expect(reasons(anomaly)).toEqual([
      "3 4 5 was read after 7 was written by the same session",
      "1 2 process 1 swapped 5 for 6 in x, so it came later",
      "1 3 process 0 swapped 6 for 7 in x, so it came later",
    ]);
  });

  it("two own writes that are each read as the newer one", () => {
    const anomaly = only(
      readYourWrites("register"),
      [1, "write", 4],
      [0, "write", 5],
      [0, "write", 6],
      [0, "read", 5],
      [0, "read", 6],
    );
    expect(anomaly.ops).toEqual([2, 3, 4]);
    expect(anomaly.explanation).toMatch(
      /^process 0 wrote 6 to x, acknowledged at .*, and later read 5, so 5 must be newer than 6; but what else this session wrote and read puts 5 before 6\.$/,
    );
    expect(reasons(anomaly)).toEqual([
      "2 3 5 was read after 6 was written by the same session",
      "1 4 6 was read after 5 was written by the same session",
    ]);
  });

  it("the shortest of several ways to see it", () => {
    // That 5 replaced 4 is told by one swap, that it replaced 3 by two.
    const anomaly = only(
      readYourWrites("register"),
      [1, "write", 3],
      [1, "cas", [3, 4]],
      [0, "cas", [4, 5]],
      [0, "read", 3],
      [0, "read", 4],
    );
    expect(anomaly.ops).toEqual([2, 4]);
    expect(anomaly.explanation).toContain("5 replaced 4 by compare-and-set");
  });

  it("what was written, where an initial state was read after it", () => {
    const anomaly = only(readYourWrites("register"), [1, "write", 4], [0, "write", 5], [0, "read", null]);
    expect(reasons(anomaly)).toEqual(["1 2 a session must see what it wrote before"]);
  });
});

describe("what is told of lists", () => {
  it("an append without what its session had put before, or before that", () => {
    const steps: Step[] = [
      [1, "append", 9],
      [0, "append", 5],
      [0, "append", 6],
    ];
    expect(only(monotonicWrites("list"), ...steps, [1, "read", [9, 6]]).explanation).toBe(
      "process 0 put 5 and then 6 into x, but process 1 read 6 without 5.",
    );
    const turned = only(monotonicWrites("list"), ...steps, [1, "read", [6, 5, 9]]);
    expect(turned.explanation).toBe("process 0 put 5 and then 6 into x, but process 1 read 6 before 5.");
    expect(reasons(turned)).toEqual(["1 2 process 0 appended 5 to x first", "2 3 it shows 6 before 5"]);
  });

  it("an append without what its session had read, and not once more for the next append of the session", () => {
    const steps: Step[] = [
      [1, "append", 9],
      [1, "append", 5],
      [0, "read", [9, 5]],
      [0, "append", 6],
      [0, "append", 7],
    ];
    const missing = only(writesFollowReads("list"), ...steps, [2, "read", [6, 7, 9]]);
    expect(missing.explanation).toBe("process 0 saw 9 in x and then put 6 there, but process 2 read 6 before 9.");
    const without = only(writesFollowReads("list"), ...steps, [2, "read", [9, 6, 7]]);
    expect(without.explanation).toBe("process 0 saw 5 in x and then put 6 there, but process 2 read 6 without 5.");
    expect(reasons(without)).toEqual([
      "1 2 process 0 read 5",
      "2 3 process 0 appended 6 to x after that",
      "3 5 it shows 6 without 5",
    ]);
  });

  it("elements that changed places, whichever was put first", () => {
    const steps: Step[] = [
      [1, "append", 5],
      [1, "append", 6],
      [1, "append", 7],
    ];
    const turned = only(monotonicReads("list"), ...steps, [0, "read", [6, 5, 7]], [0, "read", [6, 7, 5]]);
    expect(turned.explanation).toBe("process 0 read x with 5 before 7, and later with 7 before 5.");
    expect(check(monotonicReads("list"), ...steps, [0, "read", [6, 7]], [0, "read", [6, 5, 7]])).toMatchObject({
      valid: true,
    });
  });

  it("what a read shows that lacks the session's own append", () => {
    const anomaly = only(
      readYourWrites("list"),
      [1, "append", 5],
      [0, "append", 6],
      [0, "append", 7],
      [0, "read", [5, 7]],
    );
    expect(anomaly.explanation).toMatch(
      /^process 0 appended 6 to x, acknowledged at .*, but its later read of x shows \[5, ?7\], without 6\.$/,
    );
  });
});

describe("what is told of sets", () => {
  it("of several elements that are missing, those that one read had shown first", () => {
    const anomaly = only(
      monotonicReads("set"),
      [1, "add", 5],
      [1, "add", 6],
      [1, "add", 7],
      [0, "read", [5, 6]],
      [0, "read", [5, 6, 7]],
      [0, "read", [6]],
    );
    expect(anomaly.ops).toEqual([3, 5]);
    expect(anomaly.explanation).toMatch(/and saw 5, which its later read/);
  });
});

describe("what never was exercised", () => {
  it.each([
    ["register", "written"],
    ["list", "appended"],
    ["set", "added"],
    ["counter", "increased"],
  ] as const)("is told of a %s by what its sessions would have %s", (type, what) => {
    const verdict = readYourWrites(type).check(of(), DEFAULT_BUDGET);
    expect(verdict).toMatchObject({ why: "vacuous", detail: expect.stringContaining(what) });
  });
});
