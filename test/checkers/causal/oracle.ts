import type { DataType } from "../../../checkers/causal/index.ts";
import type { History } from "../../../src/core/history.ts";
import { type Event, orders, possibilities, split } from "../shared/events.ts";

/** A set of pairs of event numbers: `relation[a][b]` if a comes before b. */
type Relation = readonly (readonly boolean[])[];

/**
 * Causal convergence (Bouajjani et al., POPL 2017) by enumeration of arbitrations. The causal order is the least one:
 * a larger one shows every read more writes, and what a read returned must be explained by what it saw at least.
 */
export function isCausallyConvergent(type: DataType, history: History): boolean {
  for (const happened of possibilities(type, history)) {
    const events = split(happened);
    if (everyValueWritten(events) && someArbitration(type, events, closure(leastOrder(events)))) return true;
  }
  return false;
}

/** The same with every causal order that there is, for at most four events: the definition word by word. */
export function isCausallyConvergentByDefinition(type: DataType, history: History): boolean {
  for (const happened of possibilities(type, history)) {
    const events = split(happened);
    for (const co of partialOrders(events.length)) {
      const keepsSessions = events.every((a, i) =>
        events.every((b, k) => i >= k || a.process !== b.process || co[i]?.[k]),
      );
      if (keepsSessions && someArbitration(type, events, co)) return true;
    }
  }
  return false;
}

/** How many events the oracles see, when every update of unknown outcome happened. */
export function eventCount(type: DataType, history: History): number {
  return Math.max(0, ...[...possibilities(type, history)].map((events) => split(events).length));
}

const wrote = (events: readonly Event[], key: string, value: number): boolean =>
  events.some((event) => event.key === key && event.wrote === value);

const everyValueWritten = (events: readonly Event[]): boolean =>
  events.every(({ key, saw }) => !saw || saw.every((value) => wrote(events, key, value)));

/** Session order and reads-from. */
const leastOrder = (events: readonly Event[]): boolean[][] =>
  events.map((a, i) =>
    events.map((b, k) => {
      if (i < k && a.process === b.process) return true;
      return a.key === b.key && a.wrote !== undefined && (b.saw?.includes(a.wrote) ?? false);
    }),
  );

function closure(relation: boolean[][]): Relation {
  for (const via of relation.keys())
    for (const row of relation) if (row[via]) for (const to of row.keys()) row[to] ||= relation[via]?.[to] ?? false;
  return relation;
}

/** True if some total order that extends `co` explains what every read returned by the causal past of the read. */
function someArbitration(type: DataType, events: readonly Event[], co: Relation): boolean {
  if (co.some((row, i) => row[i])) return false;
  const numbers = [...events.keys()];
  const allowed = (next: number, left: readonly number[]): boolean => left.every((other) => !co[other]?.[next]);
  for (const order of orders(numbers, allowed)) {
    const explained = events.every(({ key, saw }, read) => {
      if (saw === undefined) return true;
      const visible = order.flatMap((i) => {
        const event = events[i] as Event;
        return co[i]?.[read] && event.key === key && event.wrote !== undefined ? [event.wrote] : [];
      });
      const returned = type === "list" ? visible : visible.slice(-1);
      return returned.length === saw.length && returned.every((value, i) => value === saw[i]);
    });
    if (explained) return true;
  }
  return false;
}

const known = new Map<number, Relation[]>();

/** All strict partial orders of so many events. */
function partialOrders(size: number): Relation[] {
  const found = known.get(size) ?? [];
  if (known.has(size)) return found;
  known.set(size, found);
  const cells = Array.from({ length: size * size }, (_, i) => [Math.floor(i / size), i % size] as const);
  const pairs = cells.filter(([a, b]) => a !== b);
  for (let choice = 0; choice < 1 << pairs.length; choice++) {
    const relation = Array.from({ length: size }, () => Array.from({ length: size }, () => false));
    for (const [i, [a, b]] of pairs.entries()) if (choice & (1 << i)) (relation[a] as boolean[])[b] = true;
    const size1 = relation.flat().filter(Boolean).length;
    const closed = closure(relation);
    const same = closed.flat().filter(Boolean).length === size1;
    if (same && !closed.some((row, i) => row[i])) found.push(closed);
  }
  return found;
}
