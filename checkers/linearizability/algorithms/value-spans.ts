import { type Chains, READER } from "./chains.ts";
import type { Spans } from "./spans.ts";
import { value, type Zones } from "./zones.ts";

/** When the operations on each value ran that were there. */
export interface ValueSpans {
  /** By value: the first return and the last call of its readers. */
  readonly firstRead: Float64Array;
  readonly lastRead: Float64Array;
}

export function valueSpansOf({ calls, returns }: Spans, { roles, valueAt }: Chains): ValueSpans {
  const firstRead = new Float64Array(roles.length + 1).fill(Number.POSITIVE_INFINITY);
  const lastRead = new Float64Array(roles.length + 1).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < roles.length; i++) {
    if (roles[i] !== READER) continue;
    const v = valueAt[i] as number;
    if (value(returns, i) < value(firstRead, v)) firstRead[v] = value(returns, i);
    if (value(calls, i) > value(lastRead, v)) lastRead[v] = value(calls, i);
  }
  return { firstRead, lastRead };
}

/** A time at which an operation on a later value returned, and a later time at which one on an earlier value was called. */
interface Inversion {
  readonly chain: number;
  readonly returned: number;
  readonly called: number;
}

/** Notes the zone of a chain. Returns what contradicts its order, if anything does. */
export function measureChain(
  { calls, returns }: Spans,
  { producers, next }: Chains,
  { firstRead, lastRead }: ValueSpans,
  { firstReturn, lastCall }: Zones,
  chain: number,
  root: number,
): Inversion | undefined {
  const values: number[] = [];
  for (let v = root; v >= 0; v = next[v] as number) values.push(v);
  // From the last value to the first one.
  let returned = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = values.length - 1; i >= 0; i--) {
    const v = values[i] as number;
    if (value(lastRead, v) > returned) return { chain, returned, called: value(lastRead, v) };
    returned = Math.min(returned, value(firstRead, v));
    last = Math.max(last, value(lastRead, v));
    const at = producers[v] as number;
    if (at < 0) returned = Number.NEGATIVE_INFINITY;
    else {
      if (value(calls, at) > returned) return { chain, returned, called: value(calls, at) };
      returned = Math.min(returned, value(returns, at));
      last = Math.max(last, value(calls, at));
    }
  }
  firstReturn[chain] = returned;
  lastCall[chain] = last;
  return undefined;
}
