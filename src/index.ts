/**
 * Splitbrain as a library: plan a scenario, conduct it, read the verdict.
 *
 * ```ts
 * const scenario = planScenario({
 *   ...DEFAULTS,
 *   target: { kind: "model", name: "raft", config: { reads: "lease" } },
 *   runtime: "sim", workload: "register", ratePerS: 20, seed: 7, faults: ["partition", "clock"],
 * });
 * const { verdict, history } = await conduct(scenario, { keep: false });
 * ```
 *
 * Checkers that judge histories from elsewhere are in `splitbrain/checkers`, workloads in `splitbrain/workloads`.
 */
export { type Conducted, type ConductOptions, conduct, Interrupted } from "./cli/conduct.ts";
export { loadConfigFile } from "./cli/config-file.ts";
export { DEFAULT_RATE_PER_S, DEFAULTS, type PlanRequest, planScenario } from "./cli/plan.ts";
export { UserError } from "./cli/user-error.ts";
export type { Cluster, Heal, Session } from "./core/cluster.ts";
export type { Fault, FaultKind, PlannedFault } from "./core/fault.ts";
export type { History } from "./core/history.ts";
export { defaultConfig, type Model, type ModelConfig } from "./core/model.ts";
export type { Invocation, Operation, Outcome } from "./core/operation.ts";
export type { Client, ClientEnv, Disk, Env, Message, Replica, Reply, Request } from "./core/replica.ts";
export type { Scenario, Target } from "./core/scenario.ts";
export {
  type CommandPlan,
  type ContainerPlan,
  DefiniteError,
  type Deployment,
  type Endpoint,
  type System,
  type SystemClient,
} from "./core/system.ts";
export { type RunVerdict, VERDICT_SCHEMA } from "./core/verdict.ts";
export { readHistory } from "./history/read.ts";
export { MODELS } from "./models/index.ts";
export { planFaults } from "./nemesis/plan.ts";
export { htmlReport } from "./report/html.ts";
export { jsonReport, verdictJsonSchema } from "./report/json.ts";
export { textReport } from "./report/text.ts";
export {
  type ClientContext,
  type ClientOperations,
  type CommandNode,
  ConfigError,
  type ContainerNode,
  defineConfig,
  defineSystem,
  type RunDefaults,
  type SystemDefinition,
  type SystemNode,
} from "./systems/define.ts";
export { SYSTEMS } from "./systems/index.ts";
