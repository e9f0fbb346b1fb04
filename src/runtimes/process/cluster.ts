import type { Cluster, ClusterEvents, Heal, Session } from "../../core/cluster.ts";
import type { Fault, FaultKind, LinkQuality } from "../../core/fault.ts";
import type { NodeId } from "../../core/operation.ts";
import type { Client, ClientEnv } from "../../core/replica.ts";
import { faultProblem } from "../shared/fault-problem.ts";
import { onEach, putInForce } from "../shared/heals.ts";
import { Leadership } from "../shared/leadership.ts";
import { NodeFailure } from "../shared/real/node-failure.ts";
import { mapsOf } from "../shared/real/procfs.ts";
import { RealTime } from "../shared/real/time.ts";
import { type Envelope, HARNESS, isObject } from "../shared/wire.ts";
import { Clients } from "./clients.ts";
import { type Guard, register, TOKEN_VARIABLE } from "./guard.ts";
import { RUN_DIR_VARIABLE } from "./leftovers.ts";
import { Member } from "./member.ts";
import { Network } from "./network.ts";

export interface ClusterOptions {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  client(env: ClientEnv): Client;
  readonly nodes: readonly NodeId[];
  readonly seed: number;
  readonly runDir: string;
  readonly network: LinkQuality;
  readonly events: ClusterEvents;
  readonly bundled: boolean;
  readonly faketime: string | undefined;
  readonly startTimeoutMs: number;
}

/** The harness: nodes as processes, the network between them, the clients, and the faults. */
export class ProcessCluster implements Cluster {
  readonly nodes: readonly NodeId[];
  readonly #options: ClusterOptions;
  readonly #guard: Guard;
  readonly #time = new RealTime();
  readonly #events: ClusterEvents;
  readonly #members: ReadonlyMap<NodeId, Member>;
  readonly #network: Network;
  readonly #clients: Clients;
  readonly #leadership = new Leadership();
  readonly #faults: Set<FaultKind>;
  readonly #inForce = new Set<Heal>();
  readonly #failures: NodeFailure[] = [];
  #stopping: Promise<void> | undefined;

