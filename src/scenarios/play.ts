import { judge } from "../../checkers/index.ts";
import { WORKLOADS } from "../../workloads/index.ts";
import type { MessageEvent, Session } from "../core/cluster.ts";
import type { Fault, PlannedFault } from "../core/fault.ts";
import type { History } from "../core/history.ts";
import type { JsonObject } from "../core/json.ts";
import { completed } from "../core/model.ts";
import type { Invocation, NodeId, Outcome } from "../core/operation.ts";
import { msToNs } from "../core/time.ts";
import type { ModelVerdict } from "../core/verdict.ts";
import type { Workload } from "../core/workload.ts";
import { Recorder } from "../history/recorder.ts";
import { MODELS } from "../models/index.ts";
import { type SimCluster, startSim } from "../runtimes/sim/index.ts";
import type { Cue, Seat, Stage } from "./scenario.ts";

/** How long a message takes if a stage says nothing else, milliseconds. */
export const USUAL_DELAY_MS = 10;

/** One thing that happened, in the order in which it did. */
export type StageEvent = { readonly atNs: number } & (
  | { readonly kind: "message"; readonly message: MessageEvent }
  | { readonly kind: "trace"; readonly node: NodeId; readonly event: string; readonly detail: JsonObject }
  | { readonly kind: "call"; readonly client: string; readonly op: Invocation }
  | { readonly kind: "return"; readonly client: string; readonly op: Invocation; readonly outcome: Outcome }
  | { readonly kind: "fault" | "heal"; readonly fault: Fault }
  | { readonly kind: "death"; readonly client: string }
);

/** A stage that was played: what clients saw, what the checkers say of it, and all that happened. */
export interface Run {
  readonly stage: Stage;
  readonly history: History;
  readonly models: readonly ModelVerdict[];
  readonly log: readonly StageEvent[];
  /** The client that a process belongs to; after an unknown outcome a client goes on under another number. */
  readonly clients: ReadonlyMap<number, string>;
  /** Nodes in order. */
  readonly nodes: readonly NodeId[];
}

/** Plays a stage in the simulator and judges the history. Always the same for the same stage. */
export async function play(stage: Stage): Promise<Run> {
  const workload = found("workload", stage.workload, WORKLOADS);
  const log: StageEvent[] = [];
  const cluster = start(stage, log);
  const show = new Show(stage, workload, cluster, log);
  try {
    await show.run();
  } finally {
    await cluster.stop();
  }
  const [failure] = cluster.failures();
  if (failure) throw failure.error;
  const history = show.recorder.history();
  const models = judge(history, workload.checkers);
  return { stage, history, models, log, clients: show.clients, nodes: cluster.nodes };
}

function start(stage: Stage, log: StageEvent[]): SimCluster {
  const model = found("model", stage.model, MODELS);
  return startSim({
    model,
    config: completed(model.options, stage.config ?? {}),
    bug: stage.bug,
    nodes: stage.nodes,
    seed: stage.seed ?? 1,
    network: { delay: { kind: "constant", ms: USUAL_DELAY_MS }, ...stage.network },
    disk: { syncMs: { kind: "constant", ms: stage.syncMs ?? 0 } },
    events: {
      onMessage: (message) => log.push({ kind: "message", atNs: message.atNs, message }),
      onTrace: (atNs, node, event, detail) => log.push({ kind: "trace", atNs, node, event, detail }),
    },
  });
}

function found<T>(what: string, name: string, table: Readonly<Record<string, T>>): T {
  const entry = Object.hasOwn(table, name) ? table[name] : undefined;
  if (entry === undefined) throw new Error(`a scenario names the ${what} "${name}", which there is not`);
  return entry;
}

/** A run under way. */
class Show {
  readonly recorder: Recorder;
  readonly clients = new Map<number, string>();
  readonly #stage: Stage;
  readonly #workload: Workload;
  readonly #cluster: SimCluster;
  readonly #log: StageEvent[];

