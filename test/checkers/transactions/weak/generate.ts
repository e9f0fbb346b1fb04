import type { History } from "../../../../src/core/history.ts";
import { Random } from "../../../../src/core/random.ts";
import { history } from "../../../support/histories.ts";

/** A micro-operation. `value` of a read is what it saw, `null` for the initial state. */
export interface Micro {
  readonly f: "r" | "w";
  readonly key: string;
  readonly value: number | null;
}

/** The same on a list: reads see a list of values. */
export type ListMicro =
  | { readonly f: "append"; readonly key: string; readonly value: number }
  | { readonly f: "r"; readonly key: string; readonly value: readonly number[] };

/** A transaction on its way into a history; its position is its place in real time. */
export interface Txn<M = Micro> {
  readonly session: number;
  readonly status: "aborted" | "committed" | "unknown";
  readonly micros: readonly M[];
}

const KEYS = ["x", "y", "z"];

/** How large random histories are at most. */
export interface Shape {
  readonly txns: number;
  readonly sessions: number;
  readonly micros: number;
  /** Whether outcomes may be unknown, and values written twice. */
  readonly doubtful: boolean;
}

export const SMALL: Shape = { txns: 5, sessions: 3, micros: 3, doubtful: true };

/** How the reads of a generated history came about. */
type Store = "any" | "monotone-snapshots" | "serial" | "stale-reads" | "stale-snapshots";
const STORES: readonly Store[] = [
  "any",
  "any",
  "any",
  "any",
  "serial",
  "stale-reads",
  "stale-reads",
  "stale-snapshots",
  "monotone-snapshots",
];

/**
 * A random small history of registers. Its reads are anybody's guess, or come from a store that executes transactions one
 * after the other and shows each the state after some transaction before it (after all that its session knows, if snapshots
 * are monotone), or each of its reads; then some of them may be changed. Some transactions abort or end unknown, and now and then a value is written twice.
 */
export function randomTxns(seed: number, shape: Shape = SMALL): Txn[] {
  const random = new Random(seed);
  const count = Math.min(shape.txns, 3 + random.below(shape.txns - 1));
  const keys = 1 + random.below(KEYS.length);
  const sessions = 1 + random.below(shape.sessions);
  const store = random.pick(STORES);
  const twice = shape.doubtful && random.chance(0.1);
  const fates = random.chance(0.4);
  const states: Map<string, number>[] = [new Map()];
  /** For each session a state that it may not fall behind. */
  const known: number[] = [];
  const txns: Txn[] = [];
  const written: { key: string; value: number; by: number }[] = [];
  for (let i = 0; i < count; i++) {
    const status =
      !fates || random.chance(0.7) ? "committed" : !shape.doubtful || random.chance(0.5) ? "aborted" : "unknown";
    const session = random.below(sessions);
    const least = store === "monotone-snapshots" ? (known[session] ?? 0) : 0;
    const snapshot = least + random.below(states.length - least);
    const own = new Map<string, number>();
    const micros = Array.from({ length: 1 + random.below(shape.micros) }, (): Micro => {
      const key = KEYS[random.below(keys)] as string;
      if (random.chance(0.45)) {
        const before = written.filter((write) => write.key === key);
        const value = twice && before.length > 0 && random.chance(0.3) ? random.pick(before).value : written.length + 1;
        written.push({ key, value, by: i });
        own.set(key, value);
        return { f: "w", key, value };
      }
      const at =
        store === "serial" ? states.length - 1 : store === "stale-reads" ? random.below(states.length) : snapshot;
      return { f: "r", key, value: own.get(key) ?? states[at]?.get(key) ?? null };
    });
    txns.push({ session, status, micros });
    const happened = status === "committed" || (status === "unknown" && random.chance(0.5));
    if (happened) states.push(new Map([...(states.at(-1) ?? []), ...own]));
    known[session] = happened ? states.length - 1 : snapshot;
  }
  const changes = store === "any" ? 1 : random.chance(0.5) ? 1 / count : 0;
  return txns.map((txn, i) => ({
    ...txn,
    micros: txn.micros.map((micro) => {
      if (micro.f === "w" || !random.chance(changes)) return micro;
      const own = random.chance(0.1);
      const writes = written.filter(({ key, by }) => key === micro.key && (own || by !== i));
      const values = writes.map(({ value }) => value);
      return { ...micro, value: random.chance(0.04) ? 99 : (random.pick([null, ...values, ...values]) ?? null) };
    }),
  }));
}

/** The process of each transaction: a session goes on under a new one after an unknown outcome. */
export function processesOf(txns: readonly Txn<unknown>[]): number[] {
  const processes = new Map<number, number>();
  return txns.map(({ session, status }) => {
    const p = processes.get(session) ?? session;
    if (status === "unknown") processes.set(session, p + 10);
    return p;
  });
}

/** The transactions as a history, one after the other. */
export function toHistory(txns: readonly Txn<ListMicro | Micro>[]): History {
  const processes = processesOf(txns);
  return history(
    txns.map(({ status, micros }, i) => {
      const input = micros.map(({ f, key, value }) => [f, key, f === "r" ? null : value]);
      const done = micros.map(({ f, key, value }) => [f, key, value]);
      const base = { p: processes[i] as number, f: "txn", input, call: 2 * i };
      if (status === "unknown") return base;
      return { ...base, ret: 2 * i + 1, ...(status === "aborted" ? { fail: "abort" } : { ok: done }) };
    }),
  );
}

/** The smallest history, by leaving out transactions and micro-operations, that is still `bad`. */
export function shrink<M>(txns: readonly Txn<M>[], bad: (txns: readonly Txn<M>[]) => boolean): readonly Txn<M>[] {
  const smaller = function* (): Generator<readonly Txn<M>[]> {
    for (let i = 0; i < txns.length; i++) yield txns.filter((_, j) => j !== i);
    for (const [i, txn] of txns.entries())
      for (let m = 0; m < txn.micros.length; m++)
        yield txns.map((old, j) => (j === i ? { ...old, micros: old.micros.filter((_, k) => k !== m) } : old));
  };
  for (const candidate of smaller()) if (bad(candidate)) return shrink(candidate, bad);
  return txns;
}
