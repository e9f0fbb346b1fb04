import { judge } from "../../checkers/index.ts";
import { execute } from "../../src/campaign/execute.ts";
import { planScenario } from "../../src/cli/plan.ts";
import { defaultConfig } from "../../src/core/model.ts";
import { Recorder } from "../../src/history/recorder.ts";
import { raft } from "../../src/models/raft/index.ts";
import { resolveAim } from "../../src/nemesis/aim.ts";
import { startSim } from "../../src/runtimes/sim/index.ts";
import { register } from "../../workloads/register.ts";
import { readEveryKey } from "../../workloads/schedule.ts";

export interface HourBench {
  readonly operations: number;
  readonly events: number;
  readonly runS: number;
  readonly eventsPerS: number;
  readonly checkS: number;
  readonly linearizable: string;
}

/** An hour of five-node Raft with all kinds of faults and five clients at ten operations a second each. */
export async function benchRaftHour(): Promise<HourBench> {
  const config = defaultConfig(raft);
  const scenario = planScenario({
    target: { kind: "model", name: raft.name, config },
    runtime: "sim",
    workload: "register",
    nodes: 5,
    clients: 5,
    seed: 1,
    faults: ["partition", "pause", "kill", "clock", "link", "disk"],
    timeMs: 3_600_000,
    ratePerS: 10,
    timeoutMs: 1000,
    settleMs: 3000,
    gapMs: 10_000,
  });
  const cluster = startSim({
    model: raft,
    config,
    nodes: 5,
    seed: 1,
    network: scenario.network,
    freezeMessages: false,
  });
  const recorder = new Recorder({ seed: 1 });
  const started = performance.now();
  await execute({ scenario, cluster, recorder, workload: { closingReads: readEveryKey }, aim: resolveAim });
  const runS = (performance.now() - started) / 1000;
  const { events } = cluster.stats();
  await cluster.stop();

  const history = recorder.history();
  const checking = performance.now();
  const verdicts = judge(history, register.checkers);
  const linearizable = verdicts.find(({ model }) => model === "linearizable")?.verdict ?? "unknown";
  const checkS = (performance.now() - checking) / 1000;
  return { operations: history.ops.length, events, runS, eventsPerS: events / runS, checkS, linearizable };
}
