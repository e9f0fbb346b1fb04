import { describe, expect, it } from "vitest";
import { counts } from "../../../checkers/linearizability/problem.ts";
import { Removal } from "../../../checkers/linearizability/removal.ts";
import type { Operation } from "../../../src/core/operation.ts";
import { Random } from "../../../src/core/random.ts";
import { runs } from "../../support/runs.ts";
import { generate } from "./algorithms/harness.ts";
import { isWellFormed, WORLDS } from "./evidence-worlds.ts";
import { bruteForce } from "./oracle.ts";

const line = ({ index, process, f, input, callNs, returnNs, outcome }: Operation): string =>
  `${index}: process ${process} ${f} ${JSON.stringify(input)} [${callNs}, ${returnNs}] ${JSON.stringify(outcome)}`;

/** Of six histories the first is as the object answered, and the second may have been changed a little. */
const seedOf = (run: number): number => 6 * (run >> 1) + (run & 1);

/** Of these at least half are linearizable, in most worlds nearly all. */
const RUNS = 5_000;

describe("what may be left out", () => {
  it.each(WORLDS)("of $name leaves a linearizable history linearizable", (world) => {
    const { spec } = world;
    let [valid, fewer] = [0, 0];
    for (let run = 0; run < runs(RUNS); run++) {
      const history = generate(world, seedOf(run));
      const ops = history.ops.filter((op) => counts(spec, op));
      if (!ops.every(isWellFormed) || !bruteForce(spec, { ...history, ops })) continue;
      valid++;
      const random = new Random(run, "chunk");
      const removal = new Removal(spec, ops);
      const chunk = ops.filter(() => random.chance(0.4));
      const others = removal.allBut(ops.filter(() => random.chance(0.3)));
      const ways = [removal.without(ops, chunk), removal.erase(ops, chunk), removal.without(ops, others)];
      // One after the other, as when evidence shrinks.
      ways.push(removal.without(removal.without(ops, chunk.slice(0, 1)), chunk.slice(1)));
      for (const rest of ways) {
        if (rest.length < ops.length) fewer++;
        if (!bruteForce(spec, { ...history, ops: rest }))
          throw new Error(`run ${run}: ${rest.map(({ index }) => index)} of\n${ops.map(line).join("\n")}`);
      }
    }
    expect(valid).toBeGreaterThan(runs(RUNS) / 2);
    expect(fewer).toBeGreaterThan(runs(RUNS) / 2);
  });
});
