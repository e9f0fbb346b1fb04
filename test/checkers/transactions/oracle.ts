import type { ConsistencyModel } from "../../../src/core/consistency.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";

/**
 * Isolation by definition, by trying everything: which transactions of unknown outcome committed, every order of the
 * versions of every key, every writer that a read may have seen, every order of transactions. For a handful of transactions.
 * Shares no code with the checker.
 */
export interface Txn {
  readonly index: number;
  readonly status: "ok" | "fail" | "info";
  readonly process: number;
  readonly call: number;
  readonly ret: number;
  readonly micros: readonly Micro[];
}

export interface Micro {
  readonly f: "r" | "w" | "append";
  readonly key: string;
  readonly value: Json;
}

type Micros = readonly (readonly [Micro["f"], string, Json])[];

export const txnsOf = (history: History): Txn[] =>
  history.ops.map(({ index, outcome, input, process, callNs, returnNs }) => {
    const micros = (outcome.type === "ok" ? outcome.value : input) as unknown as Micros;
    return {
      index,
      status: outcome.type,
      process,
      call: callNs,
      ret: returnNs,
      micros: micros.map(([f, key, value]) => ({ f, key, value })),
    };
  });

export function* permutations<T>(items: readonly T[]): Generator<T[]> {
  if (items.length === 0) yield [];
  for (const [i, item] of items.entries())
    for (const rest of permutations([...items.slice(0, i), ...items.slice(i + 1)])) yield [item, ...rest];
}

export function* product<T>(choices: readonly (readonly T[])[]): Generator<T[]> {
  const [first, ...rest] = choices;
  if (first === undefined) yield [];
  else for (const item of first) for (const items of product(rest)) yield [item, ...items];
}

/** All ways in which transactions of unknown outcome may have ended: those that executed, as positions. */
export function* executions(txns: readonly Txn[]): Generator<number[]> {
  const ok = txns.flatMap(({ status }, i) => (status === "ok" ? [i] : []));
  const info = txns.flatMap(({ status }, i) => (status === "info" ? [i] : []));
  for (const picks of product(info.map(() => [false, true])))
    yield [...ok, ...info.filter((_, i) => picks[i])].sort((a, b) => a - b);
}

export const writesOf = (txn: Txn, key: string): Json[] =>
  txn.micros.flatMap((micro) => (micro.f !== "r" && micro.key === key ? [micro.value] : []));

/** Equal as scalars, or as lists of scalars. */
export const same = (a: Json, b: Json): boolean =>
  Array.isArray(a) && Array.isArray(b) ? a.length === b.length && a.every((item, i) => item === b[i]) : a === b;

/** The serializable models that some order of the transactions satisfies. */
function serialModels(txns: readonly Txn[], executed: readonly number[]): Set<ConsistencyModel> {
  const held = new Set<ConsistencyModel>();
  for (const order of serialOrders(txns, executed, new Map())) {
    held.add("serializable");
    const keeps = (before: (a: Txn, b: Txn) => boolean): boolean =>
      order.every((b, i) => order.slice(i + 1).every((a) => !before(txns[a] as Txn, txns[b] as Txn)));
    if (!keeps(inSession)) continue;
    held.add("strong-session-serializable");
    if (!keeps(inRealTime)) continue;
    held.add("strict-serializable");
    break;
  }
  return held;
}

/** Every order of the transactions in which each read shows what it would have shown. */
function* serialOrders(
  txns: readonly Txn[],
  left: readonly number[],
  state: ReadonlyMap<string, Json>,
): Generator<number[]> {
  if (left.length === 0) yield [];
  for (const t of left) {
    const next = after(state, txns[t] as Txn);
    if (next === undefined) continue;
    for (const rest of serialOrders(
      txns,
      left.filter((other) => other !== t),
      next,
    ))
      yield [t, ...rest];
  }
}

/** The state after a transaction; `undefined` if it would have read something else. */
function after(state: ReadonlyMap<string, Json>, { status, micros }: Txn): Map<string, Json> | undefined {
  const next = new Map(state);
  for (const { f, key, value } of micros) {
    const now = next.get(key) ?? null;
    if (f === "w") next.set(key, value);
    else if (f === "append") next.set(key, [...((now as Json[] | null) ?? []), value]);
    else if (status === "ok" && !same(value ?? [], now ?? [])) return undefined;
  }
  return next;
}

