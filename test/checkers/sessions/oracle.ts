import type { DataType } from "../../../checkers/sessions/index.ts";
import type { ConsistencyModel } from "../../../src/core/consistency.ts";
import type { History } from "../../../src/core/history.ts";
import { type Event, orders, possibilities } from "../shared/events.ts";

/** Session guarantees by their definitions, by enumeration. Slow; for histories of a few operations. */
export function satisfies(model: ConsistencyModel, type: DataType, history: History): boolean {
  for (const events of possibilities(type, history)) {
    if (GUARANTEES[type](model, events)) return true;
  }
  return false;
}

/**
 * Sets: each read sees some of the adds of its key, all that it shows and no others, or of one element whether it is
 * there; the model says what it must see besides. Elements that nobody added say nothing.
 */
function setGuarantee(model: ConsistencyModel, events: readonly Event[]): boolean {
  const adds = events.filter(({ wrote }) => wrote !== undefined);
  const reads = events.filter(({ saw }) => saw !== undefined);
  const bits = (test: (add: Event) => boolean): number =>
    adds.reduce((set, add, i) => (test(add) ? set | (1 << i) : set), 0);
  const choices = reads.map(({ key, saw = [], asked }): number[] => {
    const shown = bits((add) => add.key === key && saw.includes(add.wrote ?? -1));
    if (asked === undefined) return [shown];
    const others = bits((add) => add.key === key && add.wrote !== asked);
    return Array.from({ length: 1 << adds.length }, (_, set) => set).filter((set) => (set & ~others) === shown);
  });
  const before = (a: Event, b: Event): boolean => sameSession(a, b) && events.indexOf(a) < events.indexOf(b);
  /** What must be seen where `add` is. */
  const required = (add: Event, seen: readonly number[]): number =>
    model === "monotonic-writes"
      ? bits((other) => before(other, add))
      : seen.reduce((set, view, i) => (before(reads[i] as Event, add) ? set | view : set), 0);
  const choose = (seen: number[]): boolean => {
    if (seen.length < reads.length) return (choices[seen.length] as number[]).some((view) => choose([...seen, view]));
    return reads.every((read, i) => {
      const view = seen[i] as number;
      if (model === "read-your-writes") return (bits((add) => before(add, read)) & ~view) === 0;
      if (model === "monotonic-reads")
        return seen.every((other, k) => !before(reads[k] as Event, read) || (other & ~view) === 0);
      return adds.every((add, k) => !(view & (1 << k)) || (required(add, seen) & ~view) === 0);
    });
  };
  return choose([]);
}

const pairs = (events: readonly Event[]): [Event, Event][] =>
  events.flatMap((a, i) => events.slice(i + 1).map((b): [Event, Event] => [a, b]));

const sameSession = (a: Event, b: Event): boolean => a.process === b.process && a.key === b.key;

/** Terry et al. (PDIS 1994), where a list shows the writes that a copy had, in their order. */
function listGuarantee(model: ConsistencyModel, events: readonly Event[]): boolean {
  const lists = events.filter(({ saw }) => saw !== undefined);
  const appended = new Set(events.flatMap(({ key, wrote }) => (wrote === undefined ? [] : [`${key} ${wrote}`])));
  /** Every list with `b` has `a`, and earlier. */
  const ordered = (key: string, a: number, b: number): boolean =>
    lists.every(({ key: other, saw = [] }) => {
      if (other !== key || !saw.includes(b)) return true;
      return saw.includes(a) && saw.indexOf(a) < saw.indexOf(b);
    });
  return pairs(events).every(([a, b]) => {
    if (!sameSession(a, b)) return true;
    const { saw = [], wrote } = a;
    switch (model) {
      case "read-your-writes":
        return wrote === undefined || b.saw === undefined || b.saw.includes(wrote);
      case "monotonic-reads":
        return b.saw === undefined || isSubsequence(saw, b.saw);
      case "monotonic-writes":
        return wrote === undefined || b.wrote === undefined || ordered(a.key, wrote, b.wrote);
      default:
        return (
          b.wrote === undefined ||
          saw.every((value) => !appended.has(`${a.key} ${value}`) || ordered(a.key, value, b.wrote as number))
        );
    }
  });
}

/** Of the elements of a, each at its first place: all in b, in the same order. */
function isSubsequence(a: readonly number[], b: readonly number[]): boolean {
  const places = [...new Set(a)].map((value) => b.indexOf(value));
  return places.every((place, i) => place >= 0 && (i === 0 || (places[i - 1] as number) < place));
}

/** For each session and key some order of the key's writes explains what the session read. */
function registerGuarantee(model: ConsistencyModel, events: readonly Event[]): boolean {
  const sessions = new Map(events.map((event) => [`${event.process} ${event.key}`, event]));
  for (const { process, key } of sessions.values()) {
    const onKey = events.filter((event) => event.key === key);
    const session = onKey.filter((event) => event.process === process);
    if (!some(orders(...writesInSwapOrder(onKey)), (order) => explains(model, order, session))) return false;
  }
  return true;
}

function some<T>(items: Iterable<T>, test: (item: T) => boolean): boolean {
  for (const item of items) if (test(item)) return true;
  return false;
}

/** The writes of a key, and which of them may come next: a compare-and-set comes after the write that it swapped. */
function writesInSwapOrder(onKey: readonly Event[]): [Event[], (next: Event, left: readonly Event[]) => boolean] {
  const writes = onKey.filter(({ wrote }) => wrote !== undefined);
  const swapped = (event: Event): Event | undefined => writes.find(({ wrote }) => wrote === event.saw?.[0]);
  /** Compare-and-sets that come from each other in a circle order nothing, nor does what was made from them. */
  const grounded = (event: Event, steps = writes.length): boolean => {
    const from = swapped(event);
    return from === undefined || (steps > 0 && grounded(from, steps - 1));
  };
  const allowed = (next: Event, left: readonly Event[]): boolean => {
    const from = swapped(next);
    return from === undefined || !grounded(next) || !left.includes(from);
  };
  return [writes, allowed];
}

/** Viotti & Vukolić: each read sees some set of writes and returns the last; the model says what the set must hold. */
function explains(model: ConsistencyModel, order: readonly Event[], session: readonly Event[]): boolean {
  const subsets: Event[][] = [[]];
  for (const write of order) subsets.push(...subsets.map((subset) => [...subset, write]));
  const returning = new Map<number | undefined, Event[][]>();
  for (const subset of subsets) {
    const last = subset.at(-1)?.wrote;
    returning.set(last, [...(returning.get(last) ?? []), subset]);
  }
  const walk = (at: number, seenBefore: readonly Event[]): boolean => {
    const event = session[at];
    if (event === undefined) return true;
    const { saw } = event;
    // A value that nobody wrote says nothing about sessions.
    if (saw === undefined || (saw[0] !== undefined && !returning.has(saw[0]))) return walk(at + 1, seenBefore);
    const own = session.slice(0, at).filter(({ wrote }) => wrote !== undefined);
    const visible = returning.get(saw[0]) ?? [];
    const holds = (subset: Event[], required: readonly Event[]) => required.every((write) => subset.includes(write));
    // What one read sees binds the next only for monotonic reads.
    if (model === "read-your-writes") return visible.some((subset) => holds(subset, own)) && walk(at + 1, []);
    return visible.some((subset) => holds(subset, seenBefore) && walk(at + 1, subset));
  };
  return walk(0, []);
}

const GUARANTEES = { register: registerGuarantee, list: listGuarantee, set: setGuarantee } as const;
