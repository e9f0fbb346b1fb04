import type { RuntimeName, Target } from "../core/scenario.ts";
import { DEFAULT_FAULTS, DEFAULT_RATE_PER_S, DEFAULTS, type PlanRequest } from "./plan.ts";
import { gapMsFor, nodesFor, settleMsFor, type Tested } from "./target.ts";

/** What is to be run, as far as it is asked for. */
export type Asked = { readonly [Name in keyof PlanRequest]?: PlanRequest[Name] | undefined };

/** What is tested: a system as in `Tested`, or a program of which nothing is known. */
export interface Testable extends Pick<Tested, "system" | "hunt"> {
  readonly target: Target;
  readonly subject?: Tested["subject"];
}

/** A run of a system with all that is not asked for as it is by default: for a bug, in the circumstances in which it shows. */
export function requestFor(
  tested: Testable,
  runtime: RuntimeName,
  asked: Asked = {},
): Omit<PlanRequest, "seed" | "limits" | "image" | "expect"> {
  const { target, subject, hunt } = tested;
  const timeMs = asked.timeMs ?? DEFAULTS.timeMs;
  return {
    target,
    runtime,
    workload: asked.workload ?? hunt.workload ?? subject?.workloads[0] ?? "register",
    nodes: asked.nodes ?? nodesFor(tested),
    clients: asked.clients ?? DEFAULTS.clients,
    faults: asked.faults ?? hunt.faults ?? DEFAULT_FAULTS,
    timeMs,
    ratePerS: asked.ratePerS ?? DEFAULT_RATE_PER_S[runtime],
    timeoutMs: asked.timeoutMs ?? DEFAULTS.timeoutMs,
    settleMs: asked.settleMs ?? settleMsFor(tested),
    gapMs: asked.gapMs ?? gapMsFor(tested, timeMs),
    ...(asked.maxSkewMs === undefined ? {} : { maxSkewMs: asked.maxSkewMs }),
    network: { ...hunt.network, ...asked.network },
  };
}
