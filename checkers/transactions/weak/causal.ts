import { increment, startsOf } from "../../shared/counts.ts";
import type { Deadline } from "../../shared/deadline.ts";
import { INITIAL } from "../transactions.ts";
import { ownSession } from "./atomic-reads.ts";
import { chainsOf } from "./chains.ts";
import { DemandList, type Demands } from "./demands.ts";
import type { Facts } from "./facts.ts";
import { type Sessions, type Writes, writesOf } from "./sessions.ts";

/** With more sessions it is worth while to look for chains of them. */
const MAX_SESSIONS = 64;
/** How many clock entries are held at once: a quarter of a gibibyte. */
const MAX_ENTRIES = 1 << 26;

/** For tests: the same limits on small histories. */
export interface Limits {
  readonly maxSessions?: number;
  readonly maxEntries?: number;
}

/**
 * What causal consistency demands: where `t2` is a cause of a transaction (through sessions and what was read) that read
 * `x` from another `t1`, and `t2` wrote `x` too, then `t2` commits before `t1`. (Causal Consistency of Biswas & Enea,
 * OOPSLA 2019, Fig. 2d.)
 *
 * Causes are counted by vector clocks, one entry a session (Fidge 1988, Mattern 1989), as in Møldrup et al., PLDI 2025,
 * §3.3. The readers of a version are taken together: of each session the last writer of `x` that is a cause of any of them
 * is enough, for the earlier ones come before it. So n operations of k sessions cost O(n k). Where there are many sessions
 * the columns of the clocks are worked through in blocks, so that memory stays the same.
 *
 * `order` is a topological order of sessions and reads.
 */
export function causalDemands(
  facts: Facts,
  writes: Writes,
  sessions: Sessions,
  order: Int32Array,
  deadline: Deadline,
  { maxSessions = MAX_SESSIONS, maxEntries = MAX_ENTRIES }: Limits = {},
): Demands {
  const list = new DemandList();
  if (sessions.count <= maxSessions) demandsAmong(sessions, writes);
  else {
    // Chains lack what only its own session knows of.
    ownSession(facts, writes, sessions, list, deadline);
    const chains = chainsOf(facts, sessions, order, deadline);
    demandsAmong(chains, writesOf(facts, chains));
  }
  return list.demands(facts.txns.count);

  function demandsAmong(threads: Sessions, ofThreads: Writes): void {
    const readers = byVersion(facts);
    const runs = runsOf(facts, ofThreads, threads);
    const size = facts.txns.count;
    const width = Math.min(threads.count, Math.max(1, Math.floor(maxEntries / size)));
    const clocks = new Int32Array(size * width);
    for (let low = 0; low < threads.count; low += width) {
      if (low > 0) clocks.fill(0);
      const block = { low, high: Math.min(threads.count, low + width), width, clocks };
      tick(facts, threads, order, block, deadline);
      compare(facts, ofThreads, threads, readers, runs, block, list, deadline);
    }
  }
}

/** The clocks of all transactions for the sessions from `low` up to `high`, exclusive. */
interface Block {
  readonly low: number;
  readonly high: number;
  readonly width: number;
  /** Entry `t * width + s - low`: how many transactions of session `s` are causes of `t`; always the first so many. */
  readonly clocks: Int32Array;
}

function tick(facts: Facts, sessions: Sessions, order: Int32Array, block: Block, deadline: Deadline): void {
  const { readFirst, readFrom } = facts;
  const { low, high, width, clocks } = block;
  const join = (from: number, into: number): void => {
    const source = from * width;
    const target = into * width;
    for (let i = 0; i < high - low; i++) {
      const entry = clocks[source + i] as number;
      if (entry > (clocks[target + i] as number)) clocks[target + i] = entry;
    }
    const session = sessions.of[from] as number;
    if (session < low || session >= high) return;
    const at = target + session - low;
    const own = (sessions.place[from] as number) + 1;
    if (own > (clocks[at] as number)) clocks[at] = own;
  };
  for (const t of order) {
    deadline.step();
    if (sessions.previous[t] !== -1) join(sessions.previous[t] as number, t);
    for (let r = readFirst[t] as number; r < (readFirst[t + 1] as number); r++)
      if (readFrom[r] !== INITIAL) join(readFrom[r] as number, t);
  }
}

/** Reads by the version they saw: version numbers first, then the initial states of keys. */
interface Readers {
  readonly first: Int32Array;
  readonly reader: Int32Array;
}

