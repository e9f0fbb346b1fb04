import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import { type DataType, isArray } from "./values.ts";

/** What an operation sees and writes if it happens, as values. A register shows the value it holds, or none if initial. */
export interface Effect {
  /** Absent if the operation looks at nothing, or never told what it saw. */
  readonly saw?: readonly Json[];
  readonly wrote?: Json;
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

// An imported history may lack the value altogether.
const isNothing = (value: Json | undefined): boolean => (value ?? null) === null;

/**
 * What `op` sees and writes, on a register (`read`, `write v`, `cas [from, to]`; initially `null`) or on a list
 * (`read`, `append v`; initially empty).
 */
export const effectOf = (type: DataType, op: Operation): ReturnType<EffectOf> =>
  type === "register" ? registerEffect(op) : listEffect(op);
