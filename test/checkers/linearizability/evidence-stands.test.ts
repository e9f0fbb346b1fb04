import { describe, expect, it } from "vitest";
import { linearizability } from "../../../checkers/linearizability/index.ts";
import { counts } from "../../../checkers/linearizability/problem.ts";
import { DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Operation } from "../../../src/core/operation.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { runs } from "../../support/runs.ts";
import { generate } from "./algorithms/harness.ts";
import { isWellFormed, unitOf, WORLDS } from "./evidence-worlds.ts";
import { bruteForce } from "./oracle.ts";

/**
 * Operations of the history that were left out and that explain what is shown; `undefined` if none do. Where they stand for
 * the whole history there are none: whatever else had been left in, it would be wrong.
 */
function excuse(spec: Spec, { ops, ...rest }: History, shown: readonly number[]): readonly Operation[] | undefined {
  const kept = ops.filter(({ index }) => shown.includes(index));
  // A read excuses nothing.
  const left = ops.filter((op) => !shown.includes(op.index) && counts(spec, op) && !spec.isRead(op.f));
  const units = [...new Set(left.map((op) => unitOf(spec, op)))];
  for (let set = 0; set < 1 << units.length; set++) {
    const added = left.filter((op) => (set & (1 << units.indexOf(unitOf(spec, op)))) !== 0);
    const together = [...kept, ...added].sort((a, b) => a.index - b.index);
    if (bruteForce(spec, { ...rest, ops: together })) return added;
  }
  return undefined;
}

const line = ({ index, process, f, input, callNs, returnNs, outcome }: Operation): string =>
  `${index}: process ${process} ${f} ${JSON.stringify(input)} [${callNs}, ${returnNs}] ${JSON.stringify(outcome)}`;

describe("the operations shown", () => {
  it.each(WORLDS)("of $name are wrong by themselves, and nothing that is left out excuses them", (world) => {
    const { spec } = world;
    let [all, refuted, left] = [0, 0, 0];
    for (let seed = 0; seed < runs(1_000); seed++) {
      const history = generate(world, seed);
      if (!history.ops.every(isWellFormed)) continue;
      all++;
      const verdict = linearizability(spec).check(history, DEFAULT_BUDGET);
      if (verdict.valid !== false) continue;
      refuted++;
      for (const { ops, because } of verdict.anomalies) {
        left += history.ops.length - ops.length;
        const excused = excuse(spec, history, ops);
        if (excused !== undefined)
          throw new Error(
            `seed ${seed}: ${ops} are excused by [${excused.map(({ index }) => index)}]\n${history.ops.map(line).join("\n")}`,
          );
        for (const { from, to } of because) expect(ops).toEqual(expect.arrayContaining([from, to]));
      }
    }
    expect(all).toBeGreaterThan(runs(1_000) / 2);
    expect(refuted).toBeGreaterThan(all / 3);
    // Much is left out, or this would prove nothing.
    expect(left).toBeGreaterThan(2 * refuted);
  });
});
