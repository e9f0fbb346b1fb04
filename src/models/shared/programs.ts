import type { Json } from "../../core/json.ts";
import type { Invocation, Outcome } from "../../core/operation.ts";
import { apply, type Contents } from "./key-value.ts";

/** The eight accounts of the bank workload. The first holds 100 until something else is written, the others nothing. */
export const ACCOUNTS: readonly string[] = ["0", "1", "2", "3", "4", "5", "6", "7"];
const OPENING: Readonly<Record<string, number>> = { 0: 100 };

/** What a program did once it knew what it read. */
export interface Done {
  /** To be written if the transaction commits; each key once, in the order of first writes. Empty if it failed. */
  readonly writes: readonly (readonly [key: string, value: Json])[];
  /** What the client is told if the transaction commits. */
  readonly outcome: Outcome;
}

/** An operation as a transaction: what it reads, and what it does once it knows that. */
export interface Program {
  /** Keys of the store that must be read first, each once. */
  readonly reads: readonly string[];
  /** Keys that may be written, each once. */
  readonly writes: readonly string[];
  /** @param read what the transaction's snapshot holds; `null` where there is nothing. Only of keys in `reads`. */
  run(read: (key: string) => Json): Done;
}

/**
 * Any operation of the workloads as a transaction: `txn` of `["r", key, null]`, `["w", key, value]` and `["append", key,
 * element]`; `transfer` of the bank and `read` without a key, which yields all balances; and single operations on a key.
 * A transaction reads its own writes.
 */
export function programOf(op: Invocation): Program {
  if (op.f === "txn") return ofMicroOps(op.input as readonly MicroOp[]);
  if (op.f === "transfer") return ofTransfer(op.input as { readonly [field: string]: Json });
  if (op.f === "read" && op.key === undefined) return ofBalances();
  return ofSingle(op);
}

type MicroOp = readonly [f: string, key: string, value: Json];

function ofMicroOps(micros: readonly MicroOp[]): Program {
  const reads = micros.filter(([f], i) => f !== "w" && !isWrittenBefore(micros, i)).map(([, key]) => key);
  const writes = micros.filter(([f]) => f !== "r").map(([, key]) => key);
  return {
    reads: [...new Set(reads)],
    writes: [...new Set(writes)],
    run: (read) => {
      const own = new Map<string, Json>();
      const now = (key: string): Json => (own.has(key) ? (own.get(key) ?? null) : read(key));
      const value = micros.map(([f, key, input]): MicroOp => {
        if (f === "r") return [f, key, now(key)];
        own.set(key, f === "append" ? [...((now(key) ?? []) as readonly Json[]), input] : input);
        return [f, key, input];
      });
      return { writes: [...own], outcome: { type: "ok", value } };
    },
  };
}

/** True if the value that micro-operation `i` finds is one that its own transaction has written blindly. */
const isWrittenBefore = (micros: readonly MicroOp[], i: number): boolean =>
  micros.slice(0, i).some(([f, key]) => f === "w" && key === micros[i]?.[1]);

/** Where an account's balance is kept. */
const accountKey = (account: Json | undefined): string => `account ${account}`;
const balanceOf = (account: string, stored: Json): number =>
  typeof stored === "number" ? stored : (OPENING[account] ?? 0);

function ofTransfer(input: { readonly [field: string]: Json }): Program {
  const [from, to] = [String(input.from), String(input.to)];
  const amount = Number(input.amount);
  const keys = [...new Set([accountKey(from), accountKey(to)])];
  return {
    reads: keys,
    writes: keys,
    run: (read) => {
      const held = balanceOf(from, read(accountKey(from)));
      if (held < amount) {
        const text = `account ${from} holds ${held}, not ${amount}`;
        return { writes: [], outcome: { type: "fail", error: { name: "precondition-failed", text } } };
      }
      const outcome: Outcome = { type: "ok", value: null };
      if (from === to) return { writes: [], outcome };
      const rich = balanceOf(to, read(accountKey(to)));
      return {
        writes: [
          [accountKey(from), held - amount],
          [accountKey(to), rich + amount],
        ],
        outcome,
      };
    },
  };
}

function ofBalances(): Program {
  return {
    reads: ACCOUNTS.map(accountKey),
    writes: [],
    run: (read) => ({
      writes: [],
      outcome: {
        type: "ok",
        value: Object.fromEntries(ACCOUNTS.map((account) => [account, balanceOf(account, read(accountKey(account)))])),
      },
    }),
  };
}

function ofSingle(op: Invocation): Program {
  const key = op.key ?? "";
  return {
    reads: op.f === "write" ? [] : [key],
    writes: op.f === "read" ? [] : [key],
    run: (read) => {
      const before = op.f === "write" ? null : read(key);
      const contents: Contents = new Map(before === null ? [] : [[key, before]]);
      const outcome = apply(contents, op);
      const after = contents.get(key) ?? null;
      return { writes: op.f === "read" || outcome.type !== "ok" || after === before ? [] : [[key, after]], outcome };
    },
  };
}
