import { increment, startsOf } from "../shared/counts.ts";
import { ints } from "./memory.ts";
import { NOTHING, type Observations } from "./observations.ts";
import { INITIAL, type Transactions } from "./transactions.ts";

/**
 * The transactions that saw a version of others: those of version v are `transaction[at[v]]` up to `at[v + 1]`, exclusive;
 * those that saw the initial state of key k are at the slot `versions + k`. A transaction that looked twice stands there
 * twice.
 */
export interface Readers {
  readonly transaction: Int32Array;
  readonly at: Int32Array;
}

export function readersOf({ count, first, key, versionKey, keyNames }: Transactions, { seen }: Observations): Readers {
  const versions = versionKey.length;
  const slotOf = (m: number): number => {
    const v = seen[m] as number;
    return v === NOTHING ? -1 : v === INITIAL ? versions + (key[m] as number) : v;
  };
  // Where the transactions of a slot begin stands one place further on at first, and ends up one back.
  const slots = versions + keyNames.length;
  const at = ints(slots + 2);
  for (let m = 0; m < seen.length; m++) {
    const slot = slotOf(m);
    if (slot >= 0) increment(at, slot + 2);
  }
  startsOf(at);
  const transaction = ints(at[slots + 1] as number);
  for (let t = 0; t < count; t++)
    for (let m = first[t] as number; m < (first[t + 1] as number); m++) {
      const slot = slotOf(m);
      if (slot < 0) continue;
      const place = at[slot + 1] as number;
      transaction[place] = t;
      at[slot + 1] = place + 1;
    }
  return { transaction, at: at.subarray(0, slots + 1) };
}