export const inSession = (a: Txn, b: Txn): boolean => a.process === b.process && a.index < b.index;
export const inRealTime = (a: Txn, b: Txn): boolean => a.ret < b.call;

/** What a read saw of others: position in its key's order of versions, 0 for the initial one. */
export interface Sight {
  readonly txn: number;
  readonly micro: number;
  readonly key: string;
  readonly index: number;
}

/** Transactions and the orders of the versions of keys, as far as reads agree with that. */
export interface World {
  readonly txns: readonly Txn[];
  readonly executed: readonly number[];
  readonly orders: ReadonlyMap<string, readonly number[]>;
  readonly sights: readonly Sight[];
}

/** All worlds in which every read saw a committed, final version, and its own writes. */
export function* worlds(txns: readonly Txn[], executed: readonly number[], isList: boolean): Generator<World> {
  for (const orders of allOrders(txns, executed)) {
    const choices: Sight[][] = [];
    const isPossible = executed.every(
      (t) => (txns[t] as Txn).status !== "ok" || sightsOf(txns, t, orders, isList, choices),
    );
    if (!isPossible) continue;
    for (const sights of product(choices)) yield { txns, executed, orders, sights };
  }
}

function* allOrders(txns: readonly Txn[], executed: readonly number[]): Generator<Map<string, number[]>> {
  const keys = [...new Set(txns.flatMap(({ micros }) => micros.map(({ key }) => key)))].sort();
  const writers = keys.map((key) => executed.filter((t) => writesOf(txns[t] as Txn, key).length > 0));
  for (const orders of product(writers.map((of) => [...permutations(of)])))
    yield new Map(keys.map((key, i) => [key, orders[i] as number[]]));
}

/** Adds the sights that each read of a transaction may have had; false if one of its reads cannot be. */
function sightsOf(
  txns: readonly Txn[],
  t: number,
  orders: ReadonlyMap<string, readonly number[]>,
  isList: boolean,
  choices: Sight[][],
): boolean {
  const own = new Map<string, Json[]>();
  const { micros } = txns[t] as Txn;
  for (const [micro, { f, key, value }] of micros.entries()) {
    const mine = own.get(key) ?? [];
    if (f !== "r") {
      own.set(key, [...mine, value]);
      continue;
    }
    const order = orders.get(key) ?? [];
    const sights: Sight[] = [];
    if (!isList) {
      if (mine.length > 0) {
        if (!same(value, mine.at(-1) ?? null)) return false;
        continue;
      }
      if (value === null) sights.push({ txn: t, micro, key, index: 0 });
      for (const [i, w] of order.entries())
        if (w !== t && same(value, writesOf(txns[w] as Txn, key).at(-1) ?? null))
          sights.push({ txn: t, micro, key, index: i + 1 });
    } else {
      for (let index = 0; index <= order.length; index++) {
        const below = order.slice(0, index);
        if (below.includes(t) || (mine.length > 0 && order[index] !== t)) continue;
        const list = [...below.flatMap((w) => writesOf(txns[w] as Txn, key)), ...mine];
        if (same(value ?? [], list)) sights.push({ txn: t, micro, key, index });
      }
    }
    if (sights.length === 0) return false;
    choices.push(sights);
  }
  return true;
}

/** A relation over transactions: who comes before whom, as sets of bits. */
export type Relation = number[];

export const none = (size: number): Relation => new Array<number>(size).fill(0);
export const has = (relation: Relation, a: number, b: number): boolean => (((relation[a] as number) >> b) & 1) === 1;
export const put = (relation: Relation, a: number, b: number): void => {
  relation[a] = (relation[a] as number) | (1 << b);
};
export const union = (...relations: Relation[]): Relation =>
  (relations[0] as Relation).map((_, a) => relations.reduce((bits, relation) => bits | (relation[a] as number), 0));
export const compose = (one: Relation, other: Relation): Relation =>
  one.map((bits) => other.reduce((sum, to, b) => ((bits >> b) & 1 ? sum | to : sum), 0));
export function closure(relation: Relation): Relation {
  let all = relation;
  for (let i = 0; i < relation.length; i++) all = union(all, compose(all, relation));
  return all;
}
export const isAcyclic = (relation: Relation): boolean => closure(relation).every((_, a, all) => !has(all, a, a));
/** `one; other?` */
export const maybe = (one: Relation, other: Relation): Relation => union(one, compose(one, other));

