import { describe, expect, it } from "vitest";
import { availability, availabilityByNode } from "../../checkers/availability/index.ts";
import { bank } from "../../checkers/bank/index.ts";
import { causalReverse } from "../../checkers/causal-reverse/index.ts";
import { convergence } from "../../checkers/convergence/index.ts";
import { counter } from "../../checkers/counters/index.ts";
import { CRDT_TYPES, crdt } from "../../checkers/crdt/index.ts";
import { durability } from "../../checkers/durability/index.ts";
import { fencing, mutualExclusion } from "../../checkers/locks/index.ts";
import { longFork } from "../../checkers/long-fork/index.ts";
import { totalQueue } from "../../checkers/queues/index.ts";
import { set, setFull, setTimeline } from "../../checkers/sets/index.ts";
import { text } from "../../checkers/text/index.ts";
import { summarizeIds, uniqueIds } from "../../checkers/unique-ids/index.ts";
import { type Checker, DEFAULT_BUDGET } from "../../src/core/checker.ts";
import type { History } from "../../src/core/history.ts";
import type { Json } from "../../src/core/json.ts";
import type { Operation, Outcome } from "../../src/core/operation.ts";
import { Random } from "../../src/core/random.ts";
import { runs } from "../support/runs.ts";

const CHECKERS: readonly Checker[] = [
  ...[availability(), bank(), causalReverse(), convergence("set"), counter(), durability("set"), fencing()],
  ...[longFork(), mutualExclusion(), set(), setFull({ linearizable: true }), text(), totalQueue(), uniqueIds()],
  ...CRDT_TYPES.map(crdt),
];

const FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  bank: ["read", "transfer"],
  counter: ["read", "add", "increment", "decrement"],
  set: ["read", "add", "remove", "contains", "write"],
  queue: ["enqueue", "dequeue", "drain"],
  lock: ["acquire", "release", "write"],
  text: ["insert", "delete", "read"],
  other: ["txn", "generate", "frobnicate", "constructor"],
};

/** Any value, of a shape that some object might have. */
function anything(random: Random, depth = 2): Json {
  const some = (): Json => anything(random, depth - 1);
  const simple = [null, 0, 1, 2, -3, 0.5, 2 ** 60, "a", "", "__proto__", true, false];
  if (depth === 0 || random.chance(0.4)) return random.pick(simple);
  if (random.chance(0.3)) return Array.from({ length: random.below(4) }, some);
  if (random.chance(0.3))
    return [
      ["r", some(), some()],
      [random.pick(["r", "w", "append"]), some(), some()],
    ].slice(random.below(2));
  return Object.fromEntries(
    random
      .shuffle(["id", "token", "from", "to", "amount", "toString"])
      .slice(random.below(6))
      .map((key) => [key, some()]),
  );
}

/** A history as no recorder would write it: any values, processes that overlap themselves, outputs that are missing. */
function anyHistory(random: Random): History {
  const functions = random.pick(Object.values(FUNCTIONS));
  const ops = Array.from({ length: random.below(9) }, (_, index): Operation => {
    const outcomes: Outcome[] = [
      { type: "ok", value: anything(random) },
      { type: "ok" } as Outcome,
      { type: "fail", error: { name: random.pick(["abort", "empty"]) } },
      { type: "info", error: { name: "timeout" } },
    ];
    const outcome = random.chance(0.6) ? (outcomes[0] as Outcome) : random.pick(outcomes);
    const callNs = 3 * index;
    return {
      index,
      process: random.below(4),
      node: random.pick(["n1", "n2", ""]),
      f: random.chance(0.95) ? random.pick(functions) : random.pick(FUNCTIONS.other ?? []),
      ...(random.chance(0.3) && { key: random.pick(["x", "__proto__"]) }),
      ...(random.chance(0.3) && { final: true }),
      input: random.chance(0.95) ? anything(random) : (undefined as unknown as Json),
      callNs,
      returnNs: outcome.type === "info" ? Number.POSITIVE_INFINITY : callNs + random.below(9),
      outcome,
    };
  });
  return { ops, faults: [], meta: { version: 1, ...(random.chance(0.3) && { nodes: ["n1", "n2"] }) } };
}

describe("checkers of objects do not throw", () => {
  it("whatever the history", () => {
    const seen = { valid: 0, invalid: 0, malformed: 0, vacuous: 0, budget: 0 };
    for (let seed = 0; seed < Math.ceil(runs(20_000) / 4); seed++) {
      const history = anyHistory(new Random(seed, "anything"));
      for (const checker of CHECKERS) {
        const verdict = checker.check(history, DEFAULT_BUDGET);
        seen[verdict.valid === "unknown" ? verdict.why : verdict.valid ? "valid" : "invalid"]++;
        if (verdict.valid === true) expect(verdict.checked).toBeGreaterThan(0);
      }
      setTimeline(history);
      summarizeIds(history);
      availabilityByNode(history);
    }
    expect([seen.valid > 0, seen.invalid > 0, seen.malformed > 0, seen.vacuous > 0]).toEqual([true, true, true, true]);
  });
});
