import type { Session } from "../../core/cluster.ts";
import type { Invocation, NodeId, Outcome } from "../../core/operation.ts";
import type { Client, ClientEnv, Reply, Request } from "../../core/replica.ts";
import { msToNs, nsToMs } from "../../core/time.ts";

/** What a runtime gives to run a client on: its time, its network. */
export interface ClientTransport {
  nowNs(): number;
  /** Calls back once at `nowNs() + afterNs`, never before `after` has returned; gives a way to cancel. */
  after(afterNs: number, callback: () => void): () => void;
  /** Delivers a request from the client named `request.client`. */
  send(to: NodeId, request: Request): void;
  random(): number;
  /** The client threw: a defect of the model. Its operation ends as `info` / `crash`. */
  failed?(error: unknown): void;
}

export interface HostedSession extends Session {
  /** The client's name on the wire, `c<process>`. */
  readonly name: NodeId;
  /** As `invoke`, but calls back in the very turn in which the outcome is known. */
  start(op: Invocation, timeoutNs: number, done: (outcome: Outcome) => void): void;
  /** To be called by the runtime for every reply addressed to `name`. */
  deliver(from: NodeId, id: number, reply: Reply): void;
  /** Makes the client stand still (`ClientPauseFault`); gives the end of that. Pauses may overlap. */
  pause(): () => void;
}

/**
 * Runs a model's synchronous `Client` on a runtime's time and network, as a session. After an `info` outcome the client
 * is dropped: it sends no more, and its timers are dead. Closing a session ends its operation, if there is one, as `info`.
 */
export function hostClient(
  start: (env: ClientEnv) => Client,
  where: { readonly process: number; readonly node: NodeId; readonly nodes: readonly NodeId[] },
  transport: ClientTransport,
): HostedSession {
  const name = `c${where.process}`;
  const timers = new Map<string, () => void>();
  let complete: ((outcome: Outcome) => void) | undefined;
  let closed = false;
  let timeout: Timeout | undefined;
  let pauses = 0;
  /** What waits for the client to go on, in the order in which it came. */
  let held: (() => void)[] = [];
  const whenRunning = (act: () => void): void => {
    if (pauses === 0) act();
    else held.push(act);
  };

  const clearTimer = (timer: string): void => {
    timers.get(timer)?.();
    timers.delete(timer);
  };
  const close = (): void => {
    closed = true;
    for (const timer of [...timers.keys()]) clearTimer(timer);
    complete?.({ type: "info", error: { name: "timeout", text: "the session was closed" } });
  };
  const guard = (handler: () => void): void => {
    try {
      handler();
    } catch (error) {
      transport.failed?.(error);
      complete?.({ type: "info", error: { name: "crash", text: `the client failed: ${error}` } });
      close();
    }
  };

  const client = start({
    ...where,
    monoMs: () => nsToMs(transport.nowNs()),
    random: () => transport.random(),
    send: (to, request) => {
      whenRunning(() => {
        if (!closed) transport.send(to, { ...request, client: name });
      });
    },
    setTimer: (timer, afterMs) => {
      clearTimer(timer);
      if (closed) return;
      let cleared = false;
      const fire = (): void => {
        if (cleared || closed) return;
        timers.delete(timer);
        guard(() => client.onTimer(timer));
      };
      const cancel = transport.after(msToNs(afterMs), () => whenRunning(fire));
      timers.set(timer, () => {
        cleared = true;
        cancel();
      });
    },
    clearTimer,
    complete: (outcome) => whenRunning(() => complete?.(outcome)),
  });

  const perform = (op: Invocation, timeoutNs: number, done: (outcome: Outcome) => void): void => {
    if (closed) throw new Error(`session ${name} is spent or closed: open another under a new process number`);
    if (complete) throw new Error(`session ${name} is busy: a process does one operation at a time`);
    timeout = new Timeout(transport, timeoutNs, () => complete?.({ type: "info", error: { name: "timeout" } }));
    if (pauses === 0) timeout.run();
    complete = (outcome) => {
      complete = undefined;
      timeout?.stop();
      if (outcome.type === "info") close();
      done(outcome);
    };
    guard(() => client.onInvoke(op));
  };

  const goOn = (): void => {
    if (--pauses > 0) return;
    const waiting = held;
    held = [];
    for (const act of waiting) act();
    if (complete) timeout?.run();
  };

  return {
    name,
    start: perform,
    invoke: (op, timeoutNs) => new Promise((resolve) => perform(op, timeoutNs, resolve)),
    deliver: (from, id, reply) =>
      whenRunning(() => {
        if (!closed) guard(() => client.onReply(from, id, reply));
      }),
    pause: () => {
      if (pauses++ === 0) timeout?.stop();
      return () => transport.after(0, goOn);
    },
    close,
  };
}

/** A span of time in which only the client's own running counts. */
class Timeout {
  readonly #transport: ClientTransport;
  readonly #callback: () => void;
  #leftNs: number;
  #sinceNs = 0;
  #cancel: (() => void) | undefined;

  constructor(transport: ClientTransport, ns: number, callback: () => void) {
    this.#transport = transport;
    this.#leftNs = ns;
    this.#callback = callback;
  }

  run(): void {
    this.#sinceNs = this.#transport.nowNs();
    this.#cancel = this.#transport.after(this.#leftNs, this.#callback);
  }

  stop(): void {
    if (this.#cancel === undefined) return;
    this.#cancel();
    this.#cancel = undefined;
    this.#leftNs -= this.#transport.nowNs() - this.#sinceNs;
  }
}
