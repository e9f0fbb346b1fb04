import type { DataType } from "../../../checkers/sessions/index.ts";
import type { ConsistencyModel } from "../../../src/core/consistency.ts";
import type { History } from "../../../src/core/history.ts";
import { type Event, eventsOf } from "../shared/events.ts";
import { views } from "./counter-oracle.ts";

/**
 * How often a history exercises a session guarantee (`checked` of its verdict), by the words of the checkers, for
 * histories without compare-and-sets of unknown outcome.
 */
export function timesExercised(model: ConsistencyModel, type: DataType, history: History): number {
  const events = eventsOf(type, history);
  const written = (key: string, value: number): boolean =>
    events.some((event) => event.key === key && event.wrote === value);
  const before = (event: Event): Event[] =>
    events.slice(0, events.indexOf(event)).filter(({ process, key }) => process === event.process && key === event.key);
  /** What a read tells of an element it was asked for, or of all. */
  const concerns = (read: Event, value: number): boolean => read.asked === undefined || read.asked === value;
  const reads = events.filter(
    ({ key, saw }) => saw !== undefined && (type !== "register" || saw.every((value) => written(key, value))),
  );
  /** What an earlier read saw: of registers and sets only what somebody wrote. */
  const seen = ({ key, saw = [] }: Event): readonly number[] =>
    type === "list" ? saw : saw.filter((value) => written(key, value));
  if (model === "read-your-writes")
    return reads.filter((read) => before(read).some(({ wrote }) => wrote !== undefined && concerns(read, wrote)))
      .length;
  if (model === "monotonic-reads")
    return reads.filter((read) => before(read).some((earlier) => seen(earlier).some((value) => concerns(read, value))))
      .length;
  /** True if the session of an append had appended before, or had read what somebody appended. */
  const isBound = (append: Event): boolean =>
    before(append).some(({ key, wrote, saw = [] }) =>
      model === "monotonic-writes" ? wrote !== undefined : saw.some((value) => written(key, value)),
    );
  return reads
    .filter(({ asked }) => asked === undefined)
    .flatMap(({ key, saw = [] }) =>
      saw.flatMap((value) => events.filter((event) => event.key === key && event.wrote === value)),
    )
    .filter(isBound).length;
}

/** The same for counters: reads that are a sum of increments, or too small for one, after an increment or such a read. */
export function timesExercisedByCounts(model: ConsistencyModel, history: History): number {
  const told = views(history);
  if (model === "read-your-writes")
    return told.filter(({ own, ownSum, value, sets }) => own !== 0 && (sets.length > 0 || value < ownSum)).length;
  const sums = told.filter(({ sets }) => sets.length > 0);
  return sums.length - new Set(sums.map(({ op }) => op.process)).size;
}
