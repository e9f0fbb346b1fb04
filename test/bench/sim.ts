import type { Model } from "../../src/core/model.ts";
import type { Env, Replica } from "../../src/core/replica.ts";
import { NS_PER_S } from "../../src/core/time.ts";
import { startSim } from "../../src/runtimes/sim/index.ts";

export interface SimBench {
  readonly name: string;
  /** Virtual time that passed, seconds. */
  readonly virtualS: number;
  readonly wallMs: number;
  readonly events: number;
  readonly eventsPerS: number;
}

/** A model that only sends: n1 tells all others something every `intervalMs`; they acknowledge and put off an alarm. */
const heartbeats = (intervalMs: number): Model => ({
  name: "heartbeats",
  title: "Heartbeats",
  source: "none",
  workloads: ["none"],
  options: {},
  bugs: {},
  holds: () => [],
  breaks: () => [],
  start(env: Env): Replica {
    let acknowledged = 0;
    const beat = (): void => {
      for (const peer of env.peers) env.send(peer, { type: "beat", term: 1, commit: acknowledged });
      env.setTimer("beat", intervalMs);
    };
    if (env.id === "n1") beat();
    return {
      onTimer: beat,
      onMessage(from, message) {
        if (message.type === "beat") {
          env.setTimer("alarm", 1_000_000);
          env.send(from, { type: "ack", term: 1 });
        } else acknowledged++;
      },
      onRequest: (request) => env.reply(request, { outcome: { type: "ok", value: acknowledged } }),
    };
  },
  client(env) {
    let id = 0;
    return {
      onInvoke: (op) => env.send(env.node, { id: ++id, op, context: null }),
      onReply: (_from, _id, reply) => env.complete(reply.outcome),
      onTimer: () => undefined,
    };
  },
});

interface Case {
  readonly name: string;
  readonly intervalMs: number;
  readonly virtualS: number;
  readonly freeze: boolean;
  /** Client threads that ask one thing after the other, with pauses of `thinkMs`. */
  readonly clients: number;
  readonly thinkMs: number;
}

const CASES: readonly Case[] = [
  { name: "messages only", intervalMs: 1, virtualS: 250, freeze: false, clients: 0, thinkMs: 0 },
  { name: "messages only, frozen", intervalMs: 1, virtualS: 250, freeze: true, clients: 0, thinkMs: 0 },
  {
    name: "an hour: 5 nodes, beats of 50 ms, 5 clients",
    intervalMs: 50,
    virtualS: 3600,
    freeze: false,
    clients: 5,
    thinkMs: 100,
  },
];

/** Events per second of the simulator itself, under a model that does next to nothing. */
export async function benchSim(): Promise<SimBench[]> {
  const results: SimBench[] = [];
  for (const one of CASES) results.push(await run(one));
  return results;
}

async function run({ name, intervalMs, virtualS, freeze, clients, thinkMs }: Case): Promise<SimBench> {
  const start = performance.now();
  const cluster = startSim({
    model: heartbeats(intervalMs),
    config: {},
    nodes: 5,
    seed: 1,
    freezeMessages: freeze,
  });
  const endNs = virtualS * NS_PER_S;
  const client = async (process: number): Promise<void> => {
    const session = cluster.open(process, `n${(process % 5) + 1}`);
    while (cluster.nowNs() < endNs) {
      await session.invoke({ f: "read", input: null }, 5 * NS_PER_S);
      await cluster.sleepUntilNs(cluster.nowNs() + thinkMs * 1e6);
    }
  };
  await Promise.all([cluster.sleepUntilNs(endNs), ...Array.from({ length: clients }, (_, process) => client(process))]);
  const wallMs = performance.now() - start;
  const { events } = cluster.stats();
  await cluster.stop();
  return { name, virtualS, wallMs, events, eventsPerS: Math.round((events / wallMs) * 1000) };
}
