import type { Deadline } from "../../shared/deadline.ts";
import { INITIAL } from "../transactions.ts";
import { DemandList, type Demands } from "./demands.ts";
import type { Facts } from "./facts.ts";
import { type Writes, wrote } from "./sessions.ts";

/**
 * What monotonic atomic view demands: where a transaction saw a write of `t2`, and afterwards read `x`, which `t2` wrote
 * too, from another `t1`, then `t2` commits before `t1`. (Read Committed of Biswas & Enea, OOPSLA 2019, Fig. 2b, without
 * sessions; as in Møldrup et al., PLDI 2025, §3.1, only the first read from each `t2` is looked at, and of the later reads
 * of `x` only the first that saw another transaction: what follows for the rest, follows from these.)
 *
 * In each transaction every writer costs the keys that it wrote or those that are read, whichever are fewer: O(n^(3/2)).
 */
export function monotonicViewDemands(facts: Facts, writes: Writes, deadline: Deadline): Demands {
  const { txns, readFirst, readAt, readFrom } = facts;
  const list = new DemandList();
  const firstFrom = new Uint8Array(readAt.length);
  const seenBy = new Int32Array(txns.count).fill(-1);
  // Of each key, among the reads that come later: whom the first one saw, and whom the first one saw that differs from it.
  const readBy = new Int32Array(txns.keyNames.length).fill(-1);
  const nearest = new Int32Array(txns.keyNames.length);
  const another = new Int32Array(txns.keyNames.length);

  /** A later read of `k` by `t` must not miss what `from` wrote. */
  const demand = (from: number, t: number, k: number): void => {
    if (readBy[k] !== t) return;
    const later = nearest[k] === from ? (another[k] as number) : (nearest[k] as number);
    if (later === INITIAL) list.miss(from, t, k);
    else if (later !== NONE) list.add(from, later);
  };

  for (let t = 0; t < txns.count; t++) {
    deadline.step();
    const start = readFirst[t] as number;
    const end = readFirst[t + 1] as number;
    if (end - start < 2) continue;
    for (let r = start; r < end; r++) {
      const from = readFrom[r] as number;
      if (from === INITIAL || seenBy[from] === t) continue;
      seenBy[from] = t;
      firstFrom[r] = 1;
    }
    for (let r = end - 1; r >= start; r--) {
      const from = readFrom[r] as number;
      if (firstFrom[r]) {
        const low = writes.first[from] as number;
        const high = writes.first[from + 1] as number;
        if (high - low <= end - r) for (let i = low; i < high; i++) demand(from, t, writes.key[i] as number);
        else
          for (let i = r + 1; i < end; i++) {
            const k = txns.key[readAt[i] as number] as number;
            if (wrote(writes, from, k)) demand(from, t, k);
          }
      }
      const k = txns.key[readAt[r] as number] as number;
      if (readBy[k] !== t) {
        readBy[k] = t;
        another[k] = NONE;
      } else if (nearest[k] !== from) another[k] = nearest[k] as number;
      nearest[k] = from;
    }
  }
  return list.demands(txns.count);
}

/** No such read. */
const NONE = -2;
