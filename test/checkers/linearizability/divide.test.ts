import { describe, expect, it } from "vitest";
import { divideLinearizability, linearizability } from "../../../checkers/linearizability/index.ts";
import { casRegister } from "../../../checkers/specs/index.ts";
import { DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import { history, type Sketch } from "../../support/histories.ts";
import { runs } from "../../support/runs.ts";
import { generate } from "./algorithms/harness.ts";
import { isWellFormed, WORLDS } from "./evidence-worlds.ts";

const KEYS = ["x", "y", "z"];

describe("a check that several threads share", () => {
  it.each(WORLDS)("says of $name what one thread says", (world) => {
    const { spec } = world;
    const division = divideLinearizability(spec);
    const checker = linearizability(spec);
    for (let seed = 0; seed < runs(120) / 20; seed++) {
      const { ops, ...rest } = generate(world, seed);
      if (!ops.every(isWellFormed)) continue;
      const recorded: History = { ...rest, ops: ops.map((op) => ({ ...op, key: KEYS[op.index % 3] as string })) };
      const parts = division.parts(recorded);
      const expected = checker.check(recorded, DEFAULT_BUDGET);
      if ("valid" in parts) {
        expect(parts).toEqual(expected);
        continue;
      }
      expect(parts.flatMap((part) => part.ops).length).toBeGreaterThan(0);
      const deadlineMs = performance.now() + DEFAULT_BUDGET.timeMs;
      // What passes between threads is a copy.
      const decided = parts.flatMap((part) =>
        structuredClone(division.decide(structuredClone([part]), DEFAULT_BUDGET, deadlineMs)),
      );
      expect(division.conclude(parts, decided, DEFAULT_BUDGET, deadlineMs)).toEqual(expected);
    }
  });

  it("keeps to the limits", () => {
    const swaps = Array.from(
      { length: 12 },
      (_, p): Sketch => ({ p, f: "cas", input: [p % 4, (p * 3 + 1) % 4], call: 0 }),
    );
    const reads = [1, 0, 1].map((ok, i): Sketch => ({ p: 100, f: "read", ok, call: 10 * i + 10, ret: 10 * i + 15 }));
    const write: Sketch = { p: 101, f: "write", input: 0, call: 0, ret: 5 };
    const division = divideLinearizability(casRegister, { algorithm: "search" });
    const parts = division.parts(history([...swaps, write, ...reads]));
    if ("valid" in parts) throw new Error("expected parts");
    const decide = (maxConfigurations: number) =>
      division.decide(parts, { ...DEFAULT_BUDGET, maxConfigurations }, performance.now() + 60_000)[0];
    expect(decide(2)).toMatchObject({ type: "configurations" });
    expect(decide(100_000)).toMatchObject({ type: "linearizable" });
  });
});
