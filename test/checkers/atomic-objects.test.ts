import { describe, expect, it } from "vitest";
import { bank } from "../../checkers/bank/index.ts";
import { causalReverse } from "../../checkers/causal-reverse/index.ts";
import { convergence } from "../../checkers/convergence/index.ts";
import { counter } from "../../checkers/counters/index.ts";
import { crdt } from "../../checkers/crdt/index.ts";
import { durability } from "../../checkers/durability/index.ts";
import { linearizability } from "../../checkers/linearizability/index.ts";
import { fencing, mutualExclusion } from "../../checkers/locks/index.ts";
import { longFork } from "../../checkers/long-fork/index.ts";
import { totalQueue } from "../../checkers/queues/index.ts";
import { set, setFull } from "../../checkers/sets/index.ts";
import { isArray } from "../../checkers/shared/values.ts";
import { bag } from "../../checkers/specs/bag.ts";
import { bankWith } from "../../checkers/specs/bank.ts";
import { counter as counterSpec } from "../../checkers/specs/counter.ts";
import { fencedLock } from "../../checkers/specs/locks.ts";
import { set as setSpec } from "../../checkers/specs/set.ts";
import { uniqueIds as idSpec } from "../../checkers/specs/unique-ids.ts";
import { text } from "../../checkers/text/index.ts";
import { uniqueIds } from "../../checkers/unique-ids/index.ts";
import { type Checker, DEFAULT_BUDGET } from "../../src/core/checker.ts";
import { strongerOrEqual } from "../../src/core/consistency.ts";
import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import { Random } from "../../src/core/random.ts";
import type { Spec } from "../../src/core/spec.ts";
import { history, type Sketch } from "../support/histories.ts";
import { runs } from "../support/runs.ts";
import {
  bankCopy,
  type Copy,
  counterCopy,
  idCopy,
  lockCopy,
  queueCopy,
  registerCopy,
  removableSetCopy,
  run,
  setCopy,
  textCopy,
  transactionCopy,
} from "./shared/atomic-copies.ts";

const CASES: readonly (readonly [name: string, copy: (random: Random) => Copy, checkers: readonly Checker[]])[] = [
  ["counter", counterCopy, [counter(), crdt("pn-counter"), convergence()]],
  [
    "grow-only set",
    setCopy,
    [
      set(),
      setFull({ linearizable: true }),
      setFull(),
      causalReverse(),
      crdt("g-set"),
      convergence("set"),
      durability("set"),
    ],
  ],
  [
    "set",
    removableSetCopy,
    [set(), setFull({ linearizable: true }), crdt("or-set"), convergence("set"), durability("set")],
  ],
  ["queue", (random) => queueCopy(random), [totalQueue()]],
  ["bank", bankCopy, [bank(), bank({ total: 10, accounts: ["a0", "a1", "a2"] })]],
  ["lock", lockCopy, [mutualExclusion(), fencing()]],
  ["keys written once", transactionCopy, [longFork()]],
  ["identifiers", idCopy, [uniqueIds()]],
  ["text", textCopy, [text()]],
  ["register", registerCopy, [crdt("lww-register"), convergence()]],
];

describe("checkers of objects never accuse a single copy", () => {
  const count = Math.ceil(runs(20_000) / CASES.length);

  it.each(CASES)("%s", (_, copy, checkers) => {
    const valid = new Map(checkers.map(({ name }) => [name, 0]));
    for (let seed = 0; seed < count; seed++) {
      const random = new Random(seed);
      const sketches = run(random, copy(random));
      const made = history(sketches);
      for (const checker of checkers) {
        const verdict = checker.check(made, DEFAULT_BUDGET);
        if (verdict.valid === false)
          throw new Error(
            `seed ${seed}: ${checker.name} says "${verdict.anomalies[0].explanation}" of\n${sketches.map((sketch) => JSON.stringify(sketch)).join("\n")}`,
          );
        if (verdict.valid === true) valid.set(checker.name, (valid.get(checker.name) ?? 0) + 1);
      }
    }
    // Each has really had something to judge.
    for (const [name, times] of valid) expect([name, times > count / 20]).toEqual([name, true]);
  });
});

