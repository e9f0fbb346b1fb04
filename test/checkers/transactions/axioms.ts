import type { ConsistencyModel } from "../../../src/core/consistency.ts";
import {
  executions,
  inRealTime,
  inSession,
  permutations,
  product,
  type Txn,
  type World,
  worlds,
  writesOf,
} from "./oracle.ts";

/**
 * The models of Cerone, Bernardi & Gotsman (CONCUR 2015) by their axioms: a total order AR (arbitration) of the transactions
 * and a part of it VIS (visibility), all of them tried; reads see the last visible write (EXT) and repeat themselves (INT).
 * For two to four transactions.
 */
export const AXIOMATIC: readonly ConsistencyModel[] = [
  "read-atomic",
  "parallel-snapshot-isolation",
  "prefix",
  "snapshot-isolation",
  "strong-session-snapshot-isolation",
  "strong-snapshot-isolation",
  "serializable",
];

/** The models among `AXIOMATIC` that some arbitration and visibility satisfy. */
export function byAxioms(txns: readonly Txn[], isList: boolean): Set<ConsistencyModel> {
  const held = new Set<ConsistencyModel>();
  for (const executed of executions(txns))
    for (const world of worlds(txns, executed, isList))
      for (const arbitration of permutations(executed)) {
        if (!agrees(world, arbitration)) continue;
        for (const visibility of visibilities(arbitration)) {
          const sees = (a: number, b: number): boolean => visibility.get(b)?.includes(a) ?? false;
          if (isExternal(world, arbitration, sees)) hold(held, world, arbitration, sees);
        }
      }
  return held;
}

type Sees = (a: number, b: number) => boolean;

/** True if the orders of versions are those of the arbitration. */
const agrees = ({ orders }: World, arbitration: readonly number[]): boolean =>
  [...orders.values()].every((order) =>
    order.every((w, i) => i === 0 || arbitration.indexOf(order[i - 1] as number) < arbitration.indexOf(w)),
  );

/** Every part of the arbitration, as who is visible to whom. */
function* visibilities(arbitration: readonly number[]): Generator<Map<number, number[]>> {
  const earlier = arbitration.map((_, i) => arbitration.slice(0, i));
  const subsets = earlier.map((of) =>
    [...product(of.map(() => [true, false]))].map((picks) => of.filter((_, i) => picks[i])),
  );
  for (const chosen of product(subsets)) yield new Map(arbitration.map((t, i) => [t, chosen[i] as number[]]));
}

/** EXT and INT: every read shows the version of the last visible writer of its key. */
function isExternal({ txns, sights, orders }: World, arbitration: readonly number[], sees: Sees): boolean {
  return sights.every(({ txn, key, index }) => {
    const visible = arbitration.filter((w) => sees(w, txn) && writesOf(txns[w] as Txn, key).length > 0);
    const last = visible.at(-1);
    return (last === undefined ? 0 : (orders.get(key) as readonly number[]).indexOf(last) + 1) === index;
  });
}

function hold(
  held: Set<ConsistencyModel>,
  { txns, executed }: World,
  arbitration: readonly number[],
  sees: Sees,
): void {
  const before: Sees = (a, b) => arbitration.indexOf(a) < arbitration.indexOf(b);
  const all = (holds: (a: number, b: number) => boolean): boolean =>
    executed.every((a) => executed.every((b) => holds(a, b)));
  const transitive = executed.every((c) => all((a, b) => !(sees(a, b) && sees(b, c)) || sees(a, c)));
  const prefix = executed.every((c) => all((a, b) => !(before(a, b) && sees(b, c)) || sees(a, c)));
  const keysOf = (t: number): string[] => (txns[t] as Txn).micros.flatMap(({ f, key }) => (f === "r" ? [] : [key]));
  const noConflict = all((a, b) => !before(a, b) || sees(a, b) || !keysOf(a).some((key) => keysOf(b).includes(key)));
  const session = all((a, b) => a === b || !inSession(txns[a] as Txn, txns[b] as Txn) || sees(a, b));
  const realTime = all((a, b) => a === b || !inRealTime(txns[a] as Txn, txns[b] as Txn) || sees(a, b));
  held.add("read-atomic");
  if (transitive && noConflict) held.add("parallel-snapshot-isolation");
  if (prefix) held.add("prefix");
  if (!prefix || !noConflict) return;
  held.add("snapshot-isolation");
  if (session) held.add("strong-session-snapshot-isolation");
  if (session && realTime) held.add("strong-snapshot-isolation");
  if (all((a, b) => !before(a, b) || sees(a, b))) held.add("serializable");
}
