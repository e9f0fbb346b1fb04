import type { Deadline } from "../../shared/deadline.ts";
import { INITIAL } from "../transactions.ts";
import { DemandList, type Demands } from "./demands.ts";
import type { Facts } from "./facts.ts";
import { type Sessions, type Writes, wrote } from "./sessions.ts";

/**
 * What read atomic demands: where a transaction saw a write of `t2`, and read `x`, which `t2` wrote too, from another
 * `t1`, then `t2` commits before `t1`. (Biswas & Enea, OOPSLA 2019, Fig. 2c, without sessions; it is RA of Cerone,
 * Bernardi & Gotsman, CONCUR 2015, with no more visible than was seen.)
 *
 * With `sessions` given, a transaction also has to see what its session committed before, as in Biswas & Enea.
 */
export function atomicDemands(
  facts: Facts,
  writes: Writes,
  sessions: Sessions | undefined,
  deadline: Deadline,
): Demands {
  const list = new DemandList();
  seenWriters(facts, writes, list, deadline);
  if (sessions !== undefined) ownSession(facts, writes, sessions, list, deadline);
  return list.demands(facts.txns.count);
}

/** Every writer costs the keys that it wrote or those that are read, whichever are fewer: O(n^(3/2)). */
function seenWriters(facts: Facts, writes: Writes, list: DemandList, deadline: Deadline): void {
  const { txns, readFirst, readAt, readFrom, isFirstOfKey } = facts;
  const seenBy = new Int32Array(txns.count).fill(-1);
  const readBy = new Int32Array(txns.keyNames.length).fill(-1);
  const source = new Int32Array(txns.keyNames.length);
  /** A read of `k` by `t` must not miss what `from` wrote. */
  const demand = (from: number, t: number, k: number): void => {
    const other = source[k] as number;
    if (readBy[k] !== t || other === from) return;
    if (other === INITIAL) list.miss(from, t, k);
    else list.add(from, other);
  };

  for (let t = 0; t < txns.count; t++) {
    deadline.step();
    const start = readFirst[t] as number;
    const end = readFirst[t + 1] as number;
    if (end - start < 2) continue;
    for (let r = start; r < end; r++) {
      if (!isFirstOfKey[r]) continue;
      const k = txns.key[readAt[r] as number] as number;
      readBy[k] = t;
      source[k] = readFrom[r] as number;
    }
    for (let r = start; r < end; r++) {
      const from = readFrom[r] as number;
      // What a repeated read saw of another transaction is told by itself.
      if (!isFirstOfKey[r] || from === INITIAL || seenBy[from] === t) continue;
      seenBy[from] = t;
      const low = writes.first[from] as number;
      const high = writes.first[from + 1] as number;
      if (high - low <= end - start) for (let i = low; i < high; i++) demand(from, t, writes.key[i] as number);
      else
        for (let i = start; i < end; i++) {
          const k = txns.key[readAt[i] as number] as number;
          if (wrote(writes, from, k)) demand(from, t, k);
        }
    }
  }
}

/** What a session must see of its own. Of what it wrote to a key before, the last write is enough: the others come before it. */
export function ownSession(
  facts: Facts,
  writes: Writes,
  sessions: Sessions,
  list: DemandList,
  deadline: Deadline,
): void {
  const { txns, readFirst, readAt, readFrom, isFirstOfKey } = facts;
  const writtenIn = new Int32Array(txns.keyNames.length).fill(-1);
  const lastWriter = new Int32Array(txns.keyNames.length);
  for (const t of sessions.txns) {
    deadline.step();
    const session = txns.session[t] as number;
    for (let r = readFirst[t] as number; r < (readFirst[t + 1] as number); r++) {
      const k = txns.key[readAt[r] as number] as number;
      const from = readFrom[r] as number;
      const own = lastWriter[k] as number;
      if (!isFirstOfKey[r] || writtenIn[k] !== session || own === from) continue;
      if (from === INITIAL) list.miss(own, t, k);
      else list.add(own, from);
    }
    for (let i = writes.first[t] as number; i < (writes.first[t + 1] as number); i++) {
      const k = writes.key[i] as number;
      writtenIn[k] = session;
      lastWriter[k] = t;
    }
  }
}
