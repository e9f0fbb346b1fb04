import { increment, startsOf } from "../shared/counts.ts";
import { ints } from "./memory.ts";
import type { Observations } from "./observations.ts";
import type { Transactions } from "./transactions.ts";

/**
 * What is known of the orders in which keys got their versions. Of every key a chain: its first versions in order. All
 * other versions of transactions that count come after the chain, in an order that is not known: the tail.
 */
export interface VersionOrders {
  /** Chains of all keys, one after the other; that of key k is `chain[chainAt[k]]` up to `chain[chainAt[k + 1]]`, exclusive. */
  readonly chain: Int32Array;
  readonly chainAt: Int32Array;
  /** Tails in the same way: only the last write of each transaction. */
  readonly tail: Int32Array;
  readonly tailAt: Int32Array;
  /** Of each version its position in its key's chain, or -1. */
  readonly position: Int32Array;
  /** Of each key 1 if nothing can be said of it: a value was written twice, or the reads contradict each other. */
  readonly isUnordered: Uint8Array;
  /** True if every key has its order: no tail has two versions, and no key is unordered. */
  readonly isTotal: boolean;
}

/** A chain for every key, as lists of versions; the tails are what remains. */
export function versionOrders(
  txns: Transactions,
  seen: Observations,
  chains: { readonly chain: Int32Array; readonly chainAt: Int32Array },
  isUnordered: Uint8Array,
): VersionOrders {
  const { chain, chainAt } = chains;
  const position = positions(txns, chain, chainAt);
  const { tail, tailAt } = byKey(txns, (v) => position[v] === -1 && inExecution(txns, seen, isUnordered, v));
  let isTotal = true;
  for (let k = 0; k < isUnordered.length; k++)
    if (isUnordered[k] === 1 || (tailAt[k + 1] as number) - (tailAt[k] as number) > 1) isTotal = false;
  return { chain, chainAt, tail, tailAt, position, isUnordered, isTotal };
}

/** The same orders with every tail put in the order of `rank`, a number of each transaction. */
export function completed(
  txns: Transactions,
  orders: VersionOrders,
  seen: Observations,
  rank: Int32Array,
): VersionOrders {
  const keys = orders.isUnordered.length;
  const chain = ints(orders.chain.length + orders.tail.length);
  const chainAt = ints(keys + 1);
  const rankOf = (v: number): number => rank[seen.writer[v] as number] as number;
  let end = 0;
  for (let k = 0; k < keys; k++) {
    for (let i = orders.chainAt[k] as number; i < (orders.chainAt[k + 1] as number); i++)
      chain[end++] = orders.chain[i] as number;
    const tail = orders.tail.slice(orders.tailAt[k], orders.tailAt[k + 1]).sort((a, b) => rankOf(a) - rankOf(b));
    chain.set(tail, end);
    end += tail.length;
    chainAt[k + 1] = end;
  }
  const position = positions(txns, chain, chainAt);
  const tailAt = ints(keys + 1);
  return {
    ...orders,
    chain,
    chainAt,
    position,
    tail: ints(0),
    tailAt,
    isTotal: !orders.isUnordered.includes(1),
  };
}

/** True for the last write to its key of a transaction that counts. */
const inExecution = (txns: Transactions, seen: Observations, isUnordered: Uint8Array, v: number): boolean =>
  seen.isFinal[v] === 1 &&
  seen.counts[seen.writer[v] as number] === 1 &&
  isUnordered[txns.versionKey[v] as number] === 0;

function positions(txns: Transactions, chain: Int32Array, chainAt: Int32Array): Int32Array {
  const position = ints(txns.versionKey.length).fill(-1);
  for (let k = 0; k + 1 < chainAt.length; k++)
    for (let i = chainAt[k] as number; i < (chainAt[k + 1] as number); i++)
      position[chain[i] as number] = i - (chainAt[k] as number);
  return position;
}

/** The versions that pass, sorted by key. */
function byKey({ versionKey, keyNames }: Transactions, passes: (version: number) => boolean) {
  // Where the versions of a key begin stands one place further on at first, and ends up one back.
  const keys = keyNames.length;
  const tailAt = ints(keys + 2);
  for (let v = 0; v < versionKey.length; v++) if (passes(v)) increment(tailAt, (versionKey[v] as number) + 2);
  startsOf(tailAt);
  const tail = ints(tailAt[keys + 1] as number);
  for (let v = 0; v < versionKey.length; v++) {
    if (!passes(v)) continue;
    const k = (versionKey[v] as number) + 1;
    const place = tailAt[k] as number;
    tail[place] = v;
    tailAt[k] = place + 1;
  }
  return { tail, tailAt: tailAt.subarray(0, keys + 1) };
}
