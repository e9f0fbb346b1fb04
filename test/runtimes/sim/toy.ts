import type { ClusterEvents, MessageEvent } from "../../../src/core/cluster.ts";
import type { Json, JsonObject } from "../../../src/core/json.ts";
import type { Model } from "../../../src/core/model.ts";
import type { NodeId, Outcome } from "../../../src/core/operation.ts";
import type { Env, Replica, Request } from "../../../src/core/replica.ts";
import { msToNs } from "../../../src/core/time.ts";
import { type SimCluster, type SimOptions, startSim } from "../../../src/runtimes/sim/index.ts";

/** A model around a replica that a test writes down, with a client that asks its node once and waits. */
export function toyModel(start: (env: Env) => Partial<Replica>): Model {
  return {
    name: "toy",
    title: "Toy",
    source: "none",
    workloads: ["none"],
    options: {},
    bugs: {},
    holds: () => [],
    breaks: () => [],
    start(env) {
      const replica = start(env);
      return {
        onMessage: (from, message) => replica.onMessage?.(from, message),
        onTimer: (name) => replica.onTimer?.(name),
        onRequest: (request) => replica.onRequest?.(request),
      };
    },
    client(env) {
      let nextId = 0;
      return {
        onInvoke: (op) => env.send(env.node, { id: nextId++, op, context: null }),
        onReply: (_from, id, reply) => {
          if (id === nextId - 1) env.complete(reply.outcome);
        },
        onTimer: () => undefined,
      };
    },
  };
}

export const ok = (value: Json): Outcome => ({ type: "ok", value });

/** What the probe below did, as the harness sees it. */
export interface Traced {
  readonly atMs: number;
  readonly node: NodeId;
  readonly event: string;
  readonly detail: JsonObject;
}

/**
 * A replica that does what it is asked for.
 * - `echo`: answers its input. `mute`: never answers. `throw`: throws.
 * - `clock`: answers `{wallMs, monoMs}`. `random`: answers a number.
 * - `ping` (key: peer): answers once the peer's pong has come back.
 * - `flood` (key: peer, input: count): sends numbered messages; the peer traces `got` with each.
 * - `increment`: a durable counter, answers its value; with input `false` it is not synced.
 * - `timer` (key: name, input: after, ms): traces `fired` when it fires. `clear` (key: name).
 * - `lead`, `follow`: traces `leader`, `follower`.
 * Starting traces `started` with the counter that was on the disk.
 */
export const probe = toyModel((env) => {
  const count = (): number => (env.disk.read("count") ?? 0) as number;
  const pings: Request[] = [];
  env.trace("started", { count: count() });
  return {
    onRequest(request) {
      const { f, key = "", input } = request.op;
      const answer = (value: Json): void => env.reply(request, { outcome: ok(value) });
      switch (f) {
        case "echo":
          return answer(input);
        case "throw":
          env.send(env.peers[0] as NodeId, { type: "never leaves" });
          throw new Error("asked to throw");
        case "clock":
          return answer({ wallMs: env.wallMs(), monoMs: env.monoMs() });
        case "random":
          return answer(env.random());
        case "ping":
          pings.push(request);
          return env.send(key, { type: "ping", at: pings.length - 1 });
        case "flood":
          for (let i = 0; i < (input as number); i++) env.send(key, { type: "numbered", i });
          return answer(null);
        case "increment":
          env.disk.write("count", count() + 1);
          env.disk.append("counts", count());
          if (input !== false) env.disk.sync();
          return answer(count());
        case "timer":
          env.setTimer(key, input as number);
          return answer(null);
        case "clear":
          env.clearTimer(key);
          return answer(null);
        case "lead":
        case "follow":
          env.trace(f === "lead" ? "leader" : "follower", { term: 1 });
          return answer(null);
        default:
          return undefined;
      }
    },
    onMessage(from, message) {
      if (message.type === "ping") env.send(from, { ...message, type: "pong" });
      else if (message.type === "pong") {
        // A pong for an incarnation before this one finds no ping.
        const request = pings[message.at as number];
        if (request && request.op.key === from) env.reply(request, { outcome: ok("pong") });
      } else env.trace("got", { from, i: message.i });
    },
    onTimer: (name) => env.trace("fired", { name, monoMs: env.monoMs() }),
  };
});

/** A cluster that is watched: everything it told its observer, and short ways to use it. */
export interface Watched {
  readonly cluster: SimCluster;
  readonly messages: MessageEvent[];
  readonly traced: Traced[];
  readonly logs: string[];
  /** Details of one kind of trace event, in order. */
  details(event: string, node?: NodeId): JsonObject[];
  /** One operation under a new process. */
  ask(node: NodeId, f: string, key?: string, input?: Json, timeoutMs?: number): Promise<Outcome>;
  /** As `ask`, for the value of an operation that must succeed. */
  get(node: NodeId, f: string, key?: string, input?: Json): Promise<Json>;
  sleepMs(ms: number): Promise<void>;
  nowMs(): number;
}

export function watch(options: Partial<SimOptions> = {}, more: ClusterEvents = {}): Watched {
  const messages: MessageEvent[] = [];
  const traced: Traced[] = [];
  const logs: string[] = [];
  const events: ClusterEvents = {
    onMessage: (event) => {
      messages.push(event);
      more.onMessage?.(event);
    },
    onTrace: (atNs, node, event, detail) => {
      traced.push({ atMs: atNs / 1e6, node, event, detail });
      more.onTrace?.(atNs, node, event, detail);
    },
    onLog: (node, line) => logs.push(`${node}: ${line}`),
  };
  const cluster = startSim({ model: probe, config: {}, nodes: 3, seed: 1, events, ...options });
  let nextProcess = 0;
  const ask: Watched["ask"] = async (node, f, key, input = null, timeoutMs = 1000) => {
    const session = cluster.open(nextProcess++, node);
    const outcome = await session.invoke({ f, input, ...(key !== undefined && { key }) }, msToNs(timeoutMs));
    session.close();
    return outcome;
  };
  return {
    cluster,
    messages,
    traced,
    logs,
    details: (event, node) =>
      traced.filter((one) => one.event === event && (!node || one.node === node)).map((one) => one.detail),
    ask,
    async get(node, f, key, input) {
      const outcome = await ask(node, f, key, input);
      if (outcome.type !== "ok") throw new Error(`${f} on ${node}: ${JSON.stringify(outcome)}`);
      return outcome.value;
    },
    sleepMs: (ms) => cluster.sleepUntilNs(cluster.nowNs() + msToNs(ms)),
    nowMs: () => cluster.nowNs() / 1e6,
  };
}
