import { describe, expect, it } from "vitest";
import { buildProblem, counts } from "../../../checkers/linearizability/problem.ts";
import { cutOff, Prover } from "../../../checkers/linearizability/refutation.ts";
import { type Effort, search } from "../../../checkers/linearizability/search.ts";
import { casRegister, counter, register } from "../../../checkers/specs/index.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Operation } from "../../../src/core/operation.ts";
import { Random } from "../../../src/core/random.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { runs } from "../../support/runs.ts";
import { generate, type Maker } from "./algorithms/harness.ts";
import { forWrong, WORLDS } from "./evidence-worlds.ts";
import { bruteForce } from "./oracle.ts";

const UNLIMITED = { deadlineMs: Number.POSITIVE_INFINITY, maxConfigurations: Number.POSITIVE_INFINITY };
const NEVER = Number.POSITIVE_INFINITY;

const unguided = (spec: Spec): Spec =>
  Object.create(spec, { nature: { value: undefined }, leadsTo: { value: undefined } });

const inOrder = (ops: readonly Operation[]): Operation[] =>
  [...ops].sort((a, b) => a.callNs - b.callNs).map((op, index) => ({ ...op, index }));

describe("with more operations pending than there are bits in a word", () => {
  /** Of unknown outcome, and possible at no time. */
  const idle = (process: number, callNs: number): Operation => ({
    ...{ index: 0, process, node: "", f: "cas", input: ["never", process % 3] as Json },
    ...{ callNs, returnNs: NEVER, outcome: { type: "info", error: { name: "timeout" } } },
  });

  it.each([28, 31, 60])("as %i of unknown outcome that never happen, it is right all the same", (idlers) => {
    const world = WORLDS.find(({ name }) => name === "cas-register") as Maker & { spec: Spec };
    for (let seed = 0; seed < runs(1_000) / 20; seed++) {
      const random = new Random(seed, "idle");
      const history = generate(world, seed);
      const lastNs = Math.max(0, ...history.ops.map(({ callNs }) => callNs));
      const others = Array.from({ length: idlers }, (_, i) => idle(1_000 + i, random.below(lastNs + 1)));
      const ops = inOrder([...history.ops, ...others]).filter((op) => counts(casRegister as Spec, op));
      const right = bruteForce(world.spec, history) ? "linearizable" : "stuck";
      const efforts: readonly Effort[] = [{ followed: 2, beyond: 4, thrifty: true }];
      const found = [search(buildProblem(world.spec, ops), UNLIMITED, []).type];
      found.push(search(buildProblem(world.spec, ops), UNLIMITED, efforts).type);
      expect(found, `seed ${seed}`).toEqual([right, right]);
    }
  });

  it("keeps what is owed and what was spent apart", () => {
    const op = (f: string, input: Json, callNs: number, ok?: Json): Operation => ({
      ...{ index: 0, process: callNs, node: "", f, input, callNs, returnNs: ok === undefined ? NEVER : callNs + 5 },
      outcome: ok === undefined ? { type: "info", error: { name: "timeout" } } : { type: "ok", value: ok },
    });
    const idlers = (callNs: number): Operation[] => Array.from({ length: 33 }, (_, i) => idle(1_000 + i, callNs));
    const verdict = (...ops: readonly Operation[]): string =>
      search(buildProblem(casRegister as Spec, inOrder(ops)), UNLIMITED, []).type;
    const lost = op("cas", [null, 5], 0);
    expect(verdict(lost, ...idlers(1), op("cas", [5, 7], 10, null), op("read", null, 20, 7))).toBe("linearizable");
    const once = [lost, op("read", null, 10, 5), op("cas", [5, null], 20, null)];
    expect(verdict(...once, ...idlers(30), op("read", null, 40, null))).toBe("linearizable");
    expect(verdict(...once, ...idlers(30), op("read", null, 40, 5))).toBe("stuck");
  });
});

