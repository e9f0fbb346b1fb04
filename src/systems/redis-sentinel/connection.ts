import type { Redis, RedisOptions } from "ioredis";
import type { Endpoint } from "../../core/system.ts";
import { unlessAborted } from "../shared/waiting.ts";

/**
 * ioredis with all its patience taken away: a command is sent once, on a connection that is there, or not at all. Who
 * asks Sentinel asks one, and asks it once.
 */
const ONCE = {
  lazyConnect: true,
  retryStrategy: null,
  sentinelRetryStrategy: () => null,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  updateSentinels: false,
  disableClientInfo: true,
  protocol: 2,
  replyMapping: "legacy",
  disconnectTimeout: 100,
} as const satisfies RedisOptions;

/** A connection that is ready, or the reason why there is none. It is not made anew when it breaks. */
export async function open(options: RedisOptions, signal: AbortSignal): Promise<Redis> {
  const { Redis: Connection } = await import("ioredis");
  signal.throwIfAborted();
  const redis = new Connection({ ...options, ...ONCE });
  // Also keeps a late error from ending the process.
  let broken: Error | undefined;
  redis.on("error", (error: Error) => {
    broken ??= error;
  });
  try {
    await unlessAborted(signal, redis.connect());
    return redis;
  } catch (error) {
    redis.disconnect();
    throw broken ?? error;
  }
}

/** One command on a connection of its own, straight to that port of the node. */
export async function ask(
  node: Endpoint,
  port: number,
  [name, ...args]: readonly [string, ...(string | number)[]],
  signal: AbortSignal,
): Promise<unknown> {
  const redis = await open({ host: node.host, port: node.port(port), enableReadyCheck: false }, signal);
  try {
    return await unlessAborted(signal, redis.call(name, ...args));
  } finally {
    redis.disconnect();
  }
}
