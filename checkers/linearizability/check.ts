import type { Anomaly, Budget, Verdict } from "../../src/core/checker.ts";
import type { History } from "../../src/core/history.ts";
import type { Spec } from "../../src/core/spec.ts";
import type { Algorithm } from "./algorithm.ts";
import { decide } from "./decide.ts";
import { explain } from "./evidence.ts";
import { type Part, partsToDecide } from "./parts.ts";
import type { Limits } from "./search.ts";
import { named } from "./words.ts";

/** Keys whose anomaly is told. */
const MAX_ANOMALIES = 8;

/** How to decide: by these algorithms where they can, and else by the general search, if it is allowed. */
export interface Means {
  readonly algorithms: readonly Algorithm[];
  readonly search: boolean;
}

/** Judges a history; see `linearizability`. */
export function check(spec: Spec, history: History, budget: Budget, means: Means): Verdict {
  const deadlineMs = performance.now() + budget.timeMs;
  const parts = partsToDecide(spec, history);
  if ("valid" in parts) return parts;
  decideAll(spec, parts, means, { maxConfigurations: budget.maxConfigurations, deadlineMs });
  return conclude(spec, parts, budget, deadlineMs);
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
