import { describeError } from "../../core/client-error.ts";
import { type Cluster, type ClusterEvents, type Heal, nodeNames, type Session } from "../../core/cluster.ts";
import type { Fault, FaultKind } from "../../core/fault.ts";
import type { ModelConfig } from "../../core/model.ts";
import type { NodeId } from "../../core/operation.ts";
import type { CommandPlan, Endpoint, System, SystemEnv } from "../../core/system.ts";
import { faultProblem } from "../shared/fault-problem.ts";
import { onEach, putInForce } from "../shared/heals.ts";
import { ask } from "../shared/real/ask.ts";
import { LeaderWatch } from "../shared/real/leader-watch.ts";
import { NodeFailure } from "../shared/real/node-failure.ts";
import { mapsOf } from "../shared/real/procfs.ts";
import { SystemSessions } from "../shared/real/system-sessions.ts";
import { RealTime } from "../shared/real/time.ts";
import { CommandFailure } from "./commands-failure.ts";
import { CommandMember } from "./commands-member.ts";
import { type Guard, register, TOKEN_VARIABLE } from "./guard.ts";
import { RUN_DIR_VARIABLE } from "./leftovers.ts";

export interface CommandClusterOptions {
  readonly system: System;
  readonly config: ModelConfig;
  readonly commands: readonly CommandPlan[];
  readonly seed: number;
  readonly runDir: string;
  readonly events: ClusterEvents;
  /** The path of the library, or why clocks cannot be bent. */
  readonly faketime: { readonly library: string } | { readonly refused: string };
  readonly startTimeoutMs: number;
}

const NO_LINKS = "processes on one machine talk to each other directly; give containers to cut their links";
const NO_CLIENT_PAUSE = "the clients of external systems are libraries of their own, which nothing can hold up";
const NO_DISK = "processes on one machine share its disk; give containers, or run a bundled model";