/** The models that a world satisfies, by cycles of its dependencies. */
export function modelsOfWorld({ txns, executed, orders, sights }: World): Set<ConsistencyModel> {
  const size = txns.length;
  const [ww, wr, rw, so, rt] = [none(size), none(size), none(size), none(size), none(size)];
  for (const order of orders.values())
    for (const [i, w] of order.entries()) if (i > 0) put(ww, order[i - 1] as number, w);
  for (const { txn, key, index } of sights) {
    const order = orders.get(key) as readonly number[];
    if (index > 0) put(wr, order[index - 1] as number, txn);
    const next = order[index];
    if (next !== undefined && next !== txn) put(rw, txn, next);
  }
  for (const a of executed)
    for (const b of executed) {
      if (a !== b && inSession(txns[a] as Txn, txns[b] as Txn)) put(so, a, b);
      if (a !== b && inRealTime(txns[a] as Txn, txns[b] as Txn)) put(rt, a, b);
    }
  const held = new Set<ConsistencyModel>();
  if (!isAcyclic(ww)) return held;
  held.add("read-uncommitted");
  const base = union(ww, wr);
  if (!isAcyclic(base)) return held;
  const hold = (model: ConsistencyModel, holds: boolean): void => {
    if (holds) held.add(model);
  };
  hold("read-committed", true);
  hold("cursor-stability", keepsUpdates(txns, orders, sights));
  hold("monotonic-atomic-view", isWhole(txns, orders, sights, true));
  const isStable = sights.every((a) => sights.every((b) => a.txn !== b.txn || a.key !== b.key || a.index === b.index));
  hold("read-atomic", isStable && isWhole(txns, orders, sights, false));
  hold(
    "consistent-view",
    maybe(closure(base), rw).every((_, a, all) => !has(all, a, a)),
  );
  hold("parallel-snapshot-isolation", isStable && held.has("consistent-view"));
  hold("prefix", isStable && isAcyclic(union(maybe(wr, rw), ww)));
  hold("snapshot-isolation", isStable && isAcyclic(maybe(base, rw)));
  hold("strong-session-snapshot-isolation", isStable && isAcyclic(maybe(union(base, so), rw)));
  hold("strong-snapshot-isolation", isStable && isAcyclic(maybe(union(base, so, rt), rw)));
  hold("repeatable-read", isAcyclic(union(base, rw)));
  hold("update-serializable", isUpdateSerializable(txns, executed, union(base, rw)));
  return held;
}

function isUpdateSerializable(txns: readonly Txn[], executed: readonly number[], all: Relation): boolean {
  const writers = executed.filter((t) => (txns[t] as Txn).micros.some(({ f }) => f !== "r"));
  const others = executed.filter((t) => !writers.includes(t));
  const among = (chosen: readonly number[]): Relation => {
    const bits = chosen.reduce((sum, t) => sum | (1 << t), 0);
    return all.map((to, a) => ((bits >> a) & 1 ? to & bits : 0));
  };
  return [undefined, ...others].every((t) => isAcyclic(among(t === undefined ? writers : [...writers, t])));
}

function keepsUpdates(txns: readonly Txn[], orders: World["orders"], sights: readonly Sight[]): boolean {
  return sights.every(({ txn, micro, key, index }) => {
    const { micros } = txns[txn] as Txn;
    const firstWrite = micros.findIndex((other) => other.f !== "r" && other.key === key);
    const isLastRead = !sights.some(
      (other) => other.txn === txn && other.key === key && other.micro > micro && other.micro < firstWrite,
    );
    if (firstWrite < micro || !isLastRead) return true;
    return orders.get(key)?.[index] === txn;
  });
}

/** No transaction is seen by halves; `onlyLater`: by later reads of the same transaction. */
function isWhole(txns: readonly Txn[], orders: World["orders"], sights: readonly Sight[], onlyLater: boolean): boolean {
  return sights.every(({ txn, micro, key, index }) => {
    const writer = index > 0 ? orders.get(key)?.[index - 1] : undefined;
    if (writer === undefined) return true;
    return sights.every((other) => {
      if (other.txn !== txn || (onlyLater && other.micro < micro)) return true;
      if (writesOf(txns[writer] as Txn, other.key).length === 0) return true;
      return other.index > (orders.get(other.key) as readonly number[]).indexOf(writer);
    });
  });
}

