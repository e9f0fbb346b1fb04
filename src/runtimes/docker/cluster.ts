import type { Cluster, Heal, Session } from "../../core/cluster.ts";
import type { Fault, FaultKind } from "../../core/fault.ts";
import type { NodeId } from "../../core/operation.ts";
import { faultProblem } from "../shared/fault-problem.ts";
import { putInForce } from "../shared/heals.ts";
import { NodeFailure } from "../shared/real/node-failure.ts";
import type { RealTime } from "../shared/real/time.ts";
import { EngineLost, textOf } from "./engine.ts";
import type { EngineEvents } from "./events.ts";
import { Faults, type FaultyNode } from "./faults.ts";
import type { Pod } from "./pod.ts";

/** What the kinds of cluster in containers differ in: who the clients are, and how the nodes are asked. */
export interface Inhabitants {
  open(process: number, node: NodeId): Session;
  leader(): NodeId | undefined;
  /** The node was killed, or died. */
  onDown(node: NodeId): void;
  /** Ends clients and whatever else talks to the nodes. */
  close(): void;
}

export interface DockerClusterOptions {
  readonly time: RealTime;
  readonly nodes: readonly FaultyNode[];
  readonly events: EngineEvents;
  readonly inhabitants: Inhabitants;
  readonly faults: ReadonlySet<FaultKind>;
  readonly refusals: ReadonlyMap<FaultKind, string>;
  readonly failures: NodeFailure[];
  /** Removes what the run has made beside the nodes. */
  cleanUp(): Promise<void>;
}

/** A cluster of containers. */
export class DockerCluster implements Cluster {
  readonly nodes: readonly NodeId[];
  readonly faults: ReadonlySet<FaultKind>;
  readonly refusals: ReadonlyMap<FaultKind, string>;
  /** Rejects with `EngineLost` if the engine goes away while the cluster runs. */
  readonly lost: Promise<never>;
  readonly #options: DockerClusterOptions;
  readonly #faults: Faults;
  readonly #inForce = new Set<Heal>();
  #stopping: Promise<void> | undefined;

  constructor(options: DockerClusterOptions) {
    const { nodes, faults, refusals, events, failures, time, inhabitants } = options;
    this.#options = options;
    this.nodes = nodes.map(({ pod }) => pod.id);
    this.faults = faults;
    this.refusals = refusals;
    this.#faults = new Faults(nodes);
    this.lost = new Promise((_resolve, reject) => {
      events.onLost = (reason) => {
        if (!this.#stopping)
          reject(new EngineLost(`The Docker engine went away while the run was under way: ${reason}.`));
      };
    });
    this.lost.catch(() => undefined);
    const podOf = (container: string): Pod | undefined =>
      nodes.find(({ pod }) => pod.members.some((member) => member.container.id === container))?.pod;
    events.onEnd = (container, exitCode) => {
      const pod = podOf(container);
      if (!pod) return;
      inhabitants.onDown(pod.id);
      pod.onEnd(container, exitCode);
    };
    events.onOutOfMemory = (container) => {
      const pod = podOf(container);
      if (pod) failures.push(new NodeFailure(time.nowNs(), pod.id, "ran out of memory; give it more with --memory"));
    };
  }

  nowNs(): number {
    return this.#options.time.nowNs();
  }

  sleepUntilNs(atNs: number): Promise<void> {
    return this.#options.time.sleepUntilNs(atNs);
  }

  open(process: number, node: NodeId): Session {
    if (this.#stopping) throw new Error("the cluster was stopped");
    return this.#options.inhabitants.open(process, node);
  }

  async inject(fault: Fault): Promise<Heal> {
    const problem = this.#stopping
      ? "the cluster was stopped"
      : (faultProblem(fault, this.nodes, true) ?? this.#beyond(fault));
    if (problem) throw new Error(problem);
    const { end, prove } = await this.#faults.begin(fault);
    let proof: string | undefined;
    try {
      proof = await prove();
    } catch (error) {
      this.#fail(fault.kind, textOf(error));
    }
    return putInForce(this.#inForce, end, proof);
  }

  /** The node has a new network: puts the faults in force into that, too. */
  restore(node: NodeId): Promise<void> {
    return this.#faults.restore(node);
  }

  leader(): NodeId | undefined {
    return this.#options.inhabitants.leader();
  }

  /** What went wrong without a fault that asked for it, and faults that could not be shown to be in force. */
  failures(): readonly NodeFailure[] {
    return this.#options.failures;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const { inhabitants, nodes, events, time, cleanUp } = this.#options;
    // Pods end all that is in force on them; a heal that comes later would only wait for tools that are gone.
    this.#inForce.clear();
    inhabitants.close();
    events.close();
    // Each as far as it goes: one that cannot be removed must not keep the others.
    for (const { clock } of nodes) clock?.stop();
    const results = await Promise.allSettled(nodes.map(({ pod }) => pod.close()));
    time.end();
    const cleaned = await Promise.allSettled([cleanUp()]);
    const failed = [...results, ...cleaned].find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
  }

  #beyond({ kind }: Fault): string | undefined {
    if (this.faults.has(kind)) return undefined;
    const why = this.refusals.get(kind);
    return `${kind}: ${why ?? `not possible here; possible are ${[...this.faults].join(", ")}`}`;
  }

  #fail(who: string, text: string): void {
    this.#options.failures.push(new NodeFailure(this.nowNs(), who, text));
  }
}
