import type { Anomaly, Budget, Verdict } from "../../src/core/checker.ts";
import type { History } from "../../src/core/history.ts";
import type { Operation } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";
import { explain } from "./evidence.ts";
import { buildProblem, counts, type Problem } from "./problem.ts";
import { type Limits, type Result, search } from "./search.ts";
import { named } from "./words.ts";

/** Keys whose anomaly is told. */
const MAX_ANOMALIES = 8;

/** The operations on one object, and what has become of their search. */
interface Part {
  readonly key: string | undefined;
  readonly ops: readonly Operation[];
  readonly problem: Problem;
  result: Result | undefined;
}

/** Judges a history; see `linearizability`. */
export function check(spec: Spec, history: History, budget: Budget): Verdict {
  const deadlineMs = performance.now() + budget.timeMs;
  const ops = history.ops.filter((op) => !op.final && counts(spec, op));
  const flaw = findFlaw(spec, ops);
  if (flaw !== undefined) return { valid: "unknown", why: "malformed", detail: flaw };
  const idle = whyIdle(spec, ops);
  if (idle !== undefined) return { valid: "unknown", why: "vacuous", detail: idle };

  const parts = partsOf(spec, ops);
  searchAll(parts, budget.maxConfigurations, deadlineMs);
  const checked = parts.reduce((sum, { result }) => sum + (result?.placed ?? 0), 0);
  const limits = { deadlineMs, maxConfigurations: budget.maxConfigurations };
  const [first, ...rest] = parts.filter(({ result }) => result?.type === "stuck").slice(0, MAX_ANOMALIES);
  if (first !== undefined)
    return {
      valid: false,
      checked: Math.max(1, checked),
      anomalies: [anomaly(spec, first, limits), ...rest.map((part) => anomaly(spec, part, limits))],
    };
  if (parts.some(({ result }) => result?.type !== "linearizable"))
    return { valid: "unknown", why: "budget", detail: whereItStood(parts, budget) };
  return { valid: true, checked };
}

function anomaly(spec: Spec, { key, ops, result }: Part, limits: Limits): Anomaly {
  return explain(spec, key, ops, (result?.at?.op ?? ops.at(-1)) as Operation, limits);
}

/** What is wrong with the shape of the history, if anything. */
function findFlaw(spec: Spec, ops: readonly Operation[]): string | undefined {
  const initial = spec.init();
  for (const op of ops) {
    const where = `operation ${op.index} (${op.f} by process ${op.process})`;
    if (!Object.hasOwn(spec.functions, op.f)) {
      const known = Object.keys(spec.functions).join(", ");
      return `${where}: the specification ${spec.name} knows ${known}, but not ${op.f}`;
    }
    if (op.outcome.type !== "info" && !(op.returnNs >= op.callNs))
      return `${where} returns at ${op.returnNs} ns, but it is called at ${op.callNs} ns; it must return later`;
    try {
      spec.step(initial, op, op.outcome);
    } catch (error) {
      return `${where}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return undefined;
}

/** Why the history exercises nothing, if so: an acknowledged write, say, is possible whatever the system does. */
function whyIdle(spec: Spec, ops: readonly Operation[]): string | undefined {
  const completed = ops.filter(({ outcome }) => outcome.type !== "info");
  if (completed.length === 0) return "no operation completed";
  const shows = (op: Operation): boolean =>
    op.outcome.type === "fail" || spec.isRead(op.f) || (spec.nature?.(op, op.outcome) ?? "guarded") === "guarded";
  if (completed.some(shows)) return undefined;
  return `${completed.length} operations completed, but none of them shows the state; there must be reads`;
}

function partsOf(spec: Spec, ops: readonly Operation[]): Part[] {
  const byKey = new Map<string | undefined, Operation[]>();
  for (const op of ops) {
    const key = spec.perKey ? op.key : undefined;
    const part = byKey.get(key);
    if (part === undefined) byKey.set(key, [op]);
    else part.push(op);
  }
  return [...byKey].map(([key, own]) => ({ key, ops: own, problem: buildProblem(spec, own), result: undefined }));
}

/** Searches all parts. Each has its share of the time first, and then those that need more have what is left. */
function searchAll(parts: readonly Part[], maxConfigurations: number, deadlineMs: number): void {
  for (const [i, part] of parts.entries()) {
    const now = performance.now();
    const share = (deadlineMs - now) / (parts.length - i);
    part.result = search(part.problem, { maxConfigurations, deadlineMs: now + share });
  }
  for (const part of parts)
    if (part.result?.type === "time" && performance.now() < deadlineMs)
      part.result = search(part.problem, { maxConfigurations, deadlineMs });
}

function whereItStood(parts: readonly Part[], budget: Budget): string {
  const done = parts.filter(({ result }) => result?.type === "linearizable").length;
  const open = parts.find(({ result }) => result?.type !== "linearizable");
  const { key, result, problem } = open as Part;
  const limit =
    result?.type === "time"
      ? `${budget.timeMs} ms were not enough`
      : `more than ${budget.maxConfigurations} configurations were possible at once`;
  const others = parts.length > 1 ? `; ${done} of ${parts.length} keys are linearizable` : "";
  return `${limit}: on ${named(key)} ${result?.placed ?? 0} of ${problem.returns} operations were placed, and operation ${result?.at?.op.index} was next${others}`;
}
