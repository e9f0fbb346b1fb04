import type { Checker } from "../../src/core/checker.ts";
import type { History } from "../../src/core/history.ts";
import { type Anomalies, because } from "../shared/anomalies.ts";
import { decidedKeys } from "../shared/closing.ts";
import { named } from "../shared/history-index.ts";
import { objectChecker, operationsByKey } from "../shared/object-checker.ts";
import { at, who } from "../shared/phrases.ts";
import { canonical, isArray, show } from "../shared/values.ts";
import { reportImpossible, type SetOperations, setOperations } from "./elements.ts";
import { type ElementTimeline, timelinesOf } from "./timeline.ts";

export interface SetFullOptions {
  /** True if elements must be visible as soon as they are acknowledged, so that stale reads are anomalies, too. */
  readonly linearizable?: boolean;
}

/**
 * A set per key with many reads over time (Jepsen, `checker/set-full`; see `setTimeline` for the latencies). An element that
 * is known to be there and that the latest reads miss is lost; with `linearizable`, one that some read misses and later
 * ones show is stale. Elements that nobody added, that are there twice, or that were read before anybody added them are
 * anomalies in any case. Closing reads decide whether an element is lost for good or was only not seen.
 *
 * A valid verdict says that all elements whose fate is known were there in the end; how reads relate to each other is for
 * `linearizability` to tell. `checked` counts those elements.
 */
export function setFull({ linearizable = false }: SetFullOptions = {}): Checker {
  return objectChecker({
    name: "set-full",
    tests: ["durable"],
    judge: (history, anomalies, deadline) => {
      const closing = closingElements(history);
      let checked = 0;
      for (const [key, ops] of operationsByKey(history)) {
        deadline.step();
        const set = setOperations(key, ops);
        reportImpossible(set, set.reads, anomalies);
        reportEarly(set, anomalies);
        const atTheEnd = closing.get(key);
        for (const timeline of timelinesOf(set)) {
          deadline.step();
          if (timeline.fate !== "never-read") checked++;
          const isBack = timeline.fate === "lost" && atTheEnd?.has(canonical(timeline.element));
          if (timeline.fate === "lost" && !isBack) reportLost(timeline, atTheEnd !== undefined, anomalies);
          else if (linearizable && (timeline.stale || isBack)) reportStale(timeline, anomalies);
        }
      }
      return checked > 0 ? checked : "no read began after an element was known to be in the set";
    },
  });
}

/** By key: the elements that closing reads found. A key is missing if nobody can tell. */
function closingElements(history: History): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, ReadonlySet<string>>();
  for (const { name, finals, plain } of decidedKeys(history, { unmarked: true }))
    found.set(
      name,
      new Set([...finals, ...plain].flatMap(({ value }) => (isArray(value) ? value.map(canonical) : []))),
    );
  return found;
}

/** `forGood` if the closing reads do not show it either. */
function reportLost(timeline: ElementTimeline, forGood: boolean, anomalies: Anomalies): void {
  const after = forGood ? "nor was it there at the end" : "no read that was called later shows it";
  anomalies.add("lost-element", () => ({
    // What was never acknowledged may be forgotten, but not once it was seen.
    rulesOut: [forGood && timeline.acknowledged ? "durable" : "linearizable"],
    ...missing(timeline, after),
  }));
}

function reportStale(timeline: ElementTimeline, anomalies: Anomalies): void {
  anomalies.add("stale-read", () => ({
    rulesOut: ["linearizable"],
    ...missing(timeline, "later it was there"),
  }));
}

function missing({ key, element, add, known, lastPresent, lastAbsent }: ElementTimeline, after: string) {
  const shown = show(element);
  const sure =
    known?.f === "read"
      ? `process ${known.process} had read it by ${at(known.returnNs)}`
      : `that was acknowledged at ${at(known?.returnNs ?? 0)}`;
  return {
    key,
    explanation: `${who(add)} and ${sure}, but process ${lastAbsent?.process}, which began to read ${named(key)} at ${at(lastAbsent?.callNs ?? 0)}, did not find ${shown}; ${after}.`,
    ops: [add, known, lastAbsent, lastPresent].filter((op) => op !== undefined),
    because:
      known && lastAbsent ? [because(known, lastAbsent, `${shown} was known to be there when this read began`)] : [],
  };
}

/** Elements that were read before anybody had asked for them to be added. */
function reportEarly(set: SetOperations, anomalies: Anomalies): void {
  const { key, elements, adds, reads } = set;
  const told = new Set<number>();
  for (const { op, saw } of reads)
    for (let i = 0; i < saw.length; i++) {
      const element = saw[i] as number;
      const add = adds[element]?.[0];
      if (add === undefined || op.returnNs >= add.callNs || told.has(element)) continue;
      told.add(element);
      anomalies.add("future-read", () => ({
        rulesOut: ["linearizable"],
        key,
        explanation: `process ${op.process} read ${show(elements.values[element] ?? null)} from ${named(key)} before process ${add.process}, the first to do so, asked for it to be added.`,
        ops: [op, add],
        because: [because(op, add, "the read was over before the add was called")],
      }));
    }
}
