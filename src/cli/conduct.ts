import { writeFileSync } from "node:fs";
import { judge } from "../../checkers/index.ts";
import { WORKLOADS } from "../../workloads/index.ts";
import { execute } from "../campaign/execute.ts";
import { InvariantMonitor } from "../campaign/invariants.ts";
import { compare, unlessIdle } from "../campaign/promises.ts";
import type { Budget } from "../core/checker.ts";
import { type Cluster, type ClusterEvents, nodeNames } from "../core/cluster.ts";
import type { ConsistencyModel } from "../core/consistency.ts";
import type { FaultKind } from "../core/fault.ts";
import type { History } from "../core/history.ts";
import type { Conditions, Invariant } from "../core/model.ts";
import type { Scenario } from "../core/scenario.ts";
import type { RunVerdict } from "../core/verdict.ts";
import type { Workload } from "../core/workload.ts";
import { MessageLog } from "../history/message-log.ts";
import { type Progress, Recorder } from "../history/recorder.ts";
import { createRun, type RunFolder, writeVerdict } from "../history/run-folder.ts";
import { writeScenario } from "../history/scenario-file.ts";
import { MODELS } from "../models/index.ts";
import { resolveAim } from "../nemesis/aim.ts";
import { skewMsOf } from "../nemesis/clock.ts";
import { htmlReport } from "../report/html.ts";
import { startCluster } from "./cluster.ts";
import { lookUp } from "./names.ts";
import { type Subject, subjectOf } from "./target.ts";
import { UserError } from "./user-error.ts";
import { formatConfig } from "./values.ts";

export interface ConductOptions {
  /** Keep a run folder. Without it the run leaves nothing behind; runs of processes always keep one. */
  readonly keep: boolean;
  /** Write `messages.jsonl`; on by default where a folder is kept. */
  readonly messages?: boolean;
  readonly budget?: Budget;
  /** Called about ten times a second of wall time; reading the progress is left to the caller. */
  readonly onProgress?: (progress: () => Progress, elapsedMs: number) => void;
  /** Stops the run: everything is healed and stopped, the history kept, and `Interrupted` thrown. */
  readonly signal?: AbortSignal;
}

/** A scenario that was run and judged. */
export interface Conducted {
  readonly scenario: Scenario;
  readonly history: History;
  readonly verdict: RunVerdict;
  /** Nodes that failed by themselves and handlers that threw, in words. */
  readonly problems: readonly string[];
}

/** The run was stopped from outside before its end. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly runDir: string | undefined;

  constructor(runDir: string | undefined) {
    super("interrupted");
    this.runDir = runDir;
  }
}

/** What the cluster ran on went away. */
export class Lost extends Error {
  override readonly name = "Lost";
  readonly runDir: string | undefined;

  constructor(message: string, runDir: string | undefined) {
    super(message);
    this.runDir = runDir;
  }
}

/** Runs a scenario on its runtime, judges the history, and writes the run folder. */
export async function conduct(scenario: Scenario, options: ConductOptions): Promise<Conducted> {
  const workload = lookUp("workload", scenario.workload, WORKLOADS);
  const system = systemName(scenario);
  const keep = options.keep || scenario.runtime !== "sim";
  const folder = keep ? createRun({ system, workload: workload.name, seed: scenario.seed }) : undefined;
  if (folder) writeScenario(folder.scenario, scenario);

  const subject = await subjectOf(scenario.target);
  const recorded = await record(scenario, subject, workload, folder, options);
  const models = unlessIdle(recorded.history, judge(recorded.history, workload.checkers, options.budget));
  const promises = { holds: promisesOf(scenario, subject), testable: workload.checkers.flatMap(({ tests }) => tests) };
  const where = { runDir: folder?.dir ?? null, replay: folder ? commandToReplay(folder) : null };
  const verdict = compare(models, promises, recorded.monitor.verdicts(), recorded.history, where);
  if (folder) {
    writeVerdict(folder.verdict, verdict);
    writeFileSync(folder.report, htmlReport(verdict, recorded.history, { title: titleOf(scenario) }));
  }
  return { scenario, history: recorded.history, verdict, problems: recorded.problems };
}

interface Recorded {
  readonly history: History;
  readonly monitor: InvariantMonitor;
  readonly problems: readonly string[];
}

