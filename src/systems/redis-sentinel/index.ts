import type { System } from "../../core/system.ts";
import { RedisClient } from "./client.ts";
import { ask } from "./connection.ts";
import { plan } from "./plan.ts";
import { breaks, holds } from "./promises.ts";
import { leader, watchPrimary } from "./sentinels.ts";
import { OPTIONS, REDIS_PORT, SENTINEL_PORT } from "./settings.ts";

/** Redis with asynchronous replication; Sentinels agree by majority on who is the primary. Clients read from the primary. */
export const redisSentinel: System = {
  name: "redis-sentinel",
  title: "Redis with Sentinel",
  source:
    "Redis documentation, 'High availability with Redis Sentinel' and 'Redis replication' " +
    "(https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/)",
  workloads: ["append", "register"],
  options: OPTIONS,
  deployment: { kind: "containers", ports: [REDIS_PORT, SENTINEL_PORT], plan },
  async ready(node, _env, signal) {
    const answers = await Promise.all([REDIS_PORT, SENTINEL_PORT].map((port) => ask(node, port, ["PING"], signal)));
    return answers.every((answer) => answer === "PONG");
  },
  setup: watchPrimary,
  client: (env) => new RedisClient(env),
  leader,
  async clockMs(node, signal) {
    const [seconds, microseconds] = (await ask(node, REDIS_PORT, ["TIME"], signal)) as readonly [string, string];
    return Number(seconds) * 1_000 + Number(microseconds) / 1_000;
  },
  holds,
  // A replica that Sentinel reconfigures, and that must copy everything, was measured to take 11 s, at worst 20.
  settleMs: 22_000,
  breaks,
  reject: (_config, nodes) =>
    nodes < 3 ? "a fail-over needs a majority of Sentinels without the primary's: give at least 3 nodes" : undefined,
};
