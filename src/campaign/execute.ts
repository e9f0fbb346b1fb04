import type { Cluster, Heal, Session } from "../core/cluster.ts";
import type { Fault, PlannedFault } from "../core/fault.ts";
import type { Invocation, NodeId, Outcome } from "../core/operation.ts";
import type { Scenario } from "../core/scenario.ts";
import { msToNs } from "../core/time.ts";
import type { PlannedOperation, Workload } from "../core/workload.ts";
import type { Recorder } from "../history/recorder.ts";

/** What `execute` needs beside the scenario; all of it is chosen by the caller, so that this runs on any runtime. */
export interface Execution {
  readonly scenario: Scenario;
  readonly cluster: Cluster;
  readonly recorder: Recorder;
  readonly workload: Pick<Workload, "absent" | "closingReads">;
  /** Turns a planned fault into the one that strikes, knowing who leads. */
  readonly aim: (planned: PlannedFault, leader: NodeId | undefined) => Fault;
  /** Once aborted no operation or fault is started any more; those under way are waited for. */
  readonly signal?: AbortSignal;
}

/** How often a closing read is tried again if it definitely failed. */
const CLOSING_ATTEMPTS = 5;
const CLOSING_RETRY_MS = 200;

/**
 * Runs a scenario: clients and faults side by side, then everything is healed, the cluster settles, every thread reads
 * every key once more, and every node is asked for its own copy. The history is in the recorder; the cluster still runs.
 */
export async function execute(execution: Execution): Promise<void> {
  const { scenario, cluster, signal } = execution;
  const threads = scenario.operations.map((plan, thread) => new Thread(execution, thread, plan));
  const nemesis = scenario.faults.map((planned) => strike(execution, planned));
  await Promise.all([...threads.map((thread) => thread.run()), ...nemesis]);
  if (signal?.aborted) return;

  await cluster.sleepUntilNs(Math.max(cluster.nowNs(), msToNs(scenario.timeMs)) + msToNs(scenario.settleMs));
  const keys = execution.workload.closingReads(execution.recorder.history());
  await Promise.all(threads.map((thread) => thread.close(keys)));
  const firstFree = Math.max(-1, ...threads.map((thread) => thread.process)) + 1;
  await Promise.all(cluster.nodes.map((node, i) => readOwnCopy(execution, firstFree + i, node, keys)));
}

/** One fault, from its planned start to its planned end. */
async function strike({ cluster, recorder, aim, signal }: Execution, planned: PlannedFault): Promise<void> {
  await cluster.sleepUntilNs(msToNs(planned.atMs));
  if (signal?.aborted) return;
  const fault = aim(planned, cluster.leader());
  const heal: Heal = await cluster.inject(fault);
  const id = recorder.faultStarted(fault, cluster.nowNs(), heal.proof);
  await cluster.sleepUntilNs(msToNs(planned.atMs + planned.forMs));
  await heal();
  recorder.faultEnded(id, cluster.nowNs());
}

/** A client thread: a chain of processes, each a session that lasts until an outcome is unknown. */
class Thread {
  readonly #execution: Execution;
  readonly #plan: readonly PlannedOperation[];
  readonly #node: NodeId;
  #process: number;
  #session: Session;

  constructor(execution: Execution, thread: number, plan: readonly PlannedOperation[]) {
    const { nodes } = execution.cluster;
    this.#execution = execution;
    this.#plan = plan;
    this.#node = nodes[thread % nodes.length] as NodeId;
    this.#process = thread;
    this.#session = execution.cluster.open(thread, this.#node);
  }

  /** The process that the thread is at. */
  get process(): number {
    return this.#process;
  }

  async run(): Promise<void> {
    const { cluster, scenario, signal } = this.#execution;
    for (const { atMs, op } of this.#plan) {
      await cluster.sleepUntilNs(msToNs(atMs));
      if (signal?.aborted || cluster.nowNs() >= msToNs(scenario.timeMs)) return;
      await this.#invoke(op);
    }
  }

  /** Reads every key through the ordinary door. */
  async close(reads: readonly Invocation[]): Promise<void> {
    for (const op of reads) {
      if (this.#execution.signal?.aborted) break;
      await this.#invoke(op);
    }
    this.#session.close();
  }

  async #invoke(op: Invocation): Promise<void> {
    const { cluster, scenario } = this.#execution;
    const outcome = await invoke(this.#execution, this.#session, this.#process, this.#node, op);
    if (outcome.type !== "info") return;
    this.#session.close();
    this.#process += scenario.operations.length;
    this.#session = cluster.open(this.#process, this.#node);
  }
}

/** Asks a node for its own copy of every key (`Invocation.final`). */
async function readOwnCopy(
  execution: Execution,
  process: number,
  node: NodeId,
  reads: readonly Invocation[],
): Promise<void> {
  const { cluster, signal } = execution;
  let session = cluster.open(process, node);
  let current = process;
  for (const op of reads) {
    for (let attempt = 1; attempt <= CLOSING_ATTEMPTS && !signal?.aborted; attempt++) {
      const outcome = await invoke(execution, session, current, node, { ...op, final: true });
      if (outcome.type === "ok") break;
      // A client that cannot ask a node for its own copy never will.
      if (outcome.type === "fail" && outcome.error.name === "not-supported") return session.close();
      if (outcome.type === "info") {
        session.close();
        current += cluster.nodes.length;
        session = cluster.open(current, node);
      }
      await cluster.sleepUntilNs(cluster.nowNs() + msToNs(CLOSING_RETRY_MS));
    }
  }
  session.close();
}

async function invoke(
  { scenario, cluster, recorder, workload: { absent = null } }: Execution,
  session: Session,
  process: number,
  node: NodeId,
  op: Invocation,
): Promise<Outcome> {
  const index = recorder.invoke({ ...op, process, node, atNs: cluster.nowNs() });
  const answer = await session.invoke(op, msToNs(scenario.timeoutMs));
  const untouched = op.f === "read" && answer.type === "ok" && answer.value === null;
  const outcome: Outcome = untouched ? { type: "ok", value: absent } : answer;
  recorder.complete(index, outcome, cluster.nowNs());
  return outcome;
}
