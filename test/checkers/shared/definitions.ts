import type { DataType } from "../../../checkers/causal/index.ts";
import type { History } from "../../../src/core/history.ts";
import { type Event, possibilities, split } from "./events.ts";

/**
 * The causal models, PRAM and sequential consistency by their definitions, by enumeration: slow and obvious. An order of
 * events is a list of bit sets, for each event those that come before it.
 */
export type Defined = "causal-cc" | "causal-cm" | "causal-ccv" | "pram";

export function satisfies(model: Defined, type: DataType, history: History): boolean {
  for (const happened of possibilities(type, history)) {
    const events = split(happened);
    if (model === "pram" ? hasViews(type, events) : isCausal(model, type, events, leastOrder(events))) return true;
  }
  return false;
}

/** The same with every causal order that there is, for a few events: the definition word by word. */
export function satisfiesBySomeOrder(model: Defined, type: DataType, history: History): boolean {
  for (const happened of possibilities(type, history)) {
    const events = split(happened);
    const sessions = closure(
      events.map((_, b) => bits(events, (a, i) => i < b && a.process === (events[b] as Event).process)),
    );
    for (const order of partialOrders(events.length)) {
      const keeps = sessions.every((before, i) => (before & ~(order[i] as number)) === 0);
      if (keeps && isCausal(model, type, events, order)) return true;
    }
  }
  return false;
}

/** How many events the definitions see, when every update of unknown outcome happened. */
export const eventCount = (type: DataType, history: History): number =>
  Math.max(0, ...[...possibilities(type, history)].map((events) => split(events).length));

const bits = (events: readonly Event[], test: (event: Event, i: number) => boolean): number =>
  events.reduce((set, event, i) => (test(event, i) ? set | (1 << i) : set), 0);

const isSource = (a: Event, b: Event): boolean =>
  a.key === b.key && a.wrote !== undefined && (b.saw?.includes(a.wrote) ?? false);

/** Session order and reads-from, of which a larger causal order could only demand more. */
const leastOrder = (events: readonly Event[]): number[] =>
  closure(events.map((b, k) => bits(events, (a, i) => (i < k && a.process === b.process) || isSource(a, b))));

function closure(before: number[]): number[] {
  for (const via of before.keys())
    for (const [i, set] of before.entries()) if (set & (1 << via)) before[i] = set | (before[via] as number);
  return before;
}

function isCausal(model: Defined, type: DataType, events: readonly Event[], order: readonly number[]): boolean {
  if (order.some((before, i) => before & (1 << i))) return false;
  if (model === "causal-ccv") return isConvergent(type, events, order);
  if (model === "causal-cc")
    return events.every(({ saw, key }, i) => {
      if (saw === undefined) return true;
      const writes = bits(events, (event) => event.wrote !== undefined && event.key === key) & (order[i] as number);
      return isExplained(type, events, order, writes | (1 << i), 1 << i);
    });
  return events.every(({ process }, i) => {
    if (events.findLastIndex((event) => event.process === process) !== i) return true;
    const own = bits(events, (event) => event.process === process);
    const writes = bits(events, ({ wrote }) => wrote !== undefined);
    return isExplained(type, events, order, ((order[i] as number) & writes) | own, own);
  });
}

/** PRAM: each session has an order of all writes and its own reads; compare-and-sets come after what they swapped. */
function hasViews(type: DataType, events: readonly Event[]): boolean {
  const swapped = (a: Event, b: Event): boolean => {
    const read = events[events.indexOf(b) - 1];
    return b.wrote !== undefined && read?.op === b.op && isSource(a, read);
  };
  const order = closure(
    events.map((b, k) => bits(events, (a, i) => (i < k && a.process === b.process) || swapped(a, b))),
  );
  if (order.some((before, i) => before & (1 << i))) return false;
  const writes = bits(events, ({ wrote }) => wrote !== undefined);
  return events.every(({ process }) => {
    const own = bits(events, (event) => event.process === process);
    return isExplained(type, events, order, writes | own, own);
  });
}

/** True if these events can be put in a line that keeps `order`, so that those of `judged` see what they saw. */
function isExplained(
  type: DataType,
  events: readonly Event[],
  order: readonly number[],
  all: number,
  judged: number,
): boolean {
  const line: Event[] = [];
  const place = (left: number): boolean => {
    if (left === 0) return true;
    for (const [i, event] of events.entries()) {
      if (!(left & (1 << i)) || left & (order[i] as number)) continue;
      if (judged & (1 << i) && event.saw !== undefined && !shows(type, line, event, event.saw)) continue;
      line.push(event);
      if (place(left & ~(1 << i))) return true;
      line.pop();
    }
    return false;
  };
  return place(all);
}

/** True if some line of all events that keeps `order` explains each read by what is in its past. */
function isConvergent(type: DataType, events: readonly Event[], order: readonly number[]): boolean {
  const line: number[] = [];
  const place = (left: number): boolean => {
    if (left === 0) return true;
    for (const [i, event] of events.entries()) {
      if (!(left & (1 << i)) || left & (order[i] as number)) continue;
      if (event.saw !== undefined) {
        const past = line.filter((j) => (order[i] as number) & (1 << j)).map((j) => events[j] as Event);
        if (!shows(type, past, event, event.saw)) continue;
      }
      line.push(i);
      if (place(left & ~(1 << i))) return true;
      line.pop();
    }
    return false;
  };
  return place((1 << events.length) - 1);
}

function shows(type: DataType, line: readonly Event[], { key, asked }: Event, saw: readonly number[]): boolean {
  const writes = line.flatMap((event) => (event.key === key ? (event.wrote ?? []) : []));
  if (asked !== undefined) return writes.includes(asked) === saw.includes(asked);
  if (type === "register") return writes.at(-1) === saw[0];
  const [expected, found] = type === "list" ? [writes, saw] : [writes.toSorted(), saw.toSorted()];
  return expected.length === found.length && expected.every((value, i) => value === found[i]);
}

const known = new Map<number, number[][]>();

/** All strict partial orders of so many events. */
function partialOrders(size: number): number[][] {
  const found = known.get(size) ?? [];
  if (known.has(size)) return found;
  known.set(size, found);
  const pairs = Array.from({ length: size * size }, (_, i) => [Math.floor(i / size), i % size] as const).filter(
    ([a, b]) => a !== b,
  );
  for (let choice = 0; choice < 1 << pairs.length; choice++) {
    const order = new Array<number>(size).fill(0);
    for (const [i, [a, b]] of pairs.entries()) if (choice & (1 << i)) order[b] = (order[b] as number) | (1 << a);
    const closed = closure([...order]);
    if (closed.every((before, i) => before === order[i] && !(before & (1 << i)))) found.push(closed);
  }
  return found;
}
