import type { Json, JsonObject } from "../../src/core/json.ts";
import type { Invocation } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";
import { canonical, isArray, show } from "../shared/values.ts";
import { numberIn } from "./shared.ts";

type Balances = ReadonlyMap<string, number>;

export interface BankOptions {
  /** What each account holds at first. */
  readonly balances: Readonly<Record<string, number>>;
  /** True if a balance may fall below zero; false by default. */
  readonly overdraft?: boolean;
}

/** An account's name: numbers and texts that look alike are the same. */
const account = (value: Json | undefined): string => (typeof value === "string" ? value : canonical(value ?? null));

function objectIn(value: Json | undefined, what: string): JsonObject {
  if (typeof value === "object" && value !== null && !isArray(value)) return value as JsonObject;
  throw new TypeError(`${what}, not ${show(value ?? null)}`);
}

function transferIn({ input }: Invocation): { readonly from: string; readonly to: string; readonly amount: number } {
  const fields = objectIn(input, "the input of a transfer is {from, to, amount}");
  const amount = numberIn(fields.amount, "the amount of a transfer");
  return { from: account(fields.from), to: account(fields.to), amount };
}

/**
 * Accounts between which money is moved (Jepsen's bank test): `transfer {from, to, amount}`, `read` of all balances.
 * Unless there is an overdraft a transfer needs a balance that is large enough, and fails with `precondition-failed` if it
 * is not, which proves that. Accounts that nobody has named hold 0.
 */
export function bankWith({ balances, overdraft = false }: BankOptions): Spec<Balances> {
  const initial: Balances = new Map(Object.entries(balances));
  const balance = (s: Balances, name: string): number => s.get(name) ?? 0;
  const covers = (s: Balances, from: string, amount: number): boolean => overdraft || balance(s, from) >= amount;
  const nonZero = (s: Balances): Record<string, number> =>
    Object.fromEntries([...s].filter(([, amount]) => amount !== 0));
  return {
    name: "bank",
    functions: {
      transfer: "input {from, to, amount}",
      read: "input null, output an object of accounts and their balances",
    },
    init: () => initial,
    step(s, op, outcome) {
      if (op.f === "read") {
        if (outcome.type !== "ok") return s;
        const saw = objectIn(outcome.value, "the output of a read is an object of accounts and their balances");
        const names = new Set([...s.keys(), ...Object.keys(saw)]);
        return [...names].every((name) => (saw[name] ?? 0) === balance(s, name)) ? s : undefined;
      }
      const { from, to, amount } = transferIn(op);
      const isCovered = covers(s, from, amount);
      if (outcome.type === "fail") return isCovered ? undefined : s;
      if (!isCovered) return outcome.type === "info" ? s : undefined;
      const less = new Map(s).set(from, balance(s, from) - amount);
      return less.set(to, balance(less, to) + amount);
    },
    key: (s) => canonical(nonZero(s)),
    describe: (s) => [...s].map(([name, amount]) => `${name}: ${amount}`).join(", "),
    isRead: (f) => f === "read",
    observes: (op, outcome) => !overdraft && op.f === "transfer" && outcome.error.name === "precondition-failed",
    nature: (op) => (overdraft && op.f === "transfer" ? "blind" : "guarded"),
    perKey: false,
  };
}

/** Eight accounts, `0` to `7`, of which the first holds 100 at first and the others nothing. */
export const bank = bankWith({ balances: { 0: 100, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0 } });
