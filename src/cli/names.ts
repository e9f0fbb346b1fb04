import { CONSISTENCY_MODELS, type ConsistencyModel, MODEL_ALIASES } from "../core/consistency.ts";
import { UserError } from "./user-error.ts";

/** The entry of that name, or an error that lists what there is and suggests the nearest. */
export function lookUp<T>(what: string, name: string, table: Readonly<Record<string, T>>): T {
  if (Object.hasOwn(table, name)) return table[name] as T;
  throw unknownName(what, name, Object.keys(table));
}

/** The name itself if it is one of the known ones. */
export function oneOf<T extends string>(what: string, name: string, known: readonly T[]): T {
  if ((known as readonly string[]).includes(name)) return name as T;
  throw unknownName(what, name, known);
}

/** A comma list of known names, without repetition, in the order given. `none` alone is the empty list. */
export function listOf<T extends string>(what: string, text: string, known: readonly T[]): T[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.length === 1 && names[0] === "none") return [];
  return [...new Set(names.map((name) => oneOf(what, name, known)))];
}

/** A comma list of consistency models, also by other names in use. */
export const modelsNamed = (text: string): ConsistencyModel[] =>
  listOf("consistency model", text, [...CONSISTENCY_MODELS, ...Object.keys(MODEL_ALIASES)]).map(
    (name) => MODEL_ALIASES[name] ?? (name as ConsistencyModel),
  );

export function unknownName(what: string, name: string, known: readonly string[]): UserError {
  const near = nearest(name, known);
  const suggestion = near === undefined ? "" : ` Did you mean "${near}"?`;
  const all = known.length === 0 ? "There are none." : `Known: ${known.join(", ")}.`;
  return new UserError(`There is no ${what} "${name}".${suggestion} ${all}`);
}

/** The known name that a slip of the finger would turn into `name`, if one is near enough. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const typed = name.toLowerCase();
  const begun = typed.length >= 2 ? known.filter((candidate) => candidate.startsWith(typed)) : [];
  if (begun.length === 1) return begun[0];
  const slips = known
    .map((candidate) => ({ candidate, distance: editDistance(typed, candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3)));
  return slips.sort((a, b) => a.distance - b.distance)[0]?.candidate;
}

/** Levenshtein distance, with a swap of neighbours counted once. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + same);
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, at(i - 2, j - 2) + 1);
      (rows[i] as number[])[j] = best;
    }
  }
  return at(a.length, b.length);
}
