import { describe, expect, it } from "vitest";
import { buildProblem, counts } from "../../../checkers/linearizability/problem.ts";
import { Prover } from "../../../checkers/linearizability/refutation.ts";
import { search } from "../../../checkers/linearizability/search.ts";
import { windowAt, withSources } from "../../../checkers/linearizability/window.ts";
import { SPECS } from "../../../checkers/specs/index.ts";
import type { Operation } from "../../../src/core/operation.ts";
import { Random } from "../../../src/core/random.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { history, type Sketch } from "../../support/histories.ts";
import { runs } from "../../support/runs.ts";
import { bySearch, generate, type Maker } from "./algorithms/harness.ts";
import { WORLDS } from "./evidence-worlds.ts";

const UNLIMITED = { deadlineMs: Number.POSITIVE_INFINITY, maxConfigurations: Number.POSITIVE_INFINITY };
const prover = (spec: Spec): Prover => new Prover(spec, UNLIMITED, Number.POSITIVE_INFINITY);

/** Objects that consist of cells, with histories that are longer than the windows tried first. */
const CELLS: readonly (Maker & { readonly spec: Spec })[] = WORLDS.filter(({ name }) =>
  ["register", "cas-register", "kv", "set"].includes(name),
).map((world) => ({ ...world, maxOps: 60, unknown: 0.04, oracle: bySearch }));

const opsOf = (world: Maker, seed: number): Operation[] =>
  generate(world, seed).ops.filter((op) => counts(world.spec, op));

const COUNT = Math.ceil(runs(1_200) / 100);

describe("a window with all that its operations might have seen", () => {
  it.each(CELLS)("accuses nobody in a linearizable history of $name", (world) => {
    const { spec } = world;
    for (let run = 0; run < COUNT; run++) {
      const random = new Random(run, "window");
      const ops = opsOf(world, 6 * run);
      const middle = random.pick(ops);
      expect(windowAt(prover(spec), ops, middle), `run ${run}`).toBeUndefined();
      // Alone these may be wrong, for the want of what they saw.
      const some = ops.filter((op) => op === middle || random.chance(0.2));
      expect(withSources(prover(spec), ops, some, middle), `run ${run}`).toBe(some);
    }
  });

  it.each(CELLS)("is found in every wrong history of $name, and is mostly small", (world) => {
    const { spec } = world;
    let [wrong, whole, shown] = [0, 0, 0];
    for (let run = 0; run < COUNT; run++) {
      const ops = opsOf(world, 6 * run + 5);
      const { at } = search(buildProblem(spec, ops), UNLIMITED);
      if (at === undefined) continue;
      wrong++;
      const window = windowAt(prover(spec), ops, at.op) ?? [];
      expect(search(buildProblem(spec, window), UNLIMITED).type, `run ${run}`).toBe("stuck");
      expect(window).toEqual(ops.filter((op) => window.includes(op)));
      whole += ops.length;
      shown += window.length;
    }
    console.info(`${world.name}: ${wrong} of ${COUNT} wrong, windows of ${shown} of ${whole} operations`);
    expect(wrong).toBeGreaterThan(COUNT / 3);
    expect(shown).toBeLessThan(whole);
  });
});

describe("operations with all that they might have seen", () => {
  const op = (p: number, f: string, call: number, ret: number, rest: Partial<Sketch>): Sketch => ({
    p,
    f,
    call,
    ret,
    ...rest,
  });
  const write = (input: number, call: number, ret = call + 5): Sketch => op(call, "write", call, ret, { input });
  const read = (ok: number, call: number, ret = call + 5): Sketch => op(call, "read", call, ret, { ok });
  const kept = (name: string, sketches: readonly Sketch[], ...some: readonly number[]): number[] => {
    const spec = SPECS[name] as Spec;
    const { ops } = history(sketches);
    const chosen = ops.filter(({ index }) => some.includes(index));
    return withSources(prover(spec), ops, chosen, chosen.at(-1) as Operation).map(({ index }) => index);
  };

  it("are the last write before them, and of what it hides the last that they show", () => {
    const before = [write(1, 0), write(1, 10), write(2, 20), write(3, 30)];
    expect(kept("register", [...before, read(3, 40), read(1, 50)], 5)).toEqual([1, 3, 5]);
    expect(kept("register", [...before, read(3, 40), read(4, 50)], 5)).toEqual([3, 5]);
    // What is written while they run, or while the last write ran, is not hidden.
    expect(kept("register", [write(5, 0), write(1, 10, 40), read(1, 20, 30), read(5, 50)], 2, 3)).toEqual([0, 1, 2, 3]);
    expect(
      kept("register", [write(1, 0, 12), write(2, 10, 15), read(1, 20), read(2, 30), read(1, 40)], 2, 3, 4),
    ).toEqual([...[0, 1, 2, 3, 4]]);
  });

  it("are nothing that excuses them: what is not known to have happened may have", () => {
    const lost: Sketch = { p: 99, f: "write", call: 1, input: 1 };
    const sketches = [write(1, 0), lost, write(2, 20), read(1, 50)];
    expect(kept("register", sketches, 3)).toEqual([3]);
    expect(kept("register", [...sketches, read(2, 60), read(1, 70)], 3, 4, 5)).toEqual([1, 2, 3, 4, 5]);
    // Where that alone excuses them, all that there is about their cell may still be wrong.
    expect(kept("register", [...sketches, read(2, 60), read(1, 70)], 4, 5)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("are about the same element of a set", () => {
    const sketches = [
      ...[op(0, "add", 0, 5, { input: 1 }), op(0, "add", 10, 15, { input: 2 }), op(0, "remove", 20, 25, { input: 1 })],
      ...[op(1, "contains", 30, 35, { input: 1, ok: true }), op(1, "read", 40, 45, { ok: [1, 2] })],
    ];
    expect(kept("set", sketches, 3)).toEqual([0, 2, 3]);
    expect(kept("set", sketches, 4)).toEqual([4]);
    // What its own process does later excuses nobody; what a remove hides has to be there for the remove to matter.
    const late = [
      ...[op(0, "add", 3, 3, { input: 2 }), op(3, "remove", 4, 4, { input: 2 })],
      ...[op(4, "contains", 6, 10, { input: 2, ok: true }), op(4, "add", 10, 12, { input: 2 })],
    ];
    expect(kept("set", late, 2)).toEqual([0, 1, 2]);
    expect(kept("fifo-queue", [op(0, "enqueue", 0, 5, { input: 1 }), op(0, "dequeue", 10, 15, { ok: 2 })], 1)).toEqual([
      1,
    ]);
  });
});
