import type { Heal, Session } from "../../../src/core/cluster.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import type { Invocation, NodeId, Outcome } from "../../../src/core/operation.ts";
import { msToNs, nsToMs } from "../../../src/core/time.ts";
import { singleLeader } from "../../../src/models/single-leader/index.ts";
import { separate } from "../../../src/nemesis/partition.ts";
import { type SimCluster, startSim } from "../../../src/runtimes/sim/index.ts";

export const write = (input: string, key = "x"): Invocation => ({ f: "write", key, input });
export const read = (key = "x"): Invocation => ({ f: "read", key, input: null });
export const ok = (value: unknown): object => ({ type: "ok", value });

interface Trace {
  readonly atMs: number;
  readonly node: NodeId;
  readonly event: string;
  readonly detail: JsonObject;
}

interface LabOptions {
  readonly nodes?: number;
  readonly seed?: number;
  readonly bug?: string;
  /** How long every message takes, a client's too. */
  readonly delayMs?: number;
}

/** A simulated cluster of the model, and short words for what scenarios do to it. */
export class Lab {
  readonly cluster: SimCluster;
  readonly traces: Trace[] = [];
  #processes = 0;

  /** `config` as on the command line: "semi-sync,fenced". */
  constructor(config: string, { nodes = 3, seed = 1, bug, delayMs = 1 }: LabOptions = {}) {
    const chosen = config.split(",");
    const value = (option: string): [string, string][] =>
      Object.keys(singleLeader.options[option]?.values ?? {})
        .filter((name) => chosen.includes(name))
        .map((name) => [option, name]);
    this.cluster = startSim({
      model: singleLeader,
      config: Object.fromEntries(Object.keys(singleLeader.options).flatMap(value)),
      bug,
      nodes,
      seed,
      network: { delay: { kind: "constant", ms: delayMs } },
      events: { onTrace: (atNs, node, event, detail) => this.traces.push({ atMs: nsToMs(atNs), node, event, detail }) },
    });
  }

  session(node: NodeId): Session {
    return this.cluster.open(this.#processes++, node);
  }

  /** One operation in a session of its own that was opened on `node`; a second at most. */
  async ask(node: NodeId, op: Invocation): Promise<Outcome> {
    const session = this.session(node);
    const outcome = await session.invoke(op, msToNs(1000));
    session.close();
    return outcome;
  }

  /** What every node's own copy holds. */
  copies(key = "x"): Promise<unknown[]> {
    return Promise.all(
      this.cluster.nodes.map(async (node) => {
        const outcome = await this.ask(node, { ...read(key), final: true });
        return outcome.type === "ok" ? outcome.value : outcome;
      }),
    );
  }

  sleep(ms: number): Promise<void> {
    return this.cluster.sleepUntilNs(this.cluster.nowNs() + msToNs(ms));
  }

  /** Cuts these nodes off from all others. */
  isolate(...inside: NodeId[]): Promise<Heal> {
    const outside = this.cluster.nodes.filter((node) => !inside.includes(node));
    return this.cluster.inject(separate("isolate", [inside, outside]));
  }

  kill(...nodes: NodeId[]): Promise<Heal> {
    return this.cluster.inject({ kind: "kill", nodes });
  }

  /** Cuts the way from one node to another, and leaves the way back. */
  cut(from: NodeId, to: NodeId): Promise<Heal> {
    return this.cluster.inject({ kind: "partition", shape: "one-way", drops: { [to]: [from] } });
  }

  /** What the model's invariants have to say about all that happened. */
  violations(): string[] {
    return (singleLeader.invariants?.() ?? []).flatMap(({ name, onTrace }) =>
      this.traces.some(({ node, event, detail }) => typeof onTrace(node, event, detail) === "string") ? [name] : [],
    );
  }

  /** The nodes that believe to lead, with their epochs. */
  leaders(): [NodeId, unknown][] {
    return this.cluster.nodes.flatMap((node): [NodeId, unknown][] => {
      const last = this.traces.findLast((trace) => trace.node === node && /^(leader|follower)$/.test(trace.event));
      return last?.event === "leader" ? [[node, last.detail.term]] : [];
    });
  }
}

/** Runs `body` on a cluster, stops it, and fails if a handler threw. */
export async function withLab<T>(lab: Lab, body: (lab: Lab) => Promise<T>): Promise<T> {
  try {
    const result = await body(lab);
    const [failure] = lab.cluster.failures();
    if (failure) throw failure.error;
    return result;
  } finally {
    await lab.cluster.stop();
  }
}
