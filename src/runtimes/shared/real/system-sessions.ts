import { definiteOf, describeError, isDefect, isMalformedReply, MalformedReply } from "../../../core/client-error.ts";
import type { Session } from "../../../core/cluster.ts";
import type { Invocation, NodeId, Outcome } from "../../../core/operation.ts";
import type { System, SystemClient, SystemEnv } from "../../../core/system.ts";
import { NS_PER_MS } from "../../../core/time.ts";
import { RealTime } from "./time.ts";

export interface SystemSessionsOptions {
  readonly system: System;
  /** Where the nodes are now; asked whenever a client is opened, since a node that was restarted may have moved. */
  env(): SystemEnv;
  /** A client did what no client should: broke its contract, or has a defect. Each kind of mishap is told once. */
  failed(client: NodeId, error: unknown): void;
}

/** The sessions of a run over an external system's own clients. */
export class SystemSessions {
  readonly #options: SystemSessionsOptions;
  readonly #sessions = new Map<NodeId, ClientSession>();
  readonly #told = new Set<string>();

  constructor(options: SystemSessionsOptions) {
    this.#options = options;
  }

  /** A session of that process; its client is opened with the first operation. */
  open(process: number, node: NodeId): Session {
    const name = `c${process}`;
    if (this.#sessions.has(name)) throw new Error(`process ${process} has a session already: close it first`);
    this.#endpoint(node);
    const session: ClientSession = new ClientSession(name, {
      open: async () => {
        const { system, env } = this.#options;
        return system.client({ ...env(), process, node: this.#endpoint(node) });
      },
      failed: (error) => this.#tell(name, error),
      closed: () => {
        if (this.#sessions.get(name) === session) this.#sessions.delete(name);
      },
    });
    this.#sessions.set(name, session);
    return session;
  }

  /** Ends all sessions. */
  close(): void {
    for (const session of [...this.#sessions.values()]) session.close();
  }

  #endpoint(node: NodeId): SystemEnv["endpoints"][number] {
    const endpoint = this.#options.env().endpoints.find((one) => one.node === node);
    if (!endpoint) throw new Error(`cannot open a session on ${node}: there is no such node`);
    return endpoint;
  }

  /** A defect shows at every operation; once is enough. */
  #tell(client: NodeId, error: unknown): void {
    const text = describeError(error);
    if (this.#told.has(text)) return;
    this.#told.add(text);
    this.#options.failed(client, error);
  }
}

interface Surroundings {
  open(): Promise<SystemClient>;
  failed(error: unknown): void;
  closed(): void;
}

/** One session: its client, and the operation under way. */
class ClientSession implements Session {
  readonly #name: NodeId;
  readonly #around: Surroundings;
  readonly #time = new RealTime();
  #client: SystemClient | undefined;
  /** Ends the operation under way. */
  #complete: ((outcome: Outcome) => void) | undefined;
  #closed = false;

  constructor(name: NodeId, around: Surroundings) {
    this.#name = name;
    this.#around = around;
  }

  async invoke(op: Invocation, timeoutNs: number): Promise<Outcome> {
    if (this.#closed)
      throw new Error(`session ${this.#name} is spent or closed: open another under a new process number`);
    if (this.#complete) throw new Error(`session ${this.#name} is busy: a process does one operation at a time`);
    const abort = new AbortController();
    // Until it has been handed to the client, it certainly has not been done.
    let sent = false;
    const outcome = await new Promise<Outcome>((resolve) => {
      const cancel = this.#time.after(timeoutNs, () =>
        this.#complete?.(sent ? info("timeout") : unavailable(`no client within ${timeoutNs / NS_PER_MS} ms`)),
      );
      const complete = (result: Outcome): void => {
        if (this.#complete !== complete) return;
        this.#complete = undefined;
        cancel();
        // Nobody waits any longer: a client that is still being opened, or at work, is to give up.
        abort.abort();
        resolve(result);
      };
      this.#complete = complete;
      void this.#perform(op, abort.signal, () => {
        sent = true;
      }).then(complete);
    });
    if (outcome.type === "info") this.#spend();
    return outcome;
  }

  close(): void {
    this.#spend();
    this.#complete?.(info("timeout", "the session was closed"));
    this.#around.closed();
  }

  async #perform(op: Invocation, signal: AbortSignal, sending: () => void): Promise<Outcome> {
    try {
      this.#client ??= await this.#open(signal);
    } catch (error) {
      if (isDefect(error)) this.#around.failed(error);
      return definiteOf(error) ?? unavailable(`the client could not be opened: ${describeError(error)}`);
    }
    // Its time was up while the client was being opened.
    if (signal.aborted) return unavailable("no client in time");
    sending();
    try {
      const outcome: unknown = await this.#client.invoke(op, signal);
      if (isOutcome(outcome)) return outcome;
      throw new MalformedReply(`the client's answer to ${op.f} is no outcome: ${String(outcome)}`);
    } catch (error) {
      if (signal.aborted) return info("timeout");
      if (isDefect(error)) this.#around.failed(error);
      const kind = isMalformedReply(error) ? "malformed-reply" : "client-error";
      return definiteOf(error) ?? info(kind, describeError(error));
    }
  }

  /** One that is opened too late is closed again: the next operation tries anew, since a connection can hang for long. */
  async #open(signal: AbortSignal): Promise<SystemClient> {
    const client = await this.#around.open();
    if (signal.aborted) void closeQuietly(client);
    signal.throwIfAborted();
    return client;
  }

  /** No further operation is done. Nobody waits for the client to close. */
  #spend(): void {
    this.#closed = true;
    if (this.#client) void closeQuietly(this.#client);
    this.#client = undefined;
  }
}

/** A connection that is broken can often not be closed in good order; nothing depends on it. */
async function closeQuietly(client: SystemClient): Promise<void> {
  try {
    await client.close();
  } catch {
    // As said.
  }
}

const info = (name: string, text?: string): Outcome => ({
  type: "info",
  error: { name, ...(text === undefined ? {} : { text }) },
});

const unavailable = (text: string): Outcome => ({ type: "fail", error: { name: "temporarily-unavailable", text } });

function isOutcome(value: unknown): value is Outcome {
  if (typeof value !== "object" || value === null || !("type" in value)) return false;
  if (value.type === "ok") return "value" in value && value.value !== undefined;
  if (value.type !== "fail" && value.type !== "info") return false;
  return "error" in value && typeof value.error === "object" && value.error !== null && "name" in value.error;
}
