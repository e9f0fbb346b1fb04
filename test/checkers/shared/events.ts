import type { DataType } from "../../../checkers/sessions/index.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Operation } from "../../../src/core/operation.ts";

/** An operation that happened, as the slow oracles see it. Values are numbers, as the generators make them. */
export interface Event {
  readonly op: Operation;
  readonly process: number;
  readonly key: string;
  /** A list or set as it was read; a register's value, or nothing for the initial one. */
  readonly saw?: readonly number[];
  readonly wrote?: number;
  /** The one element that a read of a set asked for. */
  readonly asked?: number;
}

function eventOf(type: DataType, op: Operation): Event {
  const base = { op, process: op.process, key: op.key ?? "" };
  const value = op.outcome.type === "ok" ? op.outcome.value : null;
  const seen = (json: Json): readonly number[] =>
    (json === null ? [] : type === "register" ? [json] : json) as number[];
  if (op.f === "read") return { ...base, saw: seen(value) };
  if (op.f === "contains") {
    const asked = op.input as number;
    return { ...base, saw: value === true ? [asked] : [], asked };
  }
  if (op.f !== "cas") return { ...base, wrote: op.input as number };
  const [from, to] = op.input as [Json, number];
  return { ...base, saw: seen(from), wrote: to };
}

/** What happened or may have: without failures, and without reads of unknown outcome. */
export const eventsOf = (type: DataType, { ops }: History): Event[] =>
  ops
    .filter(
      ({ final, f, outcome }) =>
        !final && outcome.type !== "fail" && !((f === "read" || f === "contains") && outcome.type === "info"),
    )
    .map((op) => eventOf(type, op));

/**
 * Every way in which the unknown outcomes may have turned out: an update of unknown outcome happened or did not. Ways in
 * which a value was seen but its only possible write did not happen are left out, unless no way explains it.
 */
export function* possibilities(type: DataType, history: History): Generator<Event[]> {
  const all = eventsOf(type, history);
  const unknown = all.map(({ op }) => op).filter(({ outcome }) => outcome.type === "info");
  for (let choice = 0; choice < 1 << unknown.length; choice++) {
    const absent = new Set(unknown.filter((_, i) => (choice & (1 << i)) === 0));
    const events = all.filter(({ op }) => !absent.has(op));
    const hidden = all.filter(({ op }) => absent.has(op));
    const dangling = events.some(({ key, saw }) =>
      saw?.some((value) => hidden.some((event) => event.key === key && event.wrote === value)),
    );
    if (!dangling) yield events;
  }
}

/**
 * A compare-and-set is a read and, next in its session, a write: where replicas are only causally consistent, nothing keeps
 * the writes of others from coming between the two.
 */
export const split = (events: readonly Event[]): Event[] =>
  events.flatMap((event) => {
    const { op, process, key, saw, wrote } = event;
    if (saw === undefined || wrote === undefined) return [event];
    return [
      { op, process, key, saw },
      { op, process, key, wrote },
    ];
  });

/** All orders of these items that `allowed` never rejects; `allowed(next, before)` says if `next` may follow. */
export function* orders<T>(
  items: readonly T[],
  allowed: (next: T, left: readonly T[]) => boolean,
  before: T[] = [],
): Generator<readonly T[]> {
  const left = items.filter((item) => !before.includes(item));
  if (left.length === 0) yield before;
  for (const item of left) {
    const others = left.filter((other) => other !== item);
    if (allowed(item, others)) yield* orders(items, allowed, [...before, item]);
  }
}
