import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { KINDS } from "../../checkers/index.ts";
import type { ConsistencyModel } from "../../src/core/consistency.ts";
import type { Invocation } from "../../src/core/operation.ts";
import { longFork, WORKLOADS, type WorkloadPlan } from "../../workloads/index.ts";
import { history } from "../support/histories.ts";

const plans = fc.record<WorkloadPlan>({
  seed: fc.integer(),
  threads: fc.integer({ min: 1, max: 8 }),
  timeMs: fc.integer({ min: 1000, max: 10_000 }),
  ratePerS: fc.constantFrom(1, 10, 20, 100),
});

/** Functions that bring no value of their own. */
const WITHOUT_VALUES: readonly string[] = [
  ...["read", "increment", "decrement", "generate", "transfer", "delete"],
  ...["acquire", "release"],
];

/** Workloads that do the same again and again. */
const REPEATING: readonly string[] = ["cart"];

const SESSIONS = ["read-your-writes", "monotonic-reads", "eventual"] as const;
const ALL = ["linearizable", "causal-ccv", "durable", ...SESSIONS] as const;

const TRANSACTIONS = ["strict-serializable", "serializable", "prefix", "read-atomic"] as const;

/** What the data can show, where that is not all. */
const SHOWN: Readonly<Record<string, readonly ConsistencyModel[]>> = {
  counter: ["linearizable", "sequential", "counter-bounds", ...SESSIONS],
  "g-counter": ["linearizable", "counter-bounds", "durable", ...SESSIONS],
  "pn-counter": ["linearizable", "counter-bounds", "eventual", "durable"],
  cart: ["linearizable", "eventual", "durable"],
  "mv-register": ["linearizable", "sequential", "eventual", "durable"],
  "unique-ids": ["linearizable"],
  text: ["causal-ccv", "causal-cm", "durable", "available", ...SESSIONS],
  bank: ["balanced"],
  "txn-append": TRANSACTIONS,
  "txn-register": TRANSACTIONS,
  "long-fork": TRANSACTIONS,
  "write-skew": TRANSACTIONS,
  "causal-reverse": TRANSACTIONS,
  lock: ["mutual-exclusion", "fencing", "durable", "eventual"],
};

/** What an operation writes: of each write key and value. */
function written({ f, key, input }: Invocation): string[] {
  if (WITHOUT_VALUES.includes(f)) return [];
  if (f === "txn")
    return microOps(input).flatMap(([micro, key, value]) =>
      micro === "w" || micro === "append" ? [`${key} ${value}`] : [],
    );
  if (f === "insert") return (input as { readonly ids: number[] }).ids.map((id) => `${key} ${id}`);
  return [`${key} ${f === "cas" ? (input as readonly [unknown, unknown])[1] : input}`];
}

const microOps = (input: unknown): readonly [f: string, key: string, value: unknown][] =>
  input as readonly [string, string, unknown][];

describe.each(Object.values(WORKLOADS))("workload $name", (workload) => {
  it("plans the same operations for the same seed, as plain JSON", () => {
    fc.assert(
      fc.property(plans, (options) => {
        const plan = workload.plan(options);
        expect(JSON.stringify(workload.plan(options))).toBe(JSON.stringify(plan));
        expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
      }),
      { numRuns: 8 },
    );
  });

  it("plans for every thread, in order of time, within the time", () => {
    fc.assert(
      fc.property(plans, (options) => {
        const plan = workload.plan(options);
        expect(plan).toHaveLength(options.threads);
        for (const thread of plan) {
          const times = thread.map(({ atMs }) => atMs);
          expect(times).toEqual(times.toSorted((a, b) => a - b));
          expect(times.every((atMs) => atMs >= 0 && atMs < options.timeMs)).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("writes every value once per key, unless it is about repetition, and only what its spec knows", () => {
    fc.assert(
      fc.property(plans, (options) => {
        const ops = workload.plan(options).flatMap((thread) => thread.map(({ op }) => op));
        const writes = ops.flatMap(written);
        if (!REPEATING.includes(workload.name)) expect(new Set(writes).size).toBe(writes.length);
        const functions = Object.keys(workload.spec.functions);
        for (const f of new Set(ops.map((op) => op.f))) expect(functions).toContain(f);
      }),
      { numRuns: 15 },
    );
  });

  it("keeps the rate on average and works on few keys at a time, that change", () => {
    const plan = workload.plan({ seed: 1, threads: 5, timeMs: 60_000, ratePerS: 20 });
    const ops = plan.flat().sort((a, b) => a.atMs - b.atMs);
    expect(ops.length).toBeGreaterThan(5400);
    expect(ops.length).toBeLessThan(6600);
    const keys = ops.map(({ op }) => op.key);
    if (workload.spec.perKey) {
      expect(new Set(keys).size).toBeGreaterThan(20);
      // A register that is set once is soon of no more use.
      const atATime = workload.name === "decree" ? 20 : 6;
      for (let from = 0; from + 100 <= keys.length; from += 100)
        expect(new Set(keys.slice(from, from + 100)).size).toBeLessThanOrEqual(atATime);
    }
    const share = (f: string): number => ops.filter(({ op }) => op.f === f).length / ops.length;
    for (const f of new Set(ops.map(({ op }) => op.f))) expect(share(f)).toBeGreaterThan(0.15);
  });

  it("reads every key that was touched at the end, once", () => {
    const touched = history([
      { p: 0, f: "read", key: "b", call: 0, ret: 1 },
      { p: 0, f: "read", key: "a", call: 2, ret: 3 },
      { p: 1, f: "read", key: "b", call: 4, ret: 5 },
    ]);
    const reads = ["b", "a"].map((key) => ({ f: "read", key, input: null }));
    expect(workload.closingReads(touched)).toEqual(workload.spec.perKey ? reads : []);
  });

  it("has checkers for every model that its data can show", () => {
    const tested = new Set(workload.checkers.flatMap(({ tests }) => tests));
    for (const model of SHOWN[workload.name] ?? ALL) expect(tested).toContain(model);
  });
});

test("a workload whose histories are about no object with a specification names a kind of the checkers", () => {
  for (const { kind } of Object.values(WORKLOADS)) if (kind !== undefined) expect(Object.keys(KINDS)).toContain(kind);
});

describe("workload long-fork", () => {
  it("writes one key at a time, each once, and reads groups that have no key in common", () => {
    fc.assert(
      fc.property(plans, (options) => {
        const plan = longFork.plan(options).flat();
        const txns = plan.map(({ op }) => microOps(op.input));
        const writes = txns.filter(([first]) => first?.[0] === "w").map((write) => write.map(([, key]) => key));
        for (const keys of writes) expect(keys).toHaveLength(1);
        expect(new Set(writes.flat()).size).toBe(writes.length);
        const groups = txns.filter(([first]) => first?.[0] === "r").map((read) => read.map(([, key]) => key).join());
        const keys = [...new Set(groups)].flatMap((group) => group.split(","));
        expect(new Set(keys).size).toBe(keys.length);
      }),
      { numRuns: 30 },
    );
  });
});
