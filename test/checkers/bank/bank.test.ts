import { describe, expect, it } from "vitest";
import { type BankOptions, bank } from "../../../checkers/bank/index.ts";
import { DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import { agree, concurrently, invalid, type Opinion, opinionOf } from "../../support/agree.ts";
import { history, type Sketch } from "../../support/histories.ts";
import { runs } from "../../support/runs.ts";

const read = (at: number, ok: Json): Sketch => ({ p: 0, f: "read", call: at, ret: at + 1, ok });
const transfer = (at: number, from: Json, to: Json, amount: Json, ret: number | undefined = at + 1): Sketch => ({
  p: 1,
  f: "transfer",
  input: { from, to, amount },
  call: at,
  ret,
});
const check = (sketches: readonly Sketch[], options: BankOptions = {}): Verdict =>
  bank(options).check(history(sketches), DEFAULT_BUDGET);

type Balances = Readonly<Record<string, number | null>>;

/** Jepsen's `check-op`, read by read. */
function expected({ ops }: History, { total, accounts, negativeBalances }: BankOptions): Opinion {
  const reads = ops.flatMap(({ f, outcome }) =>
    f === "read" && outcome.type === "ok" ? [outcome.value as Balances] : [],
  );
  const named = ops.flatMap(({ f, input, outcome }) => {
    const { from, to } = (input ?? {}) as { from: number; to: number };
    return f === "transfer" && outcome.type !== "fail" ? [`${from}`, `${to}`] : [];
  });
  const sum = (balances: Balances): number => Object.values(balances).reduce<number>((s, b) => s + (b ?? 0), 0);
  const [first] = reads;
  if (first === undefined) return "unknown vacuous";
  const errors = reads.flatMap((balances) => {
    const known = accounts ?? [...Object.keys(first), ...named];
    const values = Object.values(balances);
    if (Object.keys(balances).some((account) => !known.includes(account))) return ["unexpected-account"];
    if (values.includes(null)) return ["nil-balance"];
    if (sum(balances) !== (total ?? sum(first))) return ["wrong-total"];
    return !negativeBalances && values.some((balance) => (balance ?? 0) < 0) ? ["negative-balance"] : [];
  });
  return errors.length > 0 ? invalid(errors) : "valid";
}

describe("bank (Jepsen, tests/bank)", () => {
  it("holds where the total stays the same", () => {
    expect(check([read(0, { a: 10, b: 0 }), transfer(2, "a", "b", 3), read(4, { a: 7, b: 3 })])).toEqual({
      valid: true,
      checked: 2,
    });
    expect(check([read(0, { 0: 10, 1: 10, 2: 10 })])).toEqual({ valid: true, checked: 1 });
  });

  it("is broken where money came or went, and shows the read it was compared with", () => {
    const verdict = check([read(0, { a: 10, b: 0 }), transfer(2, "a", "b", 3), read(4, { a: 7, b: 0 })]);
    expect(verdict).toMatchObject({
      valid: false,
      checked: 2,
      anomalies: [
        {
          kind: "wrong-total",
          rulesOut: ["causal-cc", "pram", "balanced", "consistent-view", "repeatable-read"],
          ops: [0, 2],
        },
      ],
    });
    expect(verdict.valid === false && verdict.anomalies[0].explanation).toBe(
      "process 0 read {a: 7, b: 0}, together 7, but transfers only move money: all accounts together must hold 10, as process 0 had read.",
    );
  });

  it("takes the total and the accounts from the options", () => {
    expect(check([read(0, { a: 1 })], { total: 2 })).toMatchObject({ anomalies: [{ kind: "wrong-total", ops: [0] }] });
    expect(check([read(0, { a: 1 })], { accounts: ["b"] })).toMatchObject({
      anomalies: [{ kind: "unexpected-account" }],
    });
    expect(check([read(0, { a: 1 }), read(2, { a: 1, b: 0 })])).toMatchObject({
      anomalies: [{ kind: "unexpected-account", ops: [1] }],
    });
    expect(check([read(0, { a: 1 }), transfer(2, "a", "b", 1), read(4, { b: 1 })])).toMatchObject({ valid: true });
  });

  it("is broken by balances that are missing, or negative unless they may be", () => {
    expect(check([read(0, { a: 1, b: null })])).toMatchObject({ anomalies: [{ kind: "nil-balance" }] });
    expect(check([read(0, { a: 4, b: -3 })])).toMatchObject({
      anomalies: [
        { kind: "negative-balance", rulesOut: ["sequential", "balanced", "consistent-view", "repeatable-read"] },
      ],
    });
    expect(check([read(0, { a: 4, b: -3 })], { negativeBalances: true })).toEqual({ valid: true, checked: 1 });
  });

  it("says nothing without reads, of closing reads, and of what is no bank", () => {
    expect(check([transfer(0, "a", "b", 1)])).toMatchObject({ why: "vacuous" });
    expect(check([{ ...read(0, { a: 1 }), final: true }])).toMatchObject({ why: "vacuous" });
    for (const wrong of [
      read(0, null),
      read(0, [1]),
      read(0, { a: "1" }),
      transfer(0, "a", null, 1),
      transfer(0, "a", "b", "1"),
      { ...read(0, {}), f: "open" },
    ])
      expect(check([wrong])).toMatchObject({ why: "malformed" });
  });

  it("agrees with Jepsen's definition", () => {
    for (const options of [
      {},
      { negativeBalances: true },
      { total: 10, accounts: ["0", "1", "2"] },
    ] satisfies BankOptions[])
      agree({
        count: Math.ceil(runs(20_000) / 3),
        make: (random) => {
          const balances = new Map([
            [0, 10],
            [1, 0],
            [2, 0],
          ]);
          return concurrently(random, { threads: 2, max: 9 }, () => {
            if (random.chance(0.55)) {
              const amount = random.below(6);
              const [from, to] = [random.below(3), random.below(random.chance(0.1) ? 4 : 3)];
              const has = balances.get(from) ?? 0;
              if (random.chance(0.7) && has < amount)
                return { f: "transfer", input: { from, to, amount }, fail: "precondition-failed" };
              if (random.chance(0.8)) balances.set(from, has - amount).set(to, (balances.get(to) ?? 0) + amount);
              return { f: "transfer", input: { from, to, amount } };
            }
            const ok: Record<string, number | null> = Object.fromEntries(balances);
            if (random.chance(0.2)) ok[random.below(4)] = random.chance(0.5) ? null : random.below(5);
            return { f: "read", ok };
          });
        },
        actual: (made) => opinionOf(bank(options), made),
        expected: (made) => expected(made, options),
      });
  });
});
