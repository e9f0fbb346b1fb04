import type { History } from "../../src/core/history.ts";
import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import { Malformed, operationsByKey } from "../shared/object-checker.ts";
import { type SetOperations, type SetRead, setOperations } from "./elements.ts";

/**
 * What became of an element.
 * - `stable`: the latest reads show it.
 * - `lost`: the latest reads do not, and began when it was known to be there.
 * - `never-read`: no read tells.
 */
export type Fate = "stable" | "lost" | "never-read";

/** An element's life, as reads tell it. Instants are those of the history, spans are nanoseconds. */
export interface ElementTimeline {
  readonly key: string;
  readonly element: Json;
  readonly fate: Fate;
  /** The first add that may have happened. */
  readonly add: Operation;
  /** True if an add of it was acknowledged. */
  readonly acknowledged: boolean;
  /** What showed first that the element is there: its add's acknowledgement, or a read; `undefined` if nothing did. */
  readonly known: Operation | undefined;
  /** Of the reads that show it, and of those that do not, the one that was called last. */
  readonly lastPresent: Operation | undefined;
  readonly lastAbsent: Operation | undefined;
  /** True if a read that began when it was known to be there does not show it, though later ones do. */
  readonly stale: boolean;
  /** From when it was known to be there to the call of the last read that missed it; 0 if none did after that. */
  readonly stableLatencyNs?: number;
  /** From when it was known to be there to the call of the last read that showed it; 0 if none did after that. */
  readonly lostLatencyNs?: number;
}

/** Nanoseconds. */
export interface Quantiles {
  readonly min: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export interface SetTimeline {
  /** In order of key, and of first appearance in it. */
  readonly elements: readonly ElementTimeline[];
  /** `undefined` if no element was stable, or lost. */
  readonly stableLatencyNs: Quantiles | undefined;
  readonly lostLatencyNs: Quantiles | undefined;
}

/**
 * How long elements of sets took to become visible for good, or to vanish for good (Jepsen, `checker/set-full`). Elements
 * that a remove may have taken out are left out, closing reads too. Empty for a history that is none of sets.
 */
export function setTimeline(history: History): SetTimeline {
  let elements: ElementTimeline[];
  try {
    elements = [...operationsByKey(history)].flatMap(([key, ops]) => timelinesOf(setOperations(key, ops)));
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    elements = [];
  }
  return {
    elements,
    stableLatencyNs: quantiles(elements.flatMap(({ stableLatencyNs = [] }) => stableLatencyNs)),
    lostLatencyNs: quantiles(elements.flatMap(({ lostLatencyNs = [] }) => lostLatencyNs)),
  };
}

function quantiles(spans: readonly number[]): Quantiles | undefined {
  if (spans.length === 0) return undefined;
  const sorted = Float64Array.from(spans).sort();
  const at = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] as number;
  return { min: at(0), p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

/** The timelines of a set's elements, in time linear in what was read. */
export function timelinesOf(set: SetOperations): ElementTimeline[] {
  const { key, elements, adds, removed } = set;
  const size = elements.values.length;
  const latestFirst = [...set.reads].reverse();
  // For each element: which read of these shows it first, which one is the first that does not, which one returned first.
  const present = new Int32Array(size).fill(-1);
  const absent = new Int32Array(size);
  const returned = new Int32Array(size).fill(-1);
  for (let r = 0; r < latestFirst.length; r++) {
    const { op, saw } = latestFirst[r] as SetRead;
    for (let i = 0; i < saw.length; i++) {
      const element = saw[i] as number;
      if (present[element] === -1) present[element] = r;
      if (absent[element] === r) absent[element] = r + 1;
      const first = returned[element] as number;
      if (first === -1 || op.returnNs < (latestFirst[first] as SetRead).op.returnNs) returned[element] = r;
    }
  }
  const timelines: ElementTimeline[] = [];
  for (let element = 0; element < size; element++) {
    const mine = adds[element];
    if (mine === undefined || removed[element]) continue;
    const read = (r: Int32Array): Operation | undefined => latestFirst[r[element] as number]?.op;
    timelines.push({
      key,
      element: elements.values[element] ?? null,
      ...life(mine, read(returned), read(present), read(absent)),
    });
  }
  return timelines;
}

function life(
  adds: readonly Operation[],
  firstShown: Operation | undefined,
  lastPresent: Operation | undefined,
  lastAbsent: Operation | undefined,
): Omit<ElementTimeline, "key" | "element"> {
  const known = [...adds, ...(firstShown ? [firstShown] : [])]
    .filter(({ outcome }) => outcome.type === "ok")
    .reduce<Operation | undefined>((first, op) => (first && first.returnNs <= op.returnNs ? first : op), undefined);
  const add = adds[0] as Operation;
  const presentNs = lastPresent?.callNs ?? Number.NEGATIVE_INFINITY;
  const absentNs = lastAbsent?.callNs ?? Number.NEGATIVE_INFINITY;
  const acknowledged = adds.some(({ outcome }) => outcome.type === "ok");
  const common = { add, acknowledged, known, lastPresent, lastAbsent };
  const since = (ns: number): number => (known ? Math.max(0, ns - known.returnNs) : 0);
  if (presentNs > absentNs)
    return {
      ...common,
      fate: "stable",
      stale: known !== undefined && absentNs > known.returnNs,
      stableLatencyNs: since(absentNs),
    };
  // Of two reads that were called at once and differ, either may be the later one.
  if (known !== undefined && absentNs > presentNs && absentNs > known.returnNs)
    return { ...common, fate: "lost", stale: false, lostLatencyNs: since(presentNs) };
  return { ...common, fate: "never-read", stale: false };
}