describe("with more states than it remembers", () => {
  /** A counter that only grows, so that no state comes back. */
  const growing: Maker = {
    name: "growing",
    spec: counter as Spec,
    maxOps: 500,
    unknown: 0,
    invoke: (random) => (random.chance(0.5) ? { f: "read", input: null } : { f: "add", input: 1 + random.below(3) }),
    answer: (state, { f }) => (f === "read" ? (state as number) : null),
  };
  it("is right about the last one", () => {
    for (let run = 0; run < runs(400) / 100; run++) {
      const { ops } = generate(growing, 6 * run);
      const sum = ops.reduce(
        (all, { f, input, outcome }) => all + (f === "add" && outcome.type === "ok" ? Number(input) : 0),
        0,
      );
      const from = Math.max(...ops.map(({ returnNs }) => returnNs)) + 1;
      for (const off of [0, 1, -1]) {
        const last: Operation = {
          ...{ index: ops.length, process: 99, node: "", f: "read", input: null, callNs: from, returnNs: from + 1 },
          outcome: { type: "ok", value: sum + off },
        };
        const all = [...ops, last].filter((op) => counts(counter as Spec, op));
        const result = search(buildProblem(unguided(counter as Spec), all), UNLIMITED);
        expect([result.type, result.placed, result.at?.op], `run ${run}`).toEqual(
          off === 0 ? ["linearizable", all.length, undefined] : ["stuck", all.length - 1, last],
        );
      }
    }
  });

  it("is right about a register whose values never come back", () => {
    const writing: Maker = {
      name: "writing",
      spec: register as Spec,
      maxOps: 600,
      unknown: 0.01,
      invoke: (random, i) => (random.chance(0.3) ? { f: "read", input: null } : { f: "write", input: i }),
      answer: (state, { f }) => (f === "read" ? (state as Json) : null),
    };
    for (let run = 0; run < runs(400) / 100; run++) {
      const { ops } = generate(writing, 6 * run);
      const from = Math.max(...ops.flatMap(({ outcome, returnNs }) => (outcome.type === "info" ? [] : [returnNs]))) + 1;
      const wrong: Operation = {
        ...{ index: ops.length, process: 9_999, node: "", f: "read", input: null, callNs: from, returnNs: from + 1 },
        outcome: { type: "ok", value: "never" },
      };
      const all = ops.filter((op) => counts(register as Spec, op));
      expect(search(buildProblem(register as Spec, all), UNLIMITED, []).type).toBe("linearizable");
      expect(search(buildProblem(register as Spec, [...all, wrong]), UNLIMITED, []).type).toBe("stuck");
    }
  });
});

/** The states, by key, that orders of all operations but one lead to while that one runs: at least these, and at most. */
function statesWhile(spec: Spec, ops: readonly Operation[], culprit: Operation): readonly [Set<unknown>, Set<unknown>] {
  const before = (a: Operation, b: Operation): boolean =>
    a.returnNs < b.callNs || (a.process === b.process && a.returnNs === b.callNs && a.index < b.index);
  const others = ops.filter(({ index }) => index !== culprit.index);
  const [least, most] = [new Set<unknown>(), new Set<unknown>()];
  /** True if the order can be completed. */
  const from = (state: unknown, left: readonly Operation[]): boolean => {
    const isRunning = !left.some((op) => before(op, culprit));
    if (isRunning) most.add(spec.key(state));
    let completes = left.every(({ outcome }) => outcome.type === "info");
    for (const op of left) {
      if (left.some((other) => other !== op && before(other, op)) || before(culprit, op)) continue;
      const next = spec.step(state, op, op.outcome);
      if (next === undefined) continue;
      if (
        from(
          next,
          left.filter((other) => other !== op),
        )
      )
        completes = true;
    }
    if (completes && isRunning) least.add(spec.key(state));
    return completes;
  };
  from(spec.init(), others);
  return [least, most];
}

describe("the states that a search shows while an operation runs", () => {
  it.each(WORLDS)("of $name are those that the others lead to", (world) => {
    const { spec } = world;
    let count = 0;
    forWrong(world, (ops, stuckAt, seed) => {
      const refutation = cutOff(new Prover(spec, UNLIMITED, NEVER), ops, stuckAt);
      if (refutation.ops.length > 6) return;
      count++;
      const seen = new Set<unknown>();
      const watch = { index: refutation.culprit.index, seen: (state: unknown) => seen.add(spec.key(state)) };
      const result = search(buildProblem(unguided(spec), refutation.ops), { ...UNLIMITED, watch });
      expect(result.type).toBe("stuck");
      const [least, most] = statesWhile(spec, refutation.ops, refutation.culprit);
      // It ends before the operation returns where no order has a place for it even earlier.
      if (result.at?.op.index === refutation.culprit.index)
        expect(
          [...least].filter((state) => !seen.has(state)),
          `seed ${seed}`,
        ).toEqual([]);
      expect(
        [...seen].filter((state) => !most.has(state)),
        `seed ${seed}`,
      ).toEqual([]);
    });
    expect(count).toBeGreaterThan(0);
  });
});
