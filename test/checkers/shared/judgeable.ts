import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Operation } from "../../../src/core/operation.ts";

/**
 * What of a history can be judged: not the keys to which a value was written twice, by operations that may have happened,
 * nor the elements of sets that may have been removed. The same history where that is all of it.
 */
export function judgeable(history: History): History {
  const mayHaveHappened = history.ops.filter(({ outcome }) => outcome.type !== "fail");
  const removed = new Set(mayHaveHappened.flatMap(({ f, key, input }) => (f === "remove" ? [`${key} ${input}`] : [])));
  const rest = removed.size === 0 ? history.ops : history.ops.flatMap((op) => without(op, removed));
  const twice = new Set<string | undefined>();
  const written = new Set<string>();
  for (const { f, key, input, outcome } of rest) {
    if (f === "read" || f === "contains" || outcome.type === "fail") continue;
    const text = `${key} ${f === "cas" ? (input as unknown[])[1] : input}`;
    if (written.has(text)) twice.add(key);
    written.add(text);
  }
  if (twice.size === 0 && removed.size === 0) return history;
  const ops = rest.filter(({ key }) => !twice.has(key)).map((op, index) => ({ ...op, index }));
  return { ...history, ops };
}

function without(op: Operation, removed: ReadonlySet<string>): Operation[] {
  const isGone = (value: Json): boolean => removed.has(`${op.key} ${value}`);
  if (op.f !== "read") return op.f === "remove" || isGone(op.input) ? [] : [op];
  if (op.outcome.type !== "ok" || !Array.isArray(op.outcome.value)) return [op];
  const value = (op.outcome.value as Json[]).filter((item) => !isGone(item));
  return [{ ...op, outcome: { type: "ok", value } }];
}
