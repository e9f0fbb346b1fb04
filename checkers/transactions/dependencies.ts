import { type Code, type Graph, GraphBuilder, HUB, RW, RW_RT, RW_SO, WR, WW, WW_OVER, WW_RT, WW_SO } from "./graph.ts";
import { ints } from "./memory.ts";
import { NOBODY, type Observations } from "./observations.ts";
import type { Readers } from "./readers.ts";
import { addRealTime, addSessions } from "./real-time.ts";
import { COMMITTED, INITIAL, type Transactions } from "./transactions.ts";
import type { VersionPairs } from "./version-order-registers.ts";
import type { VersionOrders } from "./version-orders.ts";

/** With how many of the transactions that saw a version and overwrote it (all but one lost an update) edges are made. */
const MAX_OVERWRITERS = 8;

/** What a graph of transactions is made of. */
export interface Known {
  readonly txns: Transactions;
  readonly seen: Observations;
  readonly readers: Readers;
  readonly orders: VersionOrders;
  /** Of registers: pairs of versions whose order is known, beside the chains. */
  readonly pairs?: VersionPairs;
}

/**
 * The direct serialization graph (Adya, thesis, §4.3) of the transactions that count, with session order and real time.
 * Where the order of versions is known in part, there are edges only for what holds in any order of the rest; an
 * anti-dependency may then stand for one that write dependencies follow.
 */
export function dependencies(known: Known): Graph {
  const { txns, seen } = known;
  const graph = new GraphBuilder(txns.count, 3 * txns.version.length);
  for (let k = 0; k < txns.keyNames.length; k++) if (known.orders.isUnordered[k] === 0) addKey(known, k, graph);
  addReadDependencies(known, graph);
  if (known.pairs !== undefined) addPairs(known, known.pairs, graph);
  addSessions(txns, seen.counts, graph);
  addRealTime(txns, seen.counts, graph);
  return graph.build();
}

function addReadDependencies({ txns, seen, readers }: Known, graph: GraphBuilder): void {
  for (let v = 0; v < txns.versionKey.length; v++) {
    if (seen.isAmbiguous[txns.versionKey[v] as number] === 1) continue;
    const by = writerOf(seen, v);
    if (by === NOBODY) continue;
    for (let i = readers.at[v] as number; i < (readers.at[v + 1] as number); i++) {
      const t = readers.transaction[i] as number;
      if (i === readers.at[v] || t !== readers.transaction[i - 1]) graph.add(by, t, WR);
    }
  }
}

/** The writer of a version, if it counts. */
function writerOf({ writer, counts }: Observations, v: number): number {
  const t = writer[v] as number;
  return t !== NOBODY && counts[t] === 1 ? t : NOBODY;
}

/** Anti-dependencies of all that saw the version of this slot; once for neighbouring reads of one transaction. */
function addOverwrite({ at, transaction }: Readers, slot: number, by: number, code: Code, graph: GraphBuilder): void {
  let last = by;
  for (let i = at[slot] as number; i < (at[slot + 1] as number); i++) {
    const t = transaction[i] as number;
    if (t !== last && t !== by) graph.add(t, by, code);
    last = t;
  }
}

/** Along the chain of a key: who wrote, who wrote over it, and who had seen what was written over. */
function addKey(known: Known, k: number, graph: GraphBuilder): void {
  const { txns, seen, orders, readers } = known;
  const { chain, chainAt } = orders;
  const versions = txns.versionKey.length;
  let previous = NOBODY;
  let previousCommitted = NOBODY;
  /** Versions whose next one is not known yet. */
  let from = chainAt[k] as number;
  let isFirst = true;
  for (let i = from; i < (chainAt[k + 1] as number); i++) {
    const by = writerOf(seen, chain[i] as number);
    if (by === NOBODY) continue;
    if (previous !== NOBODY && previous !== by) graph.add(previous, by, WW);
    if (txns.status[by] === COMMITTED) {
      if (previousCommitted !== previous && previousCommitted !== NOBODY && previousCommitted !== by)
        graph.add(previousCommitted, by, WW_OVER);
      previousCommitted = by;
    }
    if (isFirst) addOverwrite(readers, versions + k, by, RW, graph);
    isFirst = false;
    for (; from < i; from++) addOverwrite(readers, chain[from] as number, by, RW, graph);
    previous = by;
  }
  const lasts: number[] = isFirst ? [versions + k] : [];
  for (; from < (chainAt[k + 1] as number); from++) lasts.push(chain[from] as number);
  addTail(known, k, previous, previousCommitted, lasts, graph);
}

/**
 * The tail of a key: all of it comes after the chain. `lasts` are the slots of the last versions before it; there are
 * several where nobody wrote the later ones.
 */
function addTail(
  { txns, seen, orders, readers }: Known,
  k: number,
  last: number,
  lastCommitted: number,
  lasts: readonly number[],
  graph: GraphBuilder,
): void {
  const [start, end] = [orders.tailAt[k] as number, orders.tailAt[k + 1] as number];
  if (start === end) return;
  const writers: number[] = [];
  for (let i = start; i < end; i++) writers.push(seen.writer[orders.tail[i] as number] as number);
  const writes = new Set(writers);
  /** Saw the last version. */
  const observers: number[] = [];
  let overwriters = 0;
  for (const slot of lasts)
    for (let i = readers.at[slot] as number; i < (readers.at[slot + 1] as number); i++) {
      const t = readers.transaction[i] as number;
      if (!writes.has(t)) observers.push(t);
      else if (overwriters++ < MAX_OVERWRITERS) for (const by of writers) if (by !== t) graph.add(t, by, RW);
    }
  each(observers, writers, RW, graph);
  if (writes.has(last)) {
    for (const by of writers) if (by !== last) graph.add(last, by, WW);
  } else if (last !== NOBODY) each([last], writers, WW, graph);
  if (lastCommitted !== NOBODY && lastCommitted !== last)
    for (const by of writers)
      if (by !== lastCommitted && txns.status[by] === COMMITTED) graph.add(lastCommitted, by, WW_OVER);
}

/** Edges from each of these to each of those, through a hub where that is less. */
function each(from: readonly number[], to: readonly number[], code: Code, graph: GraphBuilder): void {
  if (from.length * to.length <= from.length + to.length + 1) {
    for (const a of from) for (const b of to) graph.add(a, b, code);
    return;
  }
  const hub = graph.hub();
  for (const a of from) graph.add(a, hub, code);
  for (const b of to) graph.add(hub, b, HUB);
}

const WW_OF = [WW, WW_SO, WW_RT] as const;
const RW_OF = [RW, RW_SO, RW_RT] as const;

function addPairs({ txns, seen, readers }: Known, pairs: VersionPairs, graph: GraphBuilder): void {
  const overwriters = ints(txns.versionKey.length);
  for (let i = 0; i < pairs.before.length; i++) {
    const before = pairs.before[i] as number;
    const after = pairs.after[i] as number;
    if (after === INITIAL) continue;
    const level = pairs.level[i] as 0 | 1 | 2;
    if (level === 0) {
      const known = overwriters[before] as number;
      overwriters[before] = known + 1;
      if (known >= MAX_OVERWRITERS) continue;
    }
    const by = writerOf(seen, after);
    if (by === NOBODY) continue;
    const previous = writerOf(seen, before);
    if (previous !== NOBODY && previous !== by) graph.add(previous, by, WW_OF[level]);
    addOverwrite(readers, before, by, RW_OF[level], graph);
  }
}
