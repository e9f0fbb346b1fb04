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
  const at = new Int32Array(versions + keyNames.length + 1);
  for (let m = 0; m < seen.length; m++) {
    const slot = slotOf(m);
    if (slot >= 0) at[slot + 1] = (at[slot + 1] as number) + 1;
  }
  for (let slot = 0; slot + 1 < at.length; slot++) at[slot + 1] = (at[slot + 1] as number) + (at[slot] as number);
  const next = at.slice();
  const transaction = new Int32Array(at.at(-1) ?? 0);
  for (let t = 0; t < count; t++)
    for (let m = first[t] as number; m < (first[t + 1] as number); m++) {
      const slot = slotOf(m);
      if (slot < 0) continue;
      transaction[next[slot] as number] = t;
      next[slot] = (next[slot] as number) + 1;
    }
  return { transaction, at };
}
