import { describe, expect, it } from "vitest";
import { buildProblem, counts } from "../../../checkers/linearizability/problem.ts";
import { type Effort, search } from "../../../checkers/linearizability/search.ts";
import { casRegister } from "../../../checkers/specs/index.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { history, type Sketch } from "../../support/histories.ts";
import { generate } from "./algorithms/harness.ts";
import { WORLDS } from "./evidence-worlds.ts";

const UNLIMITED = { deadlineMs: Number.POSITIVE_INFINITY, maxConfigurations: Number.POSITIVE_INFINITY };

const SMALL_EFFORTS: readonly Effort[] = [
  { followed: 1, beyond: 2, thrifty: true },
  { followed: 2, beyond: 4, thrifty: false },
];

const HISTORIES = 40;
const FEW = 6;

/**
 * Of the histories below: the placements tried by the search alone and after small efforts, and how many need more than
 * `FEW` configurations at once. All the same on any machine. Whoever makes the search leave out more lowers them.
 */
const MOST: Readonly<Record<string, readonly [alone: number, afterEfforts: number, wide: number]>> = {
  register: [291, 271, 4],
  "cas-register": [259, 262, 4],
  "multi-register": [261, 217, 5],
  kv: [965, 838, 24],
  counter: [1107, 740, 22],
  set: [771, 865, 17],
  bag: [1240, 1381, 20],
  "fifo-queue": [2626, 3410, 25],
  stack: [5757, 6518, 26],
  "priority-queue": [1173, 1742, 21],
  "append-list": [204, 212, 1],
  log: [567, 507, 10],
  mutex: [107, 111, 1],
  "reentrant-mutex": [131, 133, 0],
  "fenced-lock": [99, 106, 0],
  bank: [284, 258, 8],
  "unique-ids": [1218, 1127, 22],
};

describe("what the search leaves out keeps it from doing more work than it did", () => {
  it.each(WORLDS)("on $name", (world) => {
    const { spec, name } = world;
    const longer = { ...world, maxOps: 16, unknown: 0.15 };
    let [alone, afterEfforts, wide] = [0, 0, 0];
    for (let run = 0; run < HISTORIES; run++) {
      // Linearizable in turn with one that may have been changed a little.
      const ops = generate(longer, 6 * (run >> 1) + (run & 1)).ops.filter((op) => counts(spec, op));
      const problem = buildProblem(spec, ops);
      alone += search(problem, UNLIMITED, []).work;
      afterEfforts += search(problem, UNLIMITED, SMALL_EFFORTS).work;
      if (search(problem, { ...UNLIMITED, maxConfigurations: FEW }, []).type === "configurations") wide++;
    }
    const most = MOST[name] ?? [0, 0, 0];
    const now = `${name}: [${alone}, ${afterEfforts}, ${wide}]`;
    expect(alone, now).toBeLessThanOrEqual(most[0]);
    expect(afterEfforts, now).toBeLessThanOrEqual(most[1]);
    expect(wide, now).toBeLessThanOrEqual(most[2]);
    // Much less is good news, after which these numbers guard nothing.
    expect(alone, now).toBeGreaterThan(most[0] / 2);
  });
});

describe("the limits of the search", () => {
  /** Swaps of unknown outcome between a few values, in all sorts of orders; then reads that pin some of them. */
  const crowd = (reads: readonly number[]): Sketch[] => [
    ...Array.from({ length: 12 }, (_, p): Sketch => ({ p, f: "cas", input: [p % 4, (p * 3 + 1) % 4], call: 0 })),
    { p: 100, f: "write", input: 0, call: 0, ret: 5 },
    ...reads.map((ok, i): Sketch => ({ p: 101, f: "read", ok, call: 10 * i + 10, ret: 10 * i + 15 })),
  ];
  const problem = (reads: readonly number[]) => buildProblem(casRegister as Spec, history(crowd(reads)).ops);
  const NONE: readonly Effort[] = [];

  it("on configurations tell where it stood, and hold for what is there at once", () => {
    const all = problem([1, 0, 1, 0]);
    const decided = search(all, UNLIMITED, NONE);
    expect(decided).toMatchObject({ type: "linearizable", placed: 5 });
    let enough = 1;
    while (search(all, { ...UNLIMITED, maxConfigurations: enough }, NONE).type === "configurations") enough++;
    expect(enough).toBeLessThan(decided.work);
    const short = search(all, { ...UNLIMITED, maxConfigurations: enough - 1 }, NONE);
    expect(short).toMatchObject({ type: "configurations", at: { op: { outcome: { type: "ok" } } } });
    expect(short.placed).toBeLessThan(5);
    // An effort that follows more than is allowed is not made.
    const efforts: readonly Effort[] = [{ followed: enough, beyond: 10, thrifty: false }];
    expect(search(all, { ...UNLIMITED, maxConfigurations: enough }, efforts)).toEqual(
      search(all, { ...UNLIMITED, maxConfigurations: enough }, NONE),
    );
  });

  it("on time end it soon, be it at small efforts", () => {
    const sketches = Array.from({ length: 3_000 }, (_, i): Sketch => {
      const times = { call: 10 * i, ret: 10 * i + 5 };
      return i % 2 === 0
        ? { p: 0, f: "write", input: i % 7, ...times }
        : { p: 0, f: "read", ok: (i - 1) % 7, ...times };
    });
    const long = buildProblem(casRegister as Spec, history(sketches).ops);
    expect(search(long, UNLIMITED)).toMatchObject({ type: "linearizable", placed: 3_000 });
    for (const efforts of [NONE, undefined]) {
      const late = search(long, { ...UNLIMITED, deadlineMs: performance.now() - 1 }, efforts);
      expect(late).toMatchObject({ type: "time", at: { op: { index: late.placed } } });
      expect(late.placed).toBeLessThan(600);
      expect(search(long, { ...UNLIMITED, deadlineMs: performance.now() + 60_000 }, efforts).type).toBe("linearizable");
    }
  });

  it("count placements: none for what only looks, one for each effect that somebody sees", () => {
    const work = (sketches: readonly Sketch[]): number =>
      search(buildProblem(casRegister as Spec, history(sketches).ops), UNLIMITED).work;
    const read = (ok: number | null, call: number): Sketch => ({ p: 0, f: "read", ok, call, ret: call + 5 });
    const write = (input: number, call: number): Sketch => ({ p: 0, f: "write", input, call, ret: call + 5 });
    expect(work([read(null, 0), read(null, 10)])).toBe(0);
    expect(work([write(1, 0), read(1, 10), write(2, 20), read(2, 30)])).toBe(2);
  });
});