  constructor(options: ClusterOptions, guard: Guard) {
    const { nodes, seed, bundled, faketime, network } = options;
    this.nodes = nodes;
    this.#options = options;
    this.#guard = guard;
    this.#events = this.#untilStopped(options.events);
    this.#members = new Map(nodes.map((id) => [id, this.#member(id)]));
    const deliver: ConstructorParameters<typeof Network>[1]["deliver"] = (src, dest, body) =>
      this.#members.get(dest)?.node.deliver(src, body) ?? false;
    this.#network = new Network(this.#time, { nodes, seed, base: network, events: this.#events, deliver });
    this.#clients = new Clients(this.#time, this.#network, {
      nodes,
      seed,
      delay: network.delay,
      start: (env) => options.client(env),
      deliver,
      failed: (client, error) =>
        this.#fail(client, error instanceof Error ? (error.stack ?? error.message) : `${error}`),
    });
    this.#faults = new Set<FaultKind>(["partition", "pause", "kill", "link", "client-pause"]);
    if (bundled || faketime !== undefined) this.#faults.add("clock");
    if (bundled) this.#faults.add("disk");
  }

  get faults(): ReadonlySet<FaultKind> {
    return this.#faults;
  }

  /** Starts all nodes. Rejects with the first `StartFailure`; the caller then stops the cluster. */
  async start(): Promise<void> {
    await Promise.all([...this.#members.values()].map((member) => member.node.life.start()));
    // A program that is linked statically does not load the library, so its clock cannot be bent.
    const { bundled, faketime } = this.#options;
    const bent = [...this.#members.values()].every(
      ({ pid }) => pid !== undefined && mapsOf(pid).includes("libfaketime"),
    );
    if (!bundled && faketime !== undefined && !bent) this.#faults.delete("clock");
    this.#time.begin();
  }

  nowNs(): number {
    return this.#time.nowNs();
  }

  sleepUntilNs(atNs: number): Promise<void> {
    return this.#time.sleepUntilNs(atNs);
  }

  open(process: number, node: NodeId): Session {
    if (this.#stopping) throw new Error("the cluster was stopped");
    return this.#clients.open(process, node);
  }

  async inject(fault: Fault): Promise<Heal> {
    const problem = this.#stopping
      ? "the cluster was stopped"
      : (this.#beyond(fault) ?? faultProblem(fault, this.nodes));
    if (problem) throw new Error(problem);
    return putInForce(this.#inForce, await this.#apply(fault));
  }

  leader(): NodeId | undefined {
    return this.#leadership.current;
  }

  /** What went wrong without a fault that asked for it, in the order in which it happened. */
  failures(): readonly NodeFailure[] {
    return this.#failures;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#inForce.clear();
    this.#clients.close();
    await Promise.all([...this.#members.values()].map((member) => member.close()));
    await this.#guard.end();
    this.#time.end();
  }

  #beyond({ kind }: Fault): string | undefined {
    if (this.#faults.has(kind)) return undefined;
    return `${kind}: not possible with these processes on this machine; possible are ${[...this.#faults].join(", ")}`;
  }

  async #apply(fault: Fault): Promise<Heal> {
    switch (fault.kind) {
      case "partition":
        return asHeal(this.#network.faults.cut(fault.drops));
      case "link":
        return asHeal(this.#network.faults.degrade(fault.links, fault.quality));
      case "pause":
        return onEach(this.#members, fault.nodes, ({ node }) => node.life.pause());
      case "client-pause":
        return asHeal(this.#clients.pause(fault.nodes));
      case "kill":
        return onEach(this.#members, fault.nodes, ({ node }) => node.life.kill());
      case "clock":
        return onEach(this.#members, fault.nodes, async ({ clock }) =>
          clock ? clock.skew(fault) : async () => undefined,
        );
      case "disk":
        return onEach(this.#members, fault.nodes, (member) => member.stall("stallMs" in fault ? fault.stallMs : 0));
    }
  }

  #member(id: NodeId): Member {
    const { nodes, seed, command, env, runDir, bundled, faketime, startTimeoutMs, events } = this.#options;
    // Traces cost pipes and processors; who leads is always told.
    const wanted: Record<string, string> = events.onTrace ? { SPLITBRAIN_TRACE: "all" } : {};
    const run = { [TOKEN_VARIABLE]: this.#guard.token, [RUN_DIR_VARIABLE]: runDir, SPLITBRAIN_SEED: String(seed) };
    return new Member({
      id,
      nodes,
      command,
      runDir,
      bundled,
      faketime,
      startTimeoutMs,
      env: { ...env, ...run, ...wanted },
      onMessage: (message) => this.#route(message),
      onLog: (node, line) => this.#events.onLog?.(node, line),
      onProcess: () => register(this.#guard, this.#options.runDir, this.#members),
      onDown: (node) => this.#leadership.withdraw(node),
      onFailure: (node, text) => this.#fail(node, text),
    });
  }

  /** Takes a message from a node. */
  #route(message: Envelope): void {
    const { src, dest, body } = message;
    if (this.#members.has(dest)) this.#network.send(src, dest, body);
    else if (dest === HARNESS) this.#trace(message);
    else {
      const problem = /^c\d+$/.test(dest) ? this.#clients.reply(message) : `there is nobody of the name ${dest}`;
      if (problem !== undefined)
        this.#members.get(src)?.diary.note(`dropped a message to ${dest} of type ${body.type}: ${problem}`);
    }
  }

  #trace({ src, body: { event, detail } }: Envelope): void {
    if (typeof event !== "string" || !isObject(detail)) {
      this.#members.get(src)?.diary.note(`dropped a trace: "event" must be a string and "detail" an object`);
      return;
    }
    this.#leadership.onTrace(src, event);
    this.#events.onTrace?.(this.nowNs(), src, event, detail);
  }

  #fail(who: NodeId, text: string): void {
    this.#failures.push(new NodeFailure(this.nowNs(), who, text));
  }

  /** Messages under way outlast the cluster; whoever watched it has gone home. */
  #untilStopped({ onMessage, onTrace, onLog }: ClusterEvents): ClusterEvents {
    const running = (): boolean => this.#stopping === undefined;
    return {
      ...(onMessage ? { onMessage: (event) => running() && onMessage(event) } : {}),
      ...(onTrace ? { onTrace: (...fact) => running() && onTrace(...fact) } : {}),
      ...(onLog ? { onLog: (...line) => running() && onLog(...line) } : {}),
    };
  }
}

const asHeal =
  (end: () => void): Heal =>
  async () =>
    end();