  constructor(stage: Stage, workload: Workload, cluster: SimCluster, log: StageEvent[]) {
    this.#stage = stage;
    this.#workload = workload;
    this.#cluster = cluster;
    this.#log = log;
    this.recorder = new Recorder({ system: stage.model, workload: workload.name, nodes: cluster.nodes });
  }

  async run(): Promise<void> {
    const { clients, script, faults = [], untilMs = 0, settleMs } = this.#stage;
    for (const [, client] of script)
      if (!Object.hasOwn(clients, client)) throw new Error(`the script has a cue for "${client}", who has no seat`);
    const plays = Object.entries(clients).map(([name, seat]) => {
      const cues = script.filter(([, client]) => client === name);
      return this.#perform(name, seat, cues);
    });
    await Promise.all([...plays, ...faults.map((planned) => this.#strike(planned))]);
    await this.#cluster.sleepUntilNs(msToNs(untilMs));
    if (settleMs !== undefined) await this.#close(settleMs);
    this.recorder.end(this.#cluster.nowNs());
  }

  async #perform(name: string, seat: Seat, cues: readonly Cue[]): Promise<void> {
    if (seat.crowd) {
      const one: Seat = { node: seat.node, ...(seat.reach && { reach: seat.reach }) };
      await Promise.all(cues.map((cue) => this.#perform(name, one, [cue])));
      return;
    }
    const { node, reach } = seat;
    let process = this.#process(name);
    let session = this.#cluster.open(process, node, reach);
    for (const [atMs, , op] of cues) {
      await this.#cluster.sleepUntilNs(msToNs(atMs));
      const outcome = await this.#invoke(name, process, node, session, op);
      if (outcome.type !== "info") continue;
      session.close();
      process = this.#process(name);
      session = this.#cluster.open(process, node, reach);
    }
    session.close();
    if (seat.dies) this.#log.push({ kind: "death", atNs: this.#cluster.nowNs(), client: name });
  }

  /** Every node is asked for its own copy of all that was touched. */
  async #close(settleMs: number): Promise<void> {
    const cluster = this.#cluster;
    await cluster.sleepUntilNs(cluster.nowNs() + msToNs(settleMs));
    const reads = this.#workload.closingReads(this.recorder.history());
    for (const node of cluster.nodes) {
      const process = this.#process(`closing ${node}`);
      const session = cluster.open(process, node);
      for (const op of reads) await this.#invoke(`closing ${node}`, process, node, session, { ...op, final: true });
      session.close();
    }
  }

  async #strike({ atMs, forMs, fault }: PlannedFault): Promise<void> {
    const cluster = this.#cluster;
    await cluster.sleepUntilNs(msToNs(atMs));
    const heal = await cluster.inject(fault);
    const id = this.recorder.faultStarted(fault, cluster.nowNs());
    this.#log.push({ kind: "fault", atNs: cluster.nowNs(), fault });
    await cluster.sleepUntilNs(msToNs(atMs + forMs));
    await heal();
    this.recorder.faultEnded(id, cluster.nowNs());
    this.#log.push({ kind: "heal", atNs: cluster.nowNs(), fault });
  }

  async #invoke(client: string, process: number, node: NodeId, session: Session, op: Invocation): Promise<Outcome> {
    const cluster = this.#cluster;
    this.#log.push({ kind: "call", atNs: cluster.nowNs(), client, op });
    const index = this.recorder.invoke({ ...op, process, node, atNs: cluster.nowNs() });
    const answer = await session.invoke(op, msToNs(this.#stage.timeoutMs ?? 1000));
    const { absent = null } = this.#workload;
    const untouched = op.f === "read" && answer.type === "ok" && answer.value === null;
    const outcome: Outcome = untouched ? { type: "ok", value: absent } : answer;
    this.recorder.complete(index, outcome, cluster.nowNs());
    this.#log.push({ kind: "return", atNs: cluster.nowNs(), client, op, outcome });
    return outcome;
  }

  #process(client: string): number {
    const process = this.clients.size;
    this.clients.set(process, client);
    return process;
  }
}
