import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import { type DataType, isArray, show } from "./values.ts";

/** What an operation sees and writes if it happens, as values. A register shows the value it holds, or none if initial. */
export interface Effect {
  /** Absent if the operation looks at nothing, or never told what it saw. */
  readonly saw?: readonly Json[];
  readonly wrote?: Json;
  /** The one element that a read of a set asked for; it says nothing of others. */
  readonly asked?: Json;
  /** The element that was taken out of a set. */
  readonly removed?: Json;
  /** Why nobody can judge the object after this. */
  readonly doubt?: string;
}

/** The effect of one operation, or what is wrong with its shape. */
type EffectOf = (op: Operation) => Effect | { readonly wrong: string };

const registerEffect: EffectOf = ({ f, input, outcome }) => {
  switch (f) {
    case "read":
      return outcome.type === "ok" ? { saw: isNothing(outcome.value) ? [] : [outcome.value] } : {};
    case "write":
      return { wrote: input ?? null };
    case "cas": {
      if (!isArray(input) || input.length !== 2) return { wrong: "the input of a cas must be [from, to]" };
      const [from = null, to = null] = input;
      return { saw: isNothing(from) ? [] : [from], wrote: to };
    }
    default:
      return { wrong: `a register knows read, write and cas, but not ${f}` };
  }
};

const listEffect: EffectOf = ({ f, input, outcome }) => {
  switch (f) {
    case "read":
      if (outcome.type !== "ok") return {};
      if (isNothing(outcome.value)) return { saw: [] };
      return isArray(outcome.value) ? { saw: outcome.value } : { wrong: "a read of a list must yield a list or null" };
    case "append":
      return { wrote: input ?? null };
    default:
      return { wrong: `a list knows read and append, but not ${f}` };
  }
};

const setEffect: EffectOf = ({ f, input, outcome }) => {
  const value = outcome.type === "ok" ? (outcome.value ?? null) : null;
  const element = input ?? null;
  switch (f) {
    case "read":
      if (outcome.type !== "ok") return {};
      return value === null || isArray(value)
        ? { saw: value ?? [] }
        : { wrong: "a read of a set must yield a list or null" };
    case "contains":
      if (outcome.type !== "ok") return {};
      if (typeof value !== "boolean") return { wrong: "contains must yield true or false" };
      return { saw: value ? [element] : [], asked: element };
    case "add":
      return value === false
        ? { wrote: element, doubt: `${show(element)} is said to have been there already` }
        : { wrote: element };
    case "remove":
      return { removed: element };
    default:
      return { wrong: `a set knows add, remove, contains and read, but not ${f}` };
  }
};

const EFFECTS: Record<DataType, EffectOf> = { register: registerEffect, list: listEffect, set: setEffect };

// An imported history may lack the value altogether.
const isNothing = (value: Json | undefined): boolean => (value ?? null) === null;

/**
 * What `op` sees and writes, on a register (`read`, `write v`, `cas [from, to]`; initially `null`), on a list (`read`,
 * `append v`; initially empty), or on a set (`read`, `contains v`, `add v`, `remove v`; initially empty).
 */
export const effectOf = (type: DataType, op: Operation): ReturnType<EffectOf> => EFFECTS[type](op);
