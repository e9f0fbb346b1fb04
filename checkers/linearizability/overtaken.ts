import type { Operation } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";
import { canonical, show } from "../shared/values.ts";

/** Why another value had to be taken first. */
type Rule = (first: Operation, second: Operation, taker: Operation) => string | undefined;

const RULES: Readonly<Record<string, { readonly kind: string; readonly rule: Rule }>> = {
  "fifo-queue": {
    kind: "fifo-violation",
    rule: (first, second) => (first.returnNs < second.callNs ? `was put in before ${show(second.input)}` : undefined),
  },
  stack: {
    kind: "lifo-violation",
    rule: (first, second, taker) =>
      second.returnNs < first.callNs && first.returnNs < taker.callNs
        ? `was put in after ${show(second.input)}`
        : undefined,
  },
  "priority-queue": {
    kind: "priority-violation",
    rule: (first, second, taker) =>
      Number(first.input) < Number(second.input) && first.returnNs < taker.callNs
        ? "is smaller, was put in before"
        : undefined,
  },
};

/** A value that was taken although it was the turn of another one. */
export interface Overtaken {
  /** The field's name for it. */
  readonly kind: string;
  /** "although 4 (op 2) was put in before 5 and was not taken out until later (op 9)". */
  readonly although: string;
}

/** The value that had to be taken before the one that was, where one operation shows it; each value of those shown differs. */
export function overtaken(spec: Spec, shown: readonly Operation[], taker: Operation): Overtaken | undefined {
  const family = Object.hasOwn(RULES, spec.name) ? RULES[spec.name] : undefined;
  if (family === undefined) return undefined;
  const adds = shown.filter(({ input }) => (input ?? null) !== null);
  const takers = shown.filter(({ input }) => (input ?? null) === null);
  const isUnclear = new Set(adds.map(({ input }) => canonical(input))).size < adds.length;
  if (isUnclear || takers.some(({ outcome }) => outcome.type === "info")) return undefined;
  const second = adds.find(({ input }) => took(taker, input));
  if (second === undefined) return undefined;
  for (const first of adds) {
    const why = family.rule(first, second, taker);
    const other = takers.find((op) => took(op, first.input));
    if (why === undefined || (other !== undefined && other.callNs <= taker.returnNs)) continue;
    const until = other === undefined ? "" : ` until later (op ${other.index})`;
    const although = `although ${show(first.input)} (op ${first.index}) ${why} and was not taken out${until}`;
    return { kind: family.kind, although };
  }
  return undefined;
}

const took = ({ outcome }: Operation, value: Operation["input"]): boolean =>
  outcome.type === "ok" && canonical(outcome.value ?? null) === canonical(value);
