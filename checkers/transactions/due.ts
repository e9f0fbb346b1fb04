import type { Known } from "./dependencies.ts";
import { doubles } from "./memory.ts";
import { COMMITTED, READ } from "./transactions.ts";

/**
 * When each transaction must have happened at the latest: when it returned, or the first committed one that saw what it
 * wrote did. One that never returned and that nobody saw is due when it was called: it may as well be early. Nanoseconds.
 */
export function dueNs({ txns, seen }: Known): Float64Array {
  const { count, status, first, f, returnNs, callNs } = txns;
  const due = doubles(count);
  due.set(returnNs);
  for (let t = 0; t < count; t++) {
    if (status[t] !== COMMITTED) continue;
    for (let m = first[t] as number; m < (first[t + 1] as number); m++) {
      const v = f[m] === READ ? (seen.seen[m] as number) : -1;
      const by = v < 0 ? -1 : (seen.writer[v] as number);
      if (by >= 0 && (due[by] as number) > (returnNs[t] as number)) due[by] = returnNs[t] as number;
    }
  }
  for (let t = 0; t < count; t++) if (due[t] === Number.POSITIVE_INFINITY) due[t] = callNs[t] as number;
  return due;
}
