import { increment, startsOf } from "../../shared/counts.ts";
import type { Deadline } from "../../shared/deadline.ts";
import { INITIAL } from "../transactions.ts";
import type { Facts } from "./facts.ts";
import type { Sessions } from "./sessions.ts";

/** For how many chains it is known whom they reach; further ones consist of one session each. */
const MAX_WIDTH = 64;
/** How many entries their clocks may have in all. */
const MAX_ENTRIES = 1 << 26;

/**
 * Sessions put together to fewer, longer chains: one after another where the last transaction of the one is a cause of the
 * first of the other. Each unknown outcome ends a session, so that a long history has many short ones; but what is over is
 * soon known to everybody, and a chain is all that a vector clock needs. Greedy: a session joins the first chain that fits.
 *
 * A session's last transactions, from which nobody read, are in no chain (`of` is -1): they are causes of each other only.
 *
 * `order` is a topological order of sessions and reads. Of the result, `so` is that of the sessions.
 */
export function chainsOf(facts: Facts, sessions: Sessions, order: Int32Array, deadline: Deadline): Sessions {
  const { txns, readFirst, readFrom, counts, wr } = facts;
  const size = txns.count;
  const width = Math.min(MAX_WIDTH, Math.max(1, Math.floor(MAX_ENTRIES / size)));
  const clocks = new Int32Array(size * width);
  const of = new Int32Array(size).fill(-1);
  const place = new Int32Array(size);
  /** Of each session how many of its transactions are in a chain: up to the last one that was read. */
  const sizes = new Int32Array(sessions.count);
  for (const t of sessions.txns)
    if (wr.heads[t] !== wr.heads[t + 1]) sizes[sessions.of[t] as number] = (sessions.place[t] as number) + 1;
  /** Of each session its chain, and where it starts there. */
  const chain = new Int32Array(sessions.count);
  const start = new Int32Array(sessions.count);
  /** How long each chain is, with all of its sessions. */
  const length = new Int32Array(sessions.count);
  let count = 0;

  const join = (from: number, into: number): void => {
    const source = from * width;
    const target = into * width;
    for (let c = 0; c < width; c++) {
      const entry = clocks[source + c] as number;
      if (entry > (clocks[target + c] as number)) clocks[target + c] = entry;
    }
    const own = of[from] as number;
    if (own >= 0 && own < width && (place[from] as number) >= (clocks[target + own] as number))
      clocks[target + own] = (place[from] as number) + 1;
  };
  /** A chain all of which is a cause of `t`, or a new one. */
  const chainFor = (t: number): number => {
    for (let c = 0; c < width && c < count; c++) if (clocks[t * width + c] === length[c]) return c;
    return count++;
  };

  for (const t of order) {
    if (!counts[t]) continue;
    deadline.step();
    for (let r = readFirst[t] as number; r < (readFirst[t + 1] as number); r++)
      if (readFrom[r] !== INITIAL) join(readFrom[r] as number, t);
    const s = sessions.of[t] as number;
    const position = sessions.place[t] as number;
    if (position > 0) join(sessions.previous[t] as number, t);
    else if ((sizes[s] as number) > 0) {
      const joined = chainFor(t);
      chain[s] = joined;
      start[s] = length[joined] as number;
      length[joined] = (start[s] as number) + (sizes[s] as number);
    }
    if (position >= (sizes[s] as number)) continue;
    of[t] = chain[s] as number;
    place[t] = (start[s] as number) + position;
  }
  return {
    count,
    ...byChain(count, of, place, sessions.txns),
    of,
    place,
    previous: sessions.previous,
    so: sessions.so,
  };
}

/** The transactions chain by chain. */
function byChain(
  count: number,
  of: Int32Array,
  place: Int32Array,
  members: Int32Array,
): Pick<Sessions, "first" | "txns"> {
  const first = new Int32Array(count + 1);
  for (const t of members) if (of[t] !== -1) increment(first, (of[t] as number) + 1);
  startsOf(first);
  const txns = new Int32Array(first[count] as number);
  for (const t of members) if (of[t] !== -1) txns[(first[of[t] as number] as number) + (place[t] as number)] = t;
  return { first, txns };
}