async function record(
  scenario: Scenario,
  subject: Awaited<ReturnType<typeof subjectOf>>,
  workload: Workload,
  folder: RunFolder | undefined,
  { messages = true, onProgress, signal }: ConductOptions,
): Promise<Recorded> {
  const meta = {
    seed: scenario.seed,
    system: systemName(scenario),
    workload: workload.name,
    nodes: nodeNames(scenario.nodes),
  };
  const invariants = invariantsOf(scenario);
  const monitor = new InvariantMonitor(invariants);
  const trace = messages && folder ? new MessageLog(folder.messages) : undefined;
  const events: ClusterEvents = {
    ...(trace ? { onMessage: (event) => trace.append(event) } : {}),
    ...(invariants.length > 0 ? { onTrace: (...fact) => monitor.onTrace(...fact) } : {}),
  };
  const { cluster, problems, lost } = await startCluster(scenario, subject, events, folder?.dir, signal).catch(
    (error) => {
      throw signal?.aborted ? new Interrupted(undefined) : error;
    },
  );
  const recorder = new Recorder(meta, folder?.history);
  const finish = async (): Promise<void> => {
    try {
      await cluster.stop();
    } finally {
      recorder.close();
      trace?.close();
    }
  };
  try {
    refuseImpossibleFaults(scenario, cluster);
    const watch = onProgress && setInterval(() => onProgress(() => recorder.progress(), cluster.nowNs() / 1e6), 100);
    const running = execute({
      scenario,
      cluster,
      recorder,
      workload,
      aim: resolveAim,
      ...(signal ? { signal } : {}),
    });
    const stopped = aborted(signal);
    try {
      await Promise.race([running, stopped.promise, ...(lost ? [lost] : [])]);
    } finally {
      stopped.forget();
      clearInterval(watch);
    }
    if (signal?.aborted) throw new Interrupted(folder?.dir);
    recorder.end(cluster.nowNs());
  } catch (error) {
    // What went wrong first is what is to be told; what is left behind goes with the next start.
    await finish().catch(() => undefined);
    throw (error as Error).name === "EngineLost" ? new Lost((error as Error).message, folder?.dir) : error;
  }
  await finish();
  return { history: recorder.history(), monitor, problems: problems() };
}

/** A promise that resolves when the signal is aborted, and a way to stop listening. */
function aborted(signal: AbortSignal | undefined): { promise: Promise<void>; forget: () => void } {
  let forget = (): void => undefined;
  const promise = new Promise<void>((resolve) => {
    const listener = (): void => resolve();
    if (signal?.aborted) resolve();
    signal?.addEventListener("abort", listener, { once: true });
    forget = () => signal?.removeEventListener("abort", listener);
  });
  return { promise, forget };
}

/** What must hold in this scenario: what the user expects, else what the system promises under these faults. */
export function promisesOf(
  { target, faults, expect }: Scenario,
  subject: Subject | undefined,
): readonly ConsistencyModel[] {
  if (expect) return expect;
  // Programs are tested against what Maelstrom's own workloads ask of them.
  if (target.kind === "program") return ["linearizable"];
  return subject?.holds(conditionsOf({ target, faults }, subject)) ?? [];
}

/** What the promises of a system depend on, as the scenario has it. */
export function conditionsOf({ target, faults }: Pick<Scenario, "target" | "faults">, subject: Subject): Conditions {
  const config = target.kind === "program" ? {} : target.config;
  const { maxSkewMs = Number.POSITIVE_INFINITY } = subject;
  // A drift's error is the sum of tiny fractions.
  const beyond = faults.some((planned) => skewMsOf(planned) > maxSkewMs * 1.000_001);
  return { config, faults: kindsOf(faults), ...(beyond ? { clocksBeyondBound: true } : {}) };
}

const kindsOf = (faults: Scenario["faults"]): Set<FaultKind> => new Set(faults.map(({ fault }) => fault.kind));

/** White-box properties hold of the correct model in the simulator, where every step can be seen. */
function invariantsOf({ target, runtime }: Scenario): Invariant[] {
  return target.kind === "model" && runtime === "sim"
    ? (lookUp("system", target.name, MODELS).invariants?.() ?? [])
    : [];
}

const systemName = ({ target }: Scenario): string => (target.kind === "program" ? target.command[0] : target.name);

/** "raft log, register, 5 nodes, sim, seed 7, bug vote-not-persisted". */
export function titleOf(scenario: Scenario): string {
  const { target, workload, nodes, runtime, seed } = scenario;
  const what =
    target.kind === "program" ? target.command.join(" ") : `${target.name} ${formatConfig(target.config)}`.trim();
  const bug = target.kind === "model" && target.bug !== undefined ? `, bug ${target.bug}` : "";
  return `${what}${bug}, ${workload}, ${nodes} node${nodes === 1 ? "" : "s"}, ${runtime}, seed ${seed}`;
}

/** What a person types to see a run again. */
export const commandToReplay = ({ dir }: RunFolder): string => `npx splitbrain replay ${dir}`;

function refuseImpossibleFaults(scenario: Scenario, { faults: possible, refusals }: Cluster): void {
  const why = (kind: FaultKind): string => (refusals?.has(kind) ? `: ${refusals.get(kind)}` : "");
  for (const kind of kindsOf(scenario.faults))
    if (!possible.has(kind))
      throw new UserError(
        `The ${scenario.runtime} runtime cannot do ${kind} faults to this system on this machine${why(kind)}; it can do ${[...possible].join(", ")}.`,
      );
}
