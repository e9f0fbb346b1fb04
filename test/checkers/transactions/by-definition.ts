import { transactionsOf } from "../../../checkers/transactions/columns.ts";
import type { Known } from "../../../checkers/transactions/dependencies.ts";
import { observe } from "../../../checkers/transactions/observations.ts";
import { readersOf } from "../../../checkers/transactions/readers.ts";
import { INITIAL, type Transactions } from "../../../checkers/transactions/transactions.ts";
import { listOrders } from "../../../checkers/transactions/version-order-lists.ts";
import { BASE, REAL_TIME, registerPairs, SESSION } from "../../../checkers/transactions/version-order-registers.ts";
import { versionOrders } from "../../../checkers/transactions/version-orders.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import { type Kind, smallHistory } from "./generate.ts";
import { type Micro, type Txn, txnsOf } from "./oracle.ts";

/** What the parts of the checkers should find, worked out of plain transactions, and in words: version 1 of x is `x 1`. */
export interface Plain {
  readonly history: History;
  readonly txns: Transactions;
  readonly plain: readonly Txn[];
  /** All micro-operations, in their order. */
  readonly micros: readonly PlainMicro[];
}

export interface PlainMicro extends Micro {
  readonly txn: number;
  readonly index: number;
  /** Of a read whose result is known the versions that it shows, the last one last. */
  readonly shows: readonly string[] | undefined;
  /** Of a write its version. */
  readonly wrote: string | undefined;
}

/** Every third history is full of what is rare elsewhere. */
export const small = (kind: Kind, seed: number): Plain =>
  plainOf(kind, smallHistory(kind, seed, 6, seed % 3 === 0 ? { doubles: 0.3, failures: 1, spoilt: 5 } : undefined));

export function plainOf(kind: Kind, history: History): Plain {
  const txns = transactionsOf(history, kind);
  if ("malformed" in txns) throw new Error(txns.malformed);
  const plain = txnsOf(history);
  const named = (key: string, value: Json): string => `${key} ${JSON.stringify(value)}`;
  const micros = plain.flatMap(({ status, micros }, txn) =>
    micros.map((micro): Omit<PlainMicro, "index"> => {
      const { f, key, value } = micro;
      const values = value === null ? [] : Array.isArray(value) ? (value as Json[]) : [value];
      const shows = f === "r" && status === "ok" ? values.map((item) => named(key, item)) : undefined;
      return { ...micro, txn, shows, wrote: f === "r" ? undefined : named(key, value) };
    }),
  );
  return { history, txns, plain, micros: micros.map((micro, index) => ({ ...micro, index })) };
}

/** What the checkers know of the histories; of registers pairs of versions, too, if wanted, by all that orders them. */
export function knownOf({ txns }: Pick<Plain, "txns">, withPairs = false): Known {
  const seen = observe(txns);
  const readers = readersOf(txns, seen);
  if (txns.kind === "list-append") return { txns, seen, readers, orders: listOrders(txns, seen).orders };
  const none = { chain: new Int32Array(0), chainAt: new Int32Array(txns.keyNames.length + 1) };
  const orders = versionOrders(txns, seen, none, seen.isAmbiguous);
  if (!withPairs) return { txns, seen, readers, orders };
  const pairs = registerPairs(txns, seen, readers, orders, { levels: [BASE, SESSION, REAL_TIME], sessions: true });
  return { txns, seen, readers, orders, pairs };
}

/** A version in words; `x` is the initial state of x. */
export function wordOf(txns: Transactions, version: number, key = -1): string {
  if (version === INITIAL) return txns.keyNames[key] as string;
  return `${txns.keyNames[txns.versionKey[version] as number]} ${JSON.stringify(txns.valueOf(version))}`;
}

/** Who wrote what. */
export interface Writes {
  /** Of each version that was written its first writer. */
  readonly by: ReadonlyMap<string, number>;
  /** Versions that are the last of their transaction and key. */
  readonly finals: ReadonlySet<string>;
  /** Keys to which a value was written twice. */
  readonly ambiguous: ReadonlySet<string>;
}

export function writesIn({ micros }: Plain): Writes {
  const by = new Map<string, number>();
  const ambiguous = new Set<string>();
  const last = new Map<string, string>();
  for (const { wrote, key, txn } of micros) {
    if (wrote === undefined) continue;
    if (by.has(wrote)) ambiguous.add(key);
    else by.set(wrote, txn);
    last.set(`${txn} ${key}`, wrote);
  }
  return { by, ambiguous, finals: new Set(last.values()) };
}

/** The transactions that count: those that committed, and those of unknown outcome of which a write was seen. */
export function countingIn({ plain, micros }: Plain): number[] {
  const shown = new Set(micros.flatMap(({ shows }) => shows ?? []));
  return plain.flatMap(({ status }, t) => {
    const isSeen = micros.some(({ txn, wrote }) => txn === t && wrote !== undefined && shown.has(wrote));
    return status === "ok" || (status === "info" && isSeen) ? [t] : [];
  });
}

/** What a transaction saw of others, and where it disagrees with itself, one line each. */
export interface Sights {
  /** Of each micro-operation the version of others that it shows, the name of its key for the initial state. */
  readonly seen: readonly (string | undefined)[];
  readonly mistakes: readonly string[];
}

export function sightsIn({ txns: { kind }, micros }: Plain, { by, ambiguous }: Writes): Sights {
  const mistakes: string[] = [];
  const seen = micros.map(() => undefined as string | undefined);
  for (const { txn, index, key, shows } of micros) {
    if (shows === undefined) continue;
    const mine = micros.filter((micro) => micro.txn === txn && micro.key === key);
    const own = mine.filter((micro) => micro.wrote !== undefined && micro.index < index);
    let rest = shows;
    if (own.length > 0 && kind === "list-append") {
      const start = shows.length - own.length;
      rest = shows.slice(0, Math.max(0, start));
      if (start < 0 || own.some(({ wrote }, i) => wrote !== shows[start + i])) {
        mistakes.push(`own ${index} ${own.at(-1)?.index}`);
        continue;
      }
    } else if (own.length > 0) {
      if (shows.at(-1) !== own.at(-1)?.wrote) mistakes.push(`own ${index} ${own.at(-1)?.index}`);
      continue;
    }
    const version = rest.at(-1);
    if (version !== undefined && by.get(version) === txn && !ambiguous.has(key)) {
      mistakes.push(`future ${index} ${mine.find(({ wrote }) => wrote === version)?.index}`);
      continue;
    }
    seen[index] = version ?? key;
    const before = mine.find((micro) => micro.index < index && seen[micro.index] !== undefined);
    if (before !== undefined && seen[before.index] !== seen[index]) mistakes.push(`repeated ${index} ${before.index}`);
  }
  return { seen, mistakes };
}

/** All pairs that follow from these one after the other, as `a < b`. */
export function closed(pairs: Iterable<readonly [string, string]>): Set<string> {
  const after = new Map<string, Set<string>>();
  for (const [a, b] of pairs) after.set(a, (after.get(a) ?? new Set()).add(b));
  const all = new Set<string>();
  for (const [a, direct] of after) {
    const reached = new Set(direct);
    for (const b of reached) for (const c of after.get(b) ?? []) reached.add(c);
    for (const b of reached) all.add(`${a} < ${b}`);
  }
  return all;
}
