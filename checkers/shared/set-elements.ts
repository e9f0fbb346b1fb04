import type { Operation } from "../../src/core/operation.ts";
import { canonical } from "./values.ts";

/**
 * The elements of a set that must be there once all is quiet, by canonical text, each with an add that says so: it was
 * acknowledged, and every remove of the element that may have happened was over before it was called. So no remove can
 * have seen the add, and none may have taken it away (an add wins over a remove that did not see it: Shapiro et al., "A
 * Comprehensive Study of Convergent and Commutative Replicated Data Types", 2011, §3.3.5; and if there is one order of
 * all, the add comes after).
 */
export function elementsThatMustBe(ops: readonly Operation[]): Map<string, Operation> {
  const lastRemoveNs = new Map<string, number>();
  for (const { f, input, outcome, returnNs } of ops) {
    if (f !== "remove" || outcome.type === "fail") continue;
    const element = canonical(input ?? null);
    lastRemoveNs.set(element, Math.max(returnNs, lastRemoveNs.get(element) ?? 0));
  }
  const required = new Map<string, Operation>();
  for (const op of ops) {
    if (op.f !== "add" || op.outcome.type !== "ok") continue;
    const element = canonical(op.input ?? null);
    if (op.callNs > (lastRemoveNs.get(element) ?? -1)) required.set(element, op);
  }
  return required;
}
