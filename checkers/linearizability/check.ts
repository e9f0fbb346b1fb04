import type { Anomaly, Budget, Verdict } from "../../src/core/checker.ts";
import type { History } from "../../src/core/history.ts";
import type { Operation } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";
import type { Algorithm } from "./algorithm.ts";
import { type Decided, decide } from "./decide.ts";
import { explain } from "./evidence.ts";
import { counts } from "./problem.ts";
import type { Limits } from "./search.ts";
import { named } from "./words.ts";

/** Keys whose anomaly is told. */
const MAX_ANOMALIES = 8;

/** How to decide: by these algorithms where they can, and else by the general search, if it is allowed. */
export interface Means {
  readonly algorithms: readonly Algorithm[];
  readonly search: boolean;
}

/** The operations on one object, and what was decided. */
export interface Part {
  readonly key: string | undefined;
  readonly ops: Operation[];
  decided: Decided | undefined;
}

/** Judges a history; see `linearizability`. */
export function check(spec: Spec, history: History, budget: Budget, means: Means): Verdict {
  const deadlineMs = performance.now() + budget.timeMs;
  const parts = partsToDecide(spec, history);
  if ("valid" in parts) return parts;
  decideAll(spec, parts, means, { maxConfigurations: budget.maxConfigurations, deadlineMs });
  return conclude(spec, parts, budget, deadlineMs);
}

/** What there is to decide; or the verdict, if the history does not come that far. */
export function partsToDecide(spec: Spec, history: History): Part[] | Verdict {
  const ops = history.ops.filter((op) => !op.final && counts(spec, op));
  const flaw = findFlaw(spec, ops);
  if (flaw !== undefined) return { valid: "unknown", why: "malformed", detail: flaw };
  const idle = whyIdle(spec, ops);
  if (idle !== undefined) return { valid: "unknown", why: "vacuous", detail: idle };
  return partsOf(spec, ops);
}

/** The verdict, once all parts were decided. */
export function conclude(spec: Spec, parts: readonly Part[], budget: Budget, deadlineMs: number): Verdict {
  const checked = parts.reduce((sum, { decided }) => sum + (decided?.placed ?? 0), 0);
  const limits = { deadlineMs, maxConfigurations: budget.maxConfigurations };
  const anomalies: Anomaly[] = [];
  for (const { key, ops, decided } of parts)
    if (decided?.type === "not-linearizable" && anomalies.length < MAX_ANOMALIES)
      anomalies.push(explain(spec, key, decided.proof, limits, ops));
  const [first, ...rest] = anomalies;
  if (first !== undefined) return { valid: false, checked: Math.max(1, checked), anomalies: [first, ...rest] };
  for (const { key, decided } of parts)
    if (decided?.type === "declined")
      return { valid: "unknown", why: "malformed", detail: `${named(key)}: ${decided.why}` };
  if (parts.some(({ decided }) => decided?.type !== "linearizable"))
    return { valid: "unknown", why: "budget", detail: whereItStood(parts, budget) };
  return { valid: true, checked };
}

/** What is wrong with the shape of the history, if anything. */
function findFlaw(spec: Spec, ops: readonly Operation[]): string | undefined {
  const initial = spec.init();
  // Most operations have the same few functions; looking each up anew would cost more than the rest.
  let known = "";
  const where = ({ index, f, process }: Operation): string => `operation ${index} (${f} by process ${process})`;
  for (const op of ops) {
    if (op.f !== known) {
      if (!Object.hasOwn(spec.functions, op.f)) {
        const functions = Object.keys(spec.functions).join(", ");
        return `${where(op)}: the specification ${spec.name} knows ${functions}, but not ${op.f}`;
      }
      known = op.f;
    }
    if (op.outcome.type !== "info" && !(op.returnNs >= op.callNs))
      return `${where(op)} returns at ${op.returnNs} ns, but it is called at ${op.callNs} ns; it must return later`;
    try {
      spec.step(initial, op, op.outcome);
    } catch (error) {
      return `${where(op)}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return undefined;
}

/** Why the history exercises nothing, if so: an acknowledged write, say, is possible whatever the system does. */
function whyIdle(spec: Spec, ops: readonly Operation[]): string | undefined {
  const shows = (op: Operation): boolean =>
    op.outcome.type === "fail" || spec.isRead(op.f) || (spec.nature?.(op, op.outcome) ?? "guarded") === "guarded";
  let completed = 0;
  for (const op of ops) {
    if (op.outcome.type === "info") continue;
    if (shows(op)) return undefined;
    completed++;
  }
  if (completed === 0) return "no operation completed";
  return `${completed} operations completed, but none of them shows the state; there must be reads`;
}

function partsOf(spec: Spec, ops: readonly Operation[]): Part[] {
  const parts = new Map<string | undefined, Part>();
  for (const op of ops) {
    const key = spec.perKey ? op.key : undefined;
    const part = parts.get(key);
    if (part === undefined) parts.set(key, { key, ops: [op], decided: undefined });
    else part.ops.push(op);
  }
  return [...parts.values()];
}

/** Decides all parts. Each has its share of the time first, and then those that need more have what is left. */
export function decideAll(spec: Spec, parts: readonly Part[], means: Means, limits: Limits): void {
  const { deadlineMs } = limits;
  const attempt = (part: Part, untilMs: number): void => {
    part.decided = decide(spec, part.ops, means.algorithms, { ...limits, deadlineMs: untilMs }, means.search);
  };
  for (const [i, part] of parts.entries()) {
    const now = performance.now();
    attempt(part, now + (deadlineMs - now) / (parts.length - i));
  }
  for (const part of parts)
    if (part.decided?.type === "time" && performance.now() < deadlineMs) attempt(part, deadlineMs);
}

function whereItStood(parts: readonly Part[], budget: Budget): string {
  const done = parts.filter(({ decided }) => decided?.type === "linearizable").length;
  const open = parts.find(({ decided }) => decided?.type !== "linearizable");
  const { key, decided, ops } = open as Part;
  const limit =
    decided?.type === "configurations"
      ? `more than ${budget.maxConfigurations} configurations were possible at once`
      : `${budget.timeMs} ms were not enough`;
  const returns = ops.filter(({ outcome }) => outcome.type !== "info").length;
  const next = decided !== undefined && "next" in decided ? decided.next : undefined;
  const following = next === undefined ? "" : `, and operation ${next.index} was next`;
  const others = parts.length > 1 ? `; ${done} of ${parts.length} keys are linearizable` : "";
  return `${limit}: on ${named(key)} ${decided?.placed ?? 0} of ${returns} operations were placed${following}${others}`;
}
