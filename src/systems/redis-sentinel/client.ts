import type { Redis } from "ioredis";
import type { Json } from "../../core/json.ts";
import type { Invocation, Outcome } from "../../core/operation.ts";
import { DefiniteError, type SystemClient, type SystemClientEnv } from "../../core/system.ts";
import { refused } from "../shared/refusal.ts";
import { atMost, unlessAborted } from "../shared/waiting.ts";
import { ask, open } from "./connection.ts";
import { refusalOf } from "./refusals.ts";
import { MASTER, REDIS_PORT, SENTINEL_PORT } from "./settings.ts";

/** How long it may take to find the primary, connect, and be told that it is one. */
const OPEN_MS = 1_000;

/** Lists and registers, told apart by the server: one command, so that it reads one state. */
const READ =
  "if redis.call('TYPE', KEYS[1]).ok == 'list' then return redis.call('LRANGE', KEYS[1], 0, -1) end " +
  "return redis.call('GET', KEYS[1])";

/** Yields nothing if it was set, else what is there instead. Its only write comes last, so an error means that it was not done. */
const COMPARE_AND_SET =
  "local found = redis.call('GET', KEYS[1]) or 'null' " +
  "if found ~= ARGV[1] then return found end " +
  "redis.call('SET', KEYS[1], ARGV[2])";

const DONE: Outcome = { type: "ok", value: null };

/**
 * A session. It goes to whatever Redis the Sentinel of its own node calls the primary, and stays with it until the
 * connection breaks or a command is refused, as Redis's guide for clients has it: Sentinel cuts connections to what it
 * demotes. Values are JSON text. A key that is not there reads as `null`.
 */
export class RedisClient implements SystemClient {
  readonly #env: SystemClientEnv;
  #primary: Redis | undefined;

  constructor(env: SystemClientEnv) {
    this.#env = env;
  }

  async invoke(op: Invocation, signal: AbortSignal): Promise<Outcome> {
    const key = op.key ?? "";
    switch (op.f) {
      case "read":
        return { type: "ok", value: op.final ? await this.#readCopy(key, signal) : await this.#read(key, signal) };
      case "write":
        await this.#write((redis) => redis.set(key, JSON.stringify(op.input)), signal);
        return DONE;
      case "append":
        await this.#write((redis) => redis.rpush(key, JSON.stringify(op.input)), signal);
        return DONE;
      case "cas": {
        const [from, to] = (op.input as readonly [Json, Json]).map((value) => JSON.stringify(value));
        const now = await this.#write((redis) => redis.eval(COMPARE_AND_SET, 1, key, from ?? "", to ?? ""), signal);
        if (now === null) return DONE;
        return { type: "fail", error: { name: "precondition-failed", text: `expected ${from}, found ${now}` } };
      }
      default:
        throw new DefiniteError("not-supported", `there is no ${op.f} for Redis`);
    }
  }

  close(): void {
    this.#leave();
  }

  /** A read has no effect, so that any failure is certain. */
  async #read(key: string, signal: AbortSignal): Promise<Json> {
    try {
      const redis = await this.#find(signal);
      return decoded(await unlessAborted(signal, redis.eval(READ, 1, key)));
    } catch (error) {
      this.#leave();
      throw signal.aborted ? error : refused(error);
    }
  }

  async #readCopy(key: string, signal: AbortSignal): Promise<Json> {
    try {
      return decoded(await ask(this.#env.node, REDIS_PORT, ["EVAL", READ, 1, key], signal));
    } catch (error) {
      throw signal.aborted ? error : refused(error);
    }
  }

  async #write<T>(send: (redis: Redis) => Promise<T>, signal: AbortSignal): Promise<T> {
    const redis = await this.#find(signal).catch((error: unknown) => {
      throw refused(error);
    });
    // What is ready is written to at once, so that from here on a lost connection leaves the outcome open.
    if (redis.status !== "ready") throw new DefiniteError("temporarily-unavailable", "the connection has just broken");
    try {
      return await unlessAborted(signal, send(redis));
    } catch (error) {
      this.#leave();
      throw refusalOf(error) ?? error;
    }
  }

  async #find(signal: AbortSignal): Promise<Redis> {
    if (this.#primary?.status === "ready") return this.#primary;
    this.#leave();
    const { node, endpoints } = this.#env;
    const seen = [REDIS_PORT, SENTINEL_PORT].flatMap((own) =>
      endpoints.map((one) => [`${one.address}:${own}`, { host: one.host, port: one.port(own) }] as const),
    );
    const options = {
      sentinels: [{ host: node.host, port: node.port(SENTINEL_PORT) }],
      name: MASTER,
      natMap: Object.fromEntries(seen),
      sentinelCommandTimeout: OPEN_MS,
    };
    this.#primary = await atMost(OPEN_MS, signal, (limit) => open(options, limit));
    return this.#primary;
  }

  /** The next operation asks Sentinel anew. */
  #leave(): void {
    this.#primary?.disconnect();
    this.#primary = undefined;
  }
}

function decoded(reply: unknown): Json {
  if (Array.isArray(reply)) return reply.map(decoded);
  return typeof reply === "string" ? (JSON.parse(reply) as Json) : null;
}
