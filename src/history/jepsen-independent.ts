import type { Json } from "../core/json.ts";
import { type Draft, keyed } from "./jepsen-draft.ts";

/**
 * Jepsen's `independent` runs one workload on many keys by making every value a tuple `[key value]`. Once written, it
 * looks like any vector of two. Splits the values of the operations, and returns true, if they are such tuples.
 * `certain` says that they are, wherever they look like it; `onlyCompletions`, that there are no invocations.
 */
export function splitTuples(drafts: Draft[], certain: boolean, onlyCompletions: boolean): boolean {
  const readsKey = (draft: Draft): boolean => isKeyRead(draft, onlyCompletions);
  if (!certain && !(drafts.length > 0 && drafts.every(isTuples) && drafts.some(readsKey))) return false;
  for (const [i, { input, outcome }] of drafts.entries()) {
    if (!isTuple(input)) continue;
    const draft = keyed(drafts[i] as Draft, keyOf(input[0]));
    draft.input = input[1];
    if (outcome.type === "ok" && isTuple(outcome.value)) draft.outcome = { type: "ok", value: outcome.value[1] };
    drafts[i] = draft;
  }
  return true;
}

type Tuple = readonly [Json, Json];

const isTuple = (value: Json): value is Tuple => Array.isArray(value) && value.length === 2;

/** True if all values of the operation may be tuples of the same key. */
function isTuples({ key, input, outcome }: Draft): boolean {
  if (key !== undefined || !isTuple(input) || !isKey(input[0])) return false;
  return outcome.type !== "ok" || (isTuple(outcome.value) && outcome.value[0] === input[0]);
}

/** True for a read whose tuple has no value yet, or that has no invocation at all (then both values are the same). */
const isKeyRead = ({ f, input, outcome }: Draft, onlyCompletions: boolean): boolean =>
  (f === "read" || f === "r") && isTuple(input) && (input[1] === null || (onlyCompletions && outcome.type === "ok"));

const isKey = (value: Json): boolean => typeof value === "string" || typeof value === "number";

/** A key's name. Strings stay as they are, so "1" and 1 are the same key. */
export const keyOf = (key: Json): string => (typeof key === "string" ? key : JSON.stringify(key));