/** Each with the specification that says what a single copy can show. */
const SPECIFIED: readonly (readonly [
  name: string,
  copy: (random: Random) => Copy,
  spec: Spec,
  checkers: readonly Checker[],
])[] = [
  ["counter", counterCopy, counterSpec as Spec, [counter()]],
  ["set", setCopy, setSpec as Spec, [set(), setFull({ linearizable: true }), setFull(), causalReverse()]],
  ["queue", (random) => queueCopy(random, false), bag as Spec, [totalQueue()]],
  [
    "bank",
    bankCopy,
    bankWith({ balances: { a0: 10, a1: 0, a2: 0 } }) as Spec,
    [bank({ total: 10, accounts: ["a0", "a1", "a2"] })],
  ],
  ["lock", lockCopy, fencedLock as Spec, [mutualExclusion(), fencing()]],
  ["identifiers", idCopy, idSpec as Spec, [uniqueIds()]],
];

/** Makes one or two operations yield what another one did, or a wrong number. */
function corrupt(random: Random, sketches: readonly Sketch[]): Sketch[] {
  const victims = new Set([random.pick(sketches), random.pick(sketches)]);
  return sketches.map((sketch) => {
    const others = sketches.filter(({ f, ok }) => f === sketch.f && ok !== undefined);
    if (!victims.has(sketch) || others.length === 0 || sketch.ret === undefined) return sketch;
    const { fail: _, ...rest } = sketch;
    return { ...rest, ok: wrong(random, random.pick(others).ok ?? null) };
  });
}

function wrong(random: Random, output: Json): Json {
  if (typeof output === "number" && random.chance(0.3)) return output + random.below(50) - 20;
  if (typeof output !== "object" || output === null || isArray(output)) return output;
  const account = random.pick(Object.keys(output));
  const amount = random.below(12);
  const less = { ...output, [account]: Number(output[account]) - amount };
  const other = random.pick(Object.keys(output));
  return random.chance(0.5) ? less : { ...less, [other]: Number(less[other as keyof typeof less]) + amount };
}

/** True if some order of the operations that keeps each process's own is one of a single copy: tries them all. */
function isSequential(spec: Spec, ops: readonly Operation[]): boolean {
  const dead = new Set<string>();
  const place = (left: readonly Operation[], state: unknown): boolean => {
    if (left.every(({ outcome }) => outcome.type === "info")) return true;
    const met = `${left.map(({ index }) => index).join()} ${spec.key(state)}`;
    if (dead.has(met)) return false;
    const isNext = (op: Operation, i: number): boolean => left.findIndex(({ process }) => process === op.process) === i;
    const found = left.some((op, i) => {
      if (!isNext(op, i)) return false;
      const next = spec.step(state, op, op.outcome);
      return (
        next !== undefined &&
        place(
          left.filter((other) => other !== op),
          next,
        )
      );
    });
    if (!found) dead.add(met);
    return found;
  };
  const tells = (op: Operation): boolean => op.outcome.type !== "fail" || spec.observes(op, op.outcome);
  return place(ops.filter(tells), spec.init());
}

describe("what checkers of objects call impossible for a single copy is impossible", () => {
  const count = Math.ceil(runs(6_000) / SPECIFIED.length);

  it.each(SPECIFIED)("%s", (_, copy, spec, checkers) => {
    const refuted = { linearizable: 0, sequential: 0 };
    for (let seed = 0; seed < count; seed++) {
      const random = new Random(seed, "corrupt");
      const sketches = corrupt(random, run(random, { next: copy(random).next }));
      const made = history(sketches);
      for (const checker of checkers) {
        const verdict = checker.check(made, DEFAULT_BUDGET);
        const models =
          verdict.valid === false ? strongerOrEqual(verdict.anomalies.flatMap(({ rulesOut }) => rulesOut)) : [];
        for (const model of ["linearizable", "sequential"] as const) {
          if (!models.includes(model)) continue;
          refuted[model]++;
          const holds =
            model === "sequential"
              ? isSequential(spec, made.ops)
              : linearizability(spec).check(made, DEFAULT_BUDGET).valid === true;
          if (holds)
            throw new Error(
              `seed ${seed}: ${JSON.stringify(verdict, null, 1)} of\n${sketches.map((sketch) => JSON.stringify(sketch)).join("\n")}`,
            );
        }
      }
    }
    expect([refuted.linearizable > count / 20, refuted.sequential > 0]).toEqual([true, true]);
  });
});