/** Programs on this machine as the nodes of an external system, with its own clients, and the faults they can suffer. */
export class CommandCluster implements Cluster {
  readonly nodes: readonly NodeId[];
  readonly options: CommandClusterOptions;
  readonly #env: SystemEnv;
  readonly #guard: Guard;
  readonly #time = new RealTime();
  readonly #members: ReadonlyMap<NodeId, CommandMember>;
  readonly #sessions: SystemSessions;
  #leader: LeaderWatch | undefined;
  readonly #faults = new Set<FaultKind>(["pause", "kill"]);
  readonly #refusals = new Map<FaultKind, string>([
    ["partition", NO_LINKS],
    ["link", NO_LINKS],
    ["disk", NO_DISK],
    ["client-pause", NO_CLIENT_PAUSE],
  ]);
  readonly #inForce = new Set<Heal>();
  readonly #failures: NodeFailure[] = [];
  readonly #stopped = new AbortController();
  #stopping: Promise<void> | undefined;

  constructor(options: CommandClusterOptions, guard: Guard) {
    const { system, config, commands, faketime } = options;
    this.options = options;
    this.#guard = guard;
    this.nodes = nodeNames(commands.length);
    const endpoints = commands.map(({ host }, i): Endpoint => {
      return { node: `n${i + 1}`, host, address: host, port: (own) => own };
    });
    this.#env = { config, endpoints };
    this.#members = new Map(endpoints.map((endpoint, i) => [endpoint.node, this.#member(endpoint, commands[i])]));
    this.#sessions = new SystemSessions({
      system,
      env: () => this.#env,
      failed: (client, error) => this.#fail(client, describeError(error)),
    });
    if ("library" in faketime) this.#faults.add("clock");
    else this.#refusals.set("clock", faketime.refused);
  }

  get faults(): ReadonlySet<FaultKind> {
    return this.#faults;
  }

  get refusals(): ReadonlyMap<FaultKind, string> {
    return this.#refusals;
  }

  /** Starts all nodes and has the system set up. Rejects with the first failure; the caller then stops the cluster. */
  async start(): Promise<void> {
    const { system, faketime, startTimeoutMs } = this.options;
    const members = [...this.#members.values()];
    await Promise.all(members.map((member) => member.node.life.start()));
    // A program that is linked statically does not load the library, so its clock cannot be bent.
    const bent = members.every(({ pid }) => pid !== undefined && mapsOf(pid).includes("libfaketime"));
    if ("library" in faketime && !bent) {
      this.#faults.delete("clock");
      this.#refusals.set("clock", "the program does not load libfaketime, as if it were linked statically");
    }
    await this.#setUp(startTimeoutMs);
    this.#leader = new LeaderWatch({ system, env: () => this.#env });
    this.#time.begin();
  }

  async #setUp(timeoutMs: number): Promise<void> {
    const { system } = this.options;
    try {
      await ask((signal) => system.setup?.(this.#env, signal), timeoutMs, this.#stopped.signal);
    } catch (error) {
      // A mistake in the configuration says itself where it is.
      if (error instanceof Error && error.name === "ConfigError") throw error;
      throw new CommandFailure(`${system.name} could not be set up: ${describeError(error)}`);
    }
  }

  nowNs(): number {
    return this.#time.nowNs();
  }

  sleepUntilNs(atNs: number): Promise<void> {
    return this.#time.sleepUntilNs(atNs);
  }

  open(process: number, node: NodeId): Session {
    if (this.#stopping) throw new Error("the cluster was stopped");
    return this.#sessions.open(process, node);
  }

  async inject(fault: Fault): Promise<Heal> {
    const refusal = this.#refusals.get(fault.kind);
    const problem = this.#stopping
      ? "the cluster was stopped"
      : refusal === undefined
        ? faultProblem(fault, this.nodes)
        : `${fault.kind}: ${refusal}`;
    if (problem) throw new Error(problem);
    return putInForce(this.#inForce, await this.#apply(fault));
  }

  leader(): NodeId | undefined {
    return this.#leader?.current;
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
    this.#stopped.abort(new Error("the cluster was stopped"));
    this.#leader?.stop();
    this.#sessions.close();
    await Promise.all([...this.#members.values()].map((member) => member.close()));
    await this.#guard.end();
    this.#time.end();
  }

  async #apply(fault: Fault): Promise<Heal> {
    switch (fault.kind) {
      case "pause":
        return onEach(this.#members, fault.nodes, ({ node }) => node.life.pause());
      case "kill":
        return onEach(this.#members, fault.nodes, ({ node }) => node.life.kill());
      case "clock":
        return onEach(this.#members, fault.nodes, async ({ clock }) =>
          clock ? clock.skew(fault) : async () => undefined,
        );
      default:
        throw new Error(`${fault.kind}: not possible with programs on this machine`);
    }
  }

  #member(endpoint: Endpoint, plan: CommandPlan | undefined): CommandMember {
    if (!plan) throw new Error(`${endpoint.node} has no command`);
    const { system, seed, runDir, faketime, startTimeoutMs, events } = this.options;
    return new CommandMember({
      id: endpoint.node,
      plan,
      runDir,
      startTimeoutMs,
      faketime: "library" in faketime ? faketime.library : undefined,
      env: { [TOKEN_VARIABLE]: this.#guard.token, [RUN_DIR_VARIABLE]: runDir, SPLITBRAIN_SEED: String(seed) },
      ready: (signal) => system.ready(endpoint, this.#env, signal),
      onLog: (node, line) => {
        if (!this.#stopping) events.onLog?.(node, line);
      },
      onProcess: () => register(this.#guard, this.options.runDir, this.#members),
      onDown: (node) => this.#leader?.withdraw(node),
      onFailure: (node, text) => this.#fail(node, text),
    });
  }

  #fail(who: NodeId, text: string): void {
    if (!this.#stopping) this.#failures.push(new NodeFailure(this.nowNs(), who, text));
  }
}
