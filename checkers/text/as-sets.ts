import type { Checker } from "../../src/core/checker.ts";
import type { History } from "../../src/core/history.ts";
import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import { operationsByKey } from "../shared/object-checker.ts";
import { isArray } from "../shared/values.ts";
import { charactersOf, idOf } from "./edits.ts";

/**
 * A history of texts as one of sets: an insert adds, a read shows a set. Characters that somebody may have deleted are left
 * out, and of an insert all but the first of the others, as it is one operation. Whatever order explains the texts explains
 * the sets, so what refutes a model for the sets refutes it for the texts. What holds for the sets holds for the texts as far
 * as it is about which edits are seen, and not where.
 */
export function asSets(history: History): History {
  const hidden = new Map([...operationsByKey(history)].map(([key, ops]) => [key, hiddenIn(ops)]));
  const ops = history.ops.flatMap((op): Operation[] => {
    const { f, key = "", outcome } = op;
    const shown = (characters: readonly Json[]): Json[] =>
      characters.filter((character) => hidden.get(key)?.has(idOf(character)) !== true).map(elementOf);
    if (f === "insert") return shown(charactersOf(op)).map((element) => ({ ...op, f: "add", input: element }));
    if (f !== "read") return [];
    if (outcome.type !== "ok" || !isArray(outcome.value)) return [op];
    return [{ ...op, outcome: { type: "ok", value: shown(outcome.value) } }];
  });
  return { ...history, ops };
}

/** The identifiers of the characters of a text that are left out. */
function hiddenIn(ops: readonly Operation[]): ReadonlySet<string> {
  const hidden = new Set<string>();
  for (const op of ops)
    if (op.f === "delete" && op.outcome.type !== "fail") for (const id of charactersOf(op).map(idOf)) hidden.add(id);
  for (const op of ops) {
    if (op.f !== "insert") continue;
    const left = charactersOf(op)
      .map(idOf)
      .filter((id) => !hidden.has(id));
    for (const id of left.slice(1)) hidden.add(id);
  }
  return hidden;
}

const elementOf = (character: Json): Json =>
  typeof character === "object" && character !== null && !isArray(character) ? (character.id ?? null) : character;

/** A checker of sets, for texts. With `refutes` it vouches for nothing: its model is about more than what is seen. */
export const ofTexts = (checker: Checker, { refutes = false } = {}): Checker => ({
  ...checker,
  ...(refutes ? { tests: [], impliedByStronger: false } : {}),
  check: (history, budget) => checker.check(asSets(history), budget),
});
