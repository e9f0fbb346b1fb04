import { Agent } from "node:http";
import type { Json } from "../../core/json.ts";
import type { Invocation, Outcome } from "../../core/operation.ts";
import { DefiniteError, type SystemClient, type SystemClientEnv } from "../../core/system.ts";
import { refused } from "../shared/refusal.ts";
import { chosen } from "../shared/settings.ts";
import { atMost } from "../shared/waiting.ts";
import { base64, call, EtcdError, type Found, found, type Route, reach, refusalOf } from "./gateway.ts";
import { CLIENT_PORT, OPTIONS } from "./settings.ts";

/** How long a node may take to show that it is there. */
const REACH_MS = 500;

const DONE: Outcome = { type: "ok", value: null };

/** A session, which talks to its own node only. Values are stored as JSON text. A key that is not there reads as `null`. */
export class EtcdClient implements SystemClient {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #route: Route;
  readonly #serializable: boolean;
  /** The last that was heard of the node was an answer. */
  #answers = false;

  constructor({ node, config }: SystemClientEnv) {
    this.#route = { node, agent: this.#agent };
    this.#serializable = chosen(OPTIONS, config, "reads") === "serializable-reads";
  }

  invoke(op: Invocation, signal: AbortSignal): Promise<Outcome> {
    const key = base64(op.key ?? "");
    switch (op.f) {
      case "read":
        return this.#read(key, this.#serializable || op.final === true, signal);
      case "write":
        return this.#put(key, op.input, signal);
      case "cas":
        return this.#compareAndSet(key, op.input as readonly [Json, Json], signal);
      case "append":
        return this.#append(key, op.input, signal);
      default:
        return Promise.reject(new DefiniteError("not-supported", `there is no ${op.f} for etcd`));
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #read(key: string, serializable: boolean, signal: AbortSignal): Promise<Outcome> {
    const { value = null } = await this.#range(key, serializable, signal);
    return { type: "ok", value };
  }

  async #put(key: string, value: Json, signal: AbortSignal): Promise<Outcome> {
    await this.#write("/v3/kv/put", { key, value: encoded(value) }, signal);
    return DONE;
  }

  async #compareAndSet(key: string, [from, to]: readonly [Json, Json], signal: AbortSignal): Promise<Outcome> {
    const expected: Json =
      from === null
        ? { key, target: "VERSION", result: "EQUAL", version: "0" }
        : { key, target: "VALUE", result: "EQUAL", value: encoded(from) };
    const now = await this.#putIf(key, expected, to, signal);
    if (now === undefined) return DONE;
    const text = `expected ${JSON.stringify(from)}, found ${JSON.stringify(now.value ?? null)}`;
    return { type: "fail", error: { name: "precondition-failed", text } };
  }

  /**
   * etcd has no lists: the whole list is read, and written back if the key was not changed meanwhile, else again. Nothing
   * of this shows to the session. The first read is linearizable, so that a node without a quorum refuses for certain.
   */
  async #append(key: string, item: Json, signal: AbortSignal): Promise<Outcome> {
    let now: Found | undefined = await this.#range(key, false, signal);
    while (!signal.aborted) {
      const expected: Json = { key, target: "MOD", result: "EQUAL", mod_revision: now.revision };
      now = await this.#putIf(key, expected, [...((now.value ?? []) as readonly Json[]), item], signal);
      if (now === undefined) return DONE;
    }
    throw new DefiniteError("txn-conflict", "others were quicker each time");
  }

  /** `undefined` if it was put, else what is there instead of the expected. */
  async #putIf(key: string, expected: Json, value: Json, signal: AbortSignal): Promise<Found | undefined> {
    const txn: Json = {
      compare: [expected],
      success: [{ request_put: { key, value: encoded(value) } }],
      failure: [{ request_range: { key } }],
    };
    const { succeeded = false, responses } = await this.#write("/v3/kv/txn", txn, signal);
    return succeeded ? undefined : found(responses?.[0]?.response_range ?? {});
  }

  /** A read has no effect, so that any failure is certain. */
  async #range(key: string, serializable: boolean, signal: AbortSignal): Promise<Found> {
    try {
      return found(await this.#heard(call(this.#route, "/v3/kv/range", { key, serializable }, signal)));
    } catch (error) {
      throw signal.aborted ? error : refused(error);
    }
  }

  /**
   * A write to a node that may be gone is lost in a dead socket or a proxy's buffer, and its outcome unknown. So a node
   * that was not heard of is asked for a sign of life before.
   */
  async #write<Path extends "/v3/kv/put" | "/v3/kv/txn">(
    path: Path,
    body: Json,
    signal: AbortSignal,
  ): ReturnType<typeof call<Path>> {
    if (!this.#answers)
      await atMost(REACH_MS, signal, (limit) => reach(this.#route, CLIENT_PORT, "/version", limit)).catch(
        (error: unknown) => {
          throw refused(error);
        },
      );
    try {
      return await this.#heard(call(this.#route, path, body, signal));
    } catch (error) {
      throw refusalOf(error) ?? error;
    }
  }

  async #heard<T>(answer: Promise<T>): Promise<T> {
    try {
      const value = await answer;
      this.#answers = true;
      return value;
    } catch (error) {
      this.#answers = error instanceof EtcdError;
      throw error;
    }
  }
}

const encoded = (value: Json): string => base64(JSON.stringify(value));
