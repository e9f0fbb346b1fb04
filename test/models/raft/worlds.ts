import { execute } from "../../../src/campaign/execute.ts";
import { InvariantMonitor } from "../../../src/campaign/invariants.ts";
import { DEFAULTS, planScenario } from "../../../src/cli/plan.ts";
import type { Anomaly } from "../../../src/core/checker.ts";
import { DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { FaultKind } from "../../../src/core/fault.ts";
import { FAULT_KINDS } from "../../../src/core/fault.ts";
import { defaultConfig, type ModelConfig } from "../../../src/core/model.ts";
import { Recorder } from "../../../src/history/recorder.ts";
import { configurationNamed } from "../../../src/models/raft/configuration.ts";
import { raft } from "../../../src/models/raft/index.ts";
import { resolveAim } from "../../../src/nemesis/aim.ts";
import { startSim } from "../../../src/runtimes/sim/index.ts";
import { WORKLOADS } from "../../../workloads/index.ts";

export interface World {
  readonly seed: number;
  readonly config?: ModelConfig;
  readonly bug?: keyof typeof raft.bugs;
  readonly nodes?: number;
  readonly workload?: string;
  readonly faults?: readonly FaultKind[];
  readonly timeMs: number;
}

export interface Seen {
  readonly operations: number;
  readonly anomalies: readonly Anomaly[];
  /** How often each event was traced; `change` stands for configurations in logs. */
  readonly events: ReadonlyMap<string, number>;
  /** What the invariants say. */
  readonly violations: readonly string[];
  /** Handlers that threw. */
  readonly errors: readonly Error[];
}

/** One simulated run as the command line would plan it, judged by the workload's checkers and the invariants. */
export async function live({ seed, bug, timeMs, ...world }: World): Promise<Seen> {
  const hunt = bug === undefined ? undefined : raft.bugs[bug]?.hunt;
  const config = { ...defaultConfig(raft), ...hunt?.config, ...world.config };
  const scenario = planScenario({
    target: { kind: "model", name: "raft", config, ...(bug === undefined ? {} : { bug }) },
    runtime: "sim",
    workload: world.workload ?? hunt?.workload ?? "register",
    nodes: world.nodes ?? hunt?.nodes ?? DEFAULTS.nodes,
    clients: DEFAULTS.clients,
    seed,
    faults: world.faults ?? hunt?.faults ?? FAULT_KINDS,
    timeMs,
    ratePerS: 20,
    timeoutMs: DEFAULTS.timeoutMs,
    settleMs: DEFAULTS.settleMs,
    gapMs: hunt?.gapMs ?? DEFAULTS.gapMs,
    ...(hunt?.network ? { network: hunt.network } : {}),
  });
  const workload = WORKLOADS[scenario.workload];
  if (!workload) throw new Error(`no workload ${scenario.workload}`);
  const events = new Map<string, number>();
  const monitor = new InvariantMonitor(raft.invariants?.() ?? []);
  const cluster = startSim({
    model: raft,
    config,
    bug,
    nodes: scenario.nodes,
    seed,
    network: scenario.network,
    events: {
      onTrace: (atNs, node, event, detail) => {
        const commands = event === "append" ? (detail.commands as readonly string[]) : [];
        const changes = commands.some((command) => configurationNamed(command));
        for (const seen of changes ? [event, "change"] : [event]) events.set(seen, (events.get(seen) ?? 0) + 1);
        monitor.onTrace(atNs, node, event, detail);
      },
    },
  });
  const recorder = new Recorder({ seed, system: "raft", workload: scenario.workload, nodes: cluster.nodes });
  await execute({ scenario, cluster, recorder, workload, aim: resolveAim });
  const errors = cluster.failures().map(({ error }) => error);
  await cluster.stop();
  const history = recorder.history();
  return {
    operations: history.ops.length,
    events,
    anomalies: workload.checkers.flatMap((checker) => {
      const verdict = checker.check(history, DEFAULT_BUDGET);
      return verdict.valid === false ? verdict.anomalies : [];
    }),
    violations: monitor.verdicts().flatMap((verdict) => verdict.violations.map(({ explanation }) => explanation)),
    errors,
  };
}