/** Read uncommitted: an order of all writes, of which lists show beginnings, apart from what may have been undone. */
function isReadUncommitted(txns: readonly Txn[], executed: readonly number[], isList: boolean): boolean {
  const doubled = new Set<string>();
  for (const [i, a] of txns.entries())
    for (const micro of a.micros)
      if (micro.f !== "r")
        for (const [j, b] of txns.entries())
          if (writesOf(b, micro.key).filter((value) => same(value, micro.value)).length > (i === j ? 1 : 0))
            doubled.add(micro.key);
  for (const orders of allOrders(txns, executed)) {
    const ww = none(txns.length);
    for (const [key, order] of orders)
      if (!doubled.has(key)) for (const [i, w] of order.entries()) if (i > 0) put(ww, order[i - 1] as number, w);
    if (!isAcyclic(ww)) continue;
    if (!isList) return true;
    const agrees = txns.every(({ status, micros }) =>
      micros.every(({ f, key, value }) => {
        if (status !== "ok" || f !== "r" || doubled.has(key)) return true;
        const list = (orders.get(key) ?? []).flatMap((w) => writesOf(txns[w] as Txn, key));
        const shown = ((value ?? []) as Json[]).filter((item) => list.some((other) => same(item, other)));
        return same(shown, list.slice(0, shown.length));
      }),
    );
    if (agrees) return true;
  }
  return false;
}

/** The models that are defined here. */
export const DEFINED: readonly ConsistencyModel[] = [
  "strict-serializable",
  "strong-session-serializable",
  "serializable",
  "strong-snapshot-isolation",
  "strong-session-snapshot-isolation",
  "snapshot-isolation",
  "update-serializable",
  "parallel-snapshot-isolation",
  "prefix",
  "repeatable-read",
  "consistent-view",
  "read-atomic",
  "monotonic-atomic-view",
  "cursor-stability",
  "read-committed",
  "read-uncommitted",
];

/**
 * All models that the history satisfies, of those that are defined here. `quick`: a strictly serializable history is taken
 * to satisfy them all; otherwise each is decided by itself.
 */
export function oracle(history: History, isList: boolean, quick: boolean): Set<ConsistencyModel> {
  const txns = txnsOf(history);
  const held = new Set<ConsistencyModel>();
  for (const executed of executions(txns)) for (const model of serialModels(txns, executed)) held.add(model);
  if (quick && held.has("strict-serializable")) return new Set(DEFINED);
  for (const executed of executions(txns)) {
    for (const world of worlds(txns, executed, isList)) for (const model of modelsOfWorld(world)) held.add(model);
  }
  for (const executed of executions(txns)) if (isReadUncommitted(txns, executed, isList)) held.add("read-uncommitted");
  return held;
}

/**
 * True if the history leaves no choice: no value was written twice to a key, and of what nobody read there is at most one
 * write a key (of lists), or at most one write a key at all (of registers), by transactions that may have committed.
 */
export function isDetermined(txns: readonly Txn[], isList: boolean): boolean {
  const keys = new Set(txns.flatMap(({ micros }) => micros.map(({ key }) => key)));
  for (const key of keys) {
    const written = txns.flatMap((txn) => writesOf(txn, key));
    if (new Set(written).size < written.length) return false;
    const seen = txns.flatMap(({ status, micros }) =>
      micros.flatMap((micro) => (status === "ok" && micro.f === "r" && micro.key === key ? [micro.value ?? []] : [])),
    );
    const isSeen = (value: Json): boolean => seen.some((list) => Array.isArray(list) && list.includes(value));
    // Reads that contradict each other, or themselves, leave the order of this key open for good.
    if (seen.some((list) => Array.isArray(list) && new Set(list).size < list.length)) return false;
    if (isList && !seen.every((a) => seen.every((b) => isPrefixOfOther(a as Json[], b as Json[])))) return false;
    const open = txns.filter(
      (txn) => txn.status !== "fail" && writesOf(txn, key).some((value) => !isList || !isSeen(value)),
    );
    if (open.length > 1) return false;
  }
  return true;
}

const isPrefixOfOther = (a: readonly Json[], b: readonly Json[]): boolean =>
  a.every((item, i) => i >= b.length || item === b[i]);
