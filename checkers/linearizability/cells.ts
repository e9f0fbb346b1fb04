import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";
import { canonical } from "../shared/values.ts";
import { holdsValues, mayShow, pair, seen, written } from "./values.ts";

/**
 * How operations depend on each other where the state consists of cells that hold nothing but a value each: a register, or
 * the elements of a set, each of which is in or not. An effect whose value nobody could have seen, or that was overwritten
 * before, can be left out of a linearizable history. (An element of a queue, say, cannot.)
 */
export interface Cells {
  /** True if there is one cell only. */
  readonly isSingle: boolean;
  /** The cell that an operation is about; `undefined` for all of them. */
  cellOf(op: Operation): string | undefined;
  /** True if an operation is possible in some states of its cell only, or shows the state. */
  looks(op: Operation): boolean;
  /** True if what an operation saw, or needs, may be due to an effect. */
  maySee(op: Operation, effect: Operation): boolean;
  /** True if it is certain what the cell holds after this effect, whatever was before. */
  overwrites(effect: Operation): boolean;
}

/** The cells of a specification; `undefined` if its state does not consist of any. */
export function cellsOf(spec: Spec): Cells | undefined {
  if (holdsValues(spec)) return valueCell(spec);
  return spec.name === "set" ? ELEMENTS : undefined;
}

/** One cell: a register, or the text of a key. */
function valueCell(spec: Spec): Cells {
  /** A compare-and-set of unknown outcome has happened only if it found what it expected. */
  const saw = (op: Operation): Json | undefined =>
    op.f === "cas" && op.outcome.type === "info" ? pair(op)[0] : seen(spec, op);
  return {
    isSingle: true,
    cellOf: () => "",
    looks: (op) => op.outcome.type === "fail" || saw(op) !== undefined,
    maySee(op, effect) {
      // One that failed saw that the state was not what it expected, which may be due to any effect.
      if (op.outcome.type === "fail") return true;
      const value = saw(op);
      return value !== undefined && mayShow(value, written(effect));
    },
    overwrites: (effect) => effect.outcome.type === "ok" && spec.nature?.(effect, effect.outcome) === "overwrite",
  };
}

/** What an operation tells of its element; `undefined` if nothing. */
function sawIn({ f, outcome }: Operation): boolean | undefined {
  const told = outcome.type === "ok" ? (outcome.value ?? null) : null;
  return told === null ? undefined : (told === true) !== (f === "add");
}

/** A cell for each element. */
const ELEMENTS: Cells = {
  isSingle: false,
  cellOf: ({ f, input }) => (f === "read" ? undefined : canonical(input)),
  looks: (op) => op.f === "read" || sawIn(op) !== undefined,
  maySee: (op, effect) => op.f === "read" || sawIn(op) === (effect.f === "add"),
  overwrites: ({ f, outcome }) => (f === "add" || f === "remove") && outcome.type === "ok",
};
