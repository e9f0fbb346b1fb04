import { describe, expect, it } from "vitest";
import { summarizeIds, uniqueIds } from "../../../checkers/unique-ids/index.ts";
import { DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { Json } from "../../../src/core/json.ts";
import { agree, concurrently, invalid, opinionOf } from "../../support/agree.ts";
import { history, type Sketch } from "../../support/histories.ts";
import { runs } from "../../support/runs.ts";

const generate = (p: number, at: number, ok?: Json): Sketch => ({
  p,
  f: "generate",
  call: at,
  ...(ok === undefined ? {} : { ret: at + 1, ok }),
});
const check = (...sketches: Sketch[]): Verdict => uniqueIds().check(history(sketches), DEFAULT_BUDGET);

describe("unique ids (Jepsen, checker/unique-ids; Maelstrom, workload unique-ids)", () => {
  it("holds where all identifiers differ, whatever they are", () => {
    expect(check(generate(0, 0, 1), generate(1, 0, "1"), generate(2, 5, ["n1", 1]), generate(3, 5))).toEqual({
      valid: true,
      checked: 3,
    });
  });

  it("is broken by an identifier that was handed out twice, and says to whom", () => {
    const verdict = check(generate(0, 0, "a"), generate(1, 2, "b"), generate(2, 4, "a"), generate(2, 6, "a"));
    expect(verdict).toMatchObject({
      valid: false,
      checked: 4,
      anomalies: [
        { kind: "duplicate-id", rulesOut: ["sequential"], ops: [0, 2] },
        { kind: "duplicate-id", ops: [0, 3] },
      ],
    });
    expect(verdict.valid === false && verdict.anomalies[0].explanation).toBe(
      'process 0 generated "a", and process 2 generated "a", too: one identifier was handed out twice.',
    );
    expect(check(generate(0, 0, 7), generate(0, 2, 7))).toMatchObject({ anomalies: [{ rulesOut: ["pram"] }] });
  });

  it("compares objects by what is in them", () => {
    expect(check(generate(0, 0, { a: 1, b: 2 }), generate(1, 0, { b: 2, a: 1 }))).toMatchObject({ valid: false });
  });

  it("says nothing of fewer than two identifiers, of null, and of other operations", () => {
    expect(check(generate(0, 0, 1), generate(1, 0))).toMatchObject({ why: "vacuous" });
    expect(check({ p: 0, f: "generate", call: 0, ret: 1, ok: null })).toMatchObject({ why: "malformed" });
    expect(check({ p: 0, f: "read", call: 0, ret: 1 })).toMatchObject({ why: "malformed" });
    expect(check({ p: 0, f: "read", call: 0, ret: 1, fail: "abort" })).toMatchObject({ why: "vacuous" });
  });

  it("counts and gives the range, numbers before texts", () => {
    const made = history([
      generate(0, 0, 5),
      generate(1, 0, "b"),
      generate(2, 0, "a"),
      generate(3, 0, 12),
      generate(0, 3, 5),
      generate(1, 3),
    ]);
    expect(summarizeIds(made)).toEqual({ attempted: 6, acknowledged: 5, duplicated: 1, range: [5, "b"] });
    expect(summarizeIds(history([]))).toEqual({ attempted: 0, acknowledged: 0, duplicated: 0, range: undefined });
  });

  it("agrees with comparing every pair", () => {
    const split = agree({
      count: runs(20_000),
      make: (random) =>
        concurrently(random, { threads: 3, max: 9 }, () => ({
          f: "generate",
          ok: random.chance(0.5) ? random.below(7) : `${random.below(7)}`,
        })),
      actual: (made) => opinionOf(uniqueIds(), made),
      expected: ({ ops }) => {
        const ids = ops.flatMap(({ outcome }) => (outcome.type === "ok" ? [outcome.value] : []));
        if (ids.some((a, i) => ids.some((b, j) => i < j && a === b))) return invalid(["duplicate-id"]);
        return ids.length < 2 ? "unknown vacuous" : "valid";
      },
    });
    expect(split.unknown).toBeGreaterThan(0);
  });
});
