import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import { malformed } from "../shared/object-checker.ts";
import { canonical, isArray } from "../shared/values.ts";

/** The identifier of a character, as canonical text. */
export function idOf(value: Json): string {
  const isObject = typeof value === "object" && value !== null && !isArray(value);
  return canonical(isObject ? (value.id ?? null) : value);
}

/** The characters that an edit is about, in the order in which they were typed: one, or of an insert all in its `ids`. */
export function charactersOf({ f, input = null }: Operation): readonly Json[] {
  if (f === "insert" && typeof input === "object" && input !== null && !isArray(input) && input.ids !== undefined)
    return isArray(input.ids) ? input.ids : [input.ids];
  return [input];
}

export interface Edits {
  /** By identifier, those that may have happened. Of several deletes one that was acknowledged, if any was. */
  readonly inserts: ReadonlyMap<string, Operation>;
  readonly deletes: ReadonlyMap<string, Operation>;
  /** Inserts of several characters that may have happened, with these characters. */
  readonly runs: readonly { readonly insert: Operation; readonly ids: readonly string[] }[];
}

/** The edits among the operations on a text. Throws `Malformed` for what is none. */
export function editsOf(ops: readonly Operation[]): Edits {
  const inserts = new Map<string, Operation>();
  const deletes = new Map<string, Operation>();
  const runs: { insert: Operation; ids: readonly string[] }[] = [];
  for (const op of ops) {
    if (op.f === "read" || op.outcome.type === "fail") continue;
    if (op.f !== "insert" && op.f !== "delete") malformed(op, `a text knows insert, delete and read, but not ${op.f}`);
    const ids = charactersOf(op).map(idOf);
    if (ids.includes("null")) malformed(op, `the input of ${op.f} must have an id`);
    if (op.f === "delete") {
      for (const id of ids) if (deletes.get(id)?.outcome.type !== "ok") deletes.set(id, op);
      continue;
    }
    for (const id of ids) {
      const other = inserts.get(id);
      if (other !== undefined)
        malformed(op, `character ${id} is inserted by operation ${other.index}, too; identifiers must be unique`);
      inserts.set(id, op);
    }
    if (ids.length > 1) runs.push({ insert: op, ids });
  }
  return { inserts, deletes, runs };
}