function byVersion({ txns, readFirst, readAt, readVersion, isFirstOfKey }: Facts): Readers {
  const versions = txns.versionKey.length;
  const slotOf = (r: number): number => {
    const version = readVersion[r] as number;
    return version === INITIAL ? versions + (txns.key[readAt[r] as number] as number) : version;
  };
  const first = new Int32Array(versions + txns.keyNames.length + 1);
  for (let r = 0; r < readAt.length; r++) if (isFirstOfKey[r]) increment(first, slotOf(r) + 1);
  startsOf(first);
  const next = first.slice();
  const reader = new Int32Array(first[first.length - 1] as number);
  for (let t = 0; t < txns.count; t++)
    for (let r = readFirst[t] as number; r < (readFirst[t + 1] as number); r++)
      if (isFirstOfKey[r]) reader[increment(next, slotOf(r)) - 1] = t;
  return { first, reader };
}

/** A key's writers session by session: runs in `Writes.txn`. */
interface Runs {
  /** Key `k` has the runs `firstOfKey[k]` up to `firstOfKey[k + 1]`, exclusive. */
  readonly firstOfKey: Int32Array;
  /** Where a run starts; it ends where the next one starts. */
  readonly start: Int32Array;
  readonly session: Int32Array;
}

function runsOf({ txns }: Facts, { firstOfKey: firstWrite, txn }: Writes, { of }: Sessions): Runs {
  const keys = txns.keyNames.length;
  const firstOfKey = new Int32Array(keys + 1);
  const start = new Int32Array(txn.length + 1);
  const session = new Int32Array(txn.length);
  let count = 0;
  for (let k = 0; k < keys; k++) {
    firstOfKey[k] = count;
    for (let i = firstWrite[k] as number; i < (firstWrite[k + 1] as number); i++) {
      const own = of[txn[i] as number] as number;
      if (i > (firstWrite[k] as number) && session[count - 1] === own) continue;
      start[count] = i;
      session[count++] = own;
    }
  }
  firstOfKey[keys] = count;
  start[count] = txn.length;
  return { firstOfKey, start, session };
}

function compare(
  { txns, writer }: Facts,
  writes: Writes,
  { count, of, place }: Sessions,
  readers: Readers,
  runs: Runs,
  { low, high, width, clocks }: Block,
  list: DemandList,
  deadline: Deadline,
): void {
  const versions = txns.versionKey.length;
  /** Of each session of the block how many of its transactions are causes of some reader; of the others 0. */
  const most = new Int32Array(count);
  for (let slot = 0; slot + 1 < readers.first.length; slot++) {
    const start = readers.first[slot] as number;
    const end = readers.first[slot + 1] as number;
    if (start === end) continue;
    deadline.step();
    most.fill(0, low, high);
    for (let i = start; i < end; i++) {
      const at = (readers.reader[i] as number) * width - low;
      for (let s = low; s < high; s++) {
        const entry = clocks[at + s] as number;
        if (entry > (most[s] as number)) most[s] = entry;
      }
    }
    const isInitial = slot >= versions;
    const k = isInitial ? slot - versions : (txns.versionKey[slot] as number);
    const from = isInitial ? INITIAL : (writer[slot] as number);
    for (let run = runs.firstOfKey[k] as number; run < (runs.firstOfKey[k + 1] as number); run++) {
      const session = runs.session[run] as number;
      const bound = most[session] as number;
      if (bound === 0) continue;
      const last = lastBelow(writes.txn, runs.start[run] as number, runs.start[run + 1] as number, place, bound);
      if (last === -1 || last === from) continue;
      if (isInitial) missedBy(last, k, start, end);
      // What is a cause of the writer comes before it anyway.
      else if ((place[last] as number) >= (clocks[from * width + session - low] as number)) list.add(last, from);
    }
  }

  function missedBy(last: number, k: number, start: number, end: number): void {
    const column = (of[last] as number) - low;
    for (let i = start; i < end; i++) {
      const reader = readers.reader[i] as number;
      if ((clocks[reader * width + column] as number) > (place[last] as number)) list.miss(last, reader, k);
    }
  }
}

/** The last of the transactions in this stretch, which are in order of their places, whose place is less than `bound`; or -1. */
function lastBelow(txns: Int32Array, start: number, end: number, place: Int32Array, bound: number): number {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((place[txns[middle] as number] as number) < bound) low = middle + 1;
    else high = middle;
  }
  return low === start ? -1 : (txns[low - 1] as number);
}
