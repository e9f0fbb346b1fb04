import { describe, expect, it } from "vitest";
import { buildProblem, counts } from "../../../checkers/linearizability/problem.ts";
import { type Effort, search } from "../../../checkers/linearizability/search.ts";
import type { Operation } from "../../../src/core/operation.ts";
import { Random } from "../../../src/core/random.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { runs } from "../../support/runs.ts";
import { generate } from "./algorithms/harness.ts";
import { isWellFormed, WORLDS } from "./evidence-worlds.ts";
import { bruteForce } from "./oracle.ts";

const UNLIMITED = { deadlineMs: Number.POSITIVE_INFINITY, maxConfigurations: Number.POSITIVE_INFINITY };

/** Efforts so small that most of them have to give way to the next one. */
const SMALL_EFFORTS: readonly Effort[] = [
  { followed: 1, beyond: 2, thrifty: true },
  { followed: 2, beyond: 4, thrifty: false },
];

/** The same operations, numbered in another order that keeps that of each process. */
function renumbered(ops: readonly Operation[], random: Random): Operation[] {
  const left = [...ops];
  return ops.map((_, index) => {
    const { process } = random.pick(left);
    const [next] = left.splice(
      left.findIndex((op) => op.process === process),
      1,
    );
    return { ...(next as Operation), index };
  });
}

const line = ({ index, process, f, input, callNs, returnNs, outcome }: Operation): string =>
  `${index}: process ${process} ${f} ${JSON.stringify(input)} [${callNs}, ${returnNs}] ${JSON.stringify(outcome)}`;

describe("the general search against all orders", () => {
  it.each(WORLDS)("is right on $name, however little effort it makes at first", (world) => {
    const { spec } = world;
    const unguided: Spec = Object.create(spec, { nature: { value: undefined }, leadsTo: { value: undefined } });
    let [all, invalid] = [0, 0];
    for (let seed = 0; seed < runs(1_200) / 20; seed++) {
      const history = generate(world, seed);
      if (!history.ops.every(isWellFormed)) continue;
      all++;
      const ops = history.ops.filter((op) => counts(spec, op));
      const expected = bruteForce(spec, history);
      if (!expected) invalid++;
      const found = [
        search(buildProblem(spec, ops), UNLIMITED, []),
        search(buildProblem(spec, ops), UNLIMITED, SMALL_EFFORTS),
        search(buildProblem(unguided, ops), UNLIMITED, []),
        search(buildProblem(spec, renumbered(ops, new Random(seed, "order"))), UNLIMITED, []),
      ].map(({ type }) => type);
      const right = expected ? "linearizable" : "stuck";
      if (found.some((type) => type !== right))
        throw new Error(`seed ${seed}: ${found}, not ${right}\n${ops.map(line).join("\n")}`);
    }
    expect(invalid).toBeGreaterThan(all / 4);
  });
});
