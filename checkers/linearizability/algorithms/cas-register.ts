import type { Operation } from "../../../src/core/operation.ts";
import type { Spec } from "../../../src/core/spec.ts";
import type { Algorithm, Decision } from "../algorithm.ts";
import { blame, Chains, PRODUCER, READER, REFUSED } from "./chains.ts";
import { fitsRefused } from "./refused.ts";
import { orderTouching, type Spans, spansOf } from "./spans.ts";
import { measureChain, type ValueSpans, valueSpansOf } from "./value-spans.ts";
import { emptyZones, findContradiction, value } from "./zones.ts";

/**
 * Registers with compare-and-set whose written values are all different.
 *
 * A value, once replaced, never returns. So while a register holds u, nothing but reads of u can come between whatever
 * produced u and the compare-and-set from u to v, if there is one: everything else would end u. Hence a chain of values
 * glued by compare-and-sets, with all reads of them, is one block of adjacent operations, in the order: producer, its
 * readers, next producer, its readers, … This order inside must keep real time; between the blocks there is no other tie
 * than real time, so that the zones decide, as they do for registers (see `Zones`).
 *
 * An operation of unknown outcome happened if its value was seen, by an operation that happened. Otherwise it can be left
 * out, for nothing else needs it.
 *
 * A compare-and-set that was refused only says that the value was another one at some moment. A history in which there is
 * certainly no such moment is refuted, and one for which an order with such moments is found is accepted (`fitsRefused`);
 * what is between is declined.
 */
export const casRegister: Algorithm = {
  name: "cas-register-chains",
  specs: ["cas-register"],
  source: "Gibbons & Korach, Testing Shared Memories, SIAM J. Comput. 26 (1997), §4, with read-modify-writes glued",
  decide(spec: Spec, ops: readonly Operation[], deadlineMs: number): Decision {
    if (performance.now() >= deadlineMs) return { type: "time", placed: 0 };
    const chains = Chains.of(spec, ops);
    if (!(chains instanceof Chains)) return chains;
    if (performance.now() >= deadlineMs) return { type: "time", placed: 0 };
    const spans = spansOf(ops);
    const culprits = findCulprits(spans, chains);
    if (culprits !== undefined) return blame(ops, culprits);
    const ordered = orderTouching(spans, ops);
    const others = ordered && findCulprits(ordered.spans, chains);
    if (others !== undefined)
      return ordered?.exact
        ? blame(ops, others)
        : { type: "declined", why: "several processes return and call at the same instant" };
    if (!fitsRefused(ordered?.spans ?? spans, chains))
      return { type: "declined", why: "it is not clear when the compare-and-sets that failed took place" };
    return { type: "linearizable", placed: ops.filter(({ outcome }) => outcome.type !== "info").length };
  },
};

/** Positions of operations that contradict each other; `undefined` if none do. */
function findCulprits(spans: Spans, chains: Chains): number[] | undefined {
  const reads = valueSpansOf(spans, chains);
  const zones = emptyZones(chains.roots.length);
  for (const [chain, root] of chains.roots.entries()) {
    const wrong = measureChain(spans, chains, reads, zones, chain, root);
    if (wrong !== undefined) return endsOf(spans, chains, chain, wrong.returned, wrong.called);
  }
  const pair = findContradiction(zones);
  if (pair !== undefined)
    return pair.flatMap((chain) =>
      endsOf(spans, chains, chain, value(zones.firstReturn, chain), value(zones.lastCall, chain)),
    );
  return findRefused(spans, chains, reads);
}

/** The operations of a chain that returned or were called at these times, one each, and what shows that they belong to it. */
function endsOf({ calls, returns }: Spans, chains: Chains, chain: number, returned: number, called: number): number[] {
  const { roles, valueAt, chainOf } = chains;
  const isOfChain = (i: number): boolean =>
    (roles[i] === PRODUCER || roles[i] === READER) && chainOf[valueAt[i] as number] === chain;
  const positions: number[] = [];
  for (let i = 0; i < roles.length; i++)
    if (isOfChain(i) && (value(returns, i) === returned || value(calls, i) === called))
      positions.push(i, ...chains.proofOf(valueAt[i] as number));
  return positions;
}

/** A compare-and-set that was refused although its value was there all the time, and what shows that. */
function findRefused(spans: Spans, chains: Chains, { firstRead, lastRead }: ValueSpans): number[] | undefined {
  const { calls, returns } = spans;
  const { roles, valueAt, producers, next } = chains;
  for (let i = 0; i < roles.length; i++) {
    const v = valueAt[i] as number;
    if (roles[i] !== REFUSED || v < 0) continue;
    const producer = producers[v] as number;
    const after = next[v] as number;
    const replacer = after < 0 ? -1 : (producers[after] as number);
    // Of a value that was never there, or only perhaps: infinite.
    const since = Math.min(producer < 0 ? Number.NEGATIVE_INFINITY : value(returns, producer), value(firstRead, v));
    const until = Math.max(replacer < 0 ? Number.NEGATIVE_INFINITY : value(calls, replacer), value(lastRead, v));
    if (since >= value(calls, i) || until <= value(returns, i)) continue;
    const positions = [i, ...chains.proofOf(v)];
    for (let j = 0; j < roles.length; j++)
      if (roles[j] === READER && valueAt[j] === v && (value(returns, j) === since || value(calls, j) === until))
        positions.push(j);
    if (replacer >= 0 && value(calls, replacer) === until) positions.push(...chains.proofOf(after));
    return positions;
  }
  return undefined;
}
