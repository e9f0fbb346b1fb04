import type { Access } from "../shared/history-index.ts";
import type { Clocks } from "./clocks.ts";

/** One session's writes to one key, in its order. */
export interface SessionWrites {
  readonly session: number;
  readonly writes: readonly Access[];
}

/** A key's writes by session. */
export function writesBySession(accesses: readonly Access[]): SessionWrites[] {
  const bySession = new Map<number, Access[]>();
  for (const access of accesses) {
    if (access.wrote === undefined) continue;
    const known = bySession.get(access.session);
    if (known) known.push(access);
    else bySession.set(access.session, [access]);
  }
  return [...bySession].map(([session, writes]) => ({ session, writes }));
}

/** How many of these writes are in the past of `access`: always the first so many of them. */
export function countKnown(clocks: Clocks, { session, writes }: SessionWrites, access: Access): number {
  const bound = clocks.knownOf(access.id, session);
  const last = writes.at(-1);
  // Most sessions are over, and all they wrote is known to everybody.
  if (!last || last.id < bound) return writes.length;
  let low = 0;
  let high = writes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((writes[middle] as Access).id < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
