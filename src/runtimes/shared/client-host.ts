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
      if (!closed) transport.send(to, { ...request, client: name });
    },
    setTimer: (timer, afterMs) => {
      clearTimer(timer);
      if (closed) return;
      const fire = (): void => {
        timers.delete(timer);
        if (!closed) guard(() => client.onTimer(timer));
      };
      timers.set(timer, transport.after(msToNs(afterMs), fire));
    },
    clearTimer,
    complete: (outcome) => complete?.(outcome),
  });

  const perform = (op: Invocation, timeoutNs: number, done: (outcome: Outcome) => void): void => {
    if (closed) throw new Error(`session ${name} is spent or closed: open another under a new process number`);
    if (complete) throw new Error(`session ${name} is busy: a process does one operation at a time`);
    const cancel = transport.after(timeoutNs, () => complete?.({ type: "info", error: { name: "timeout" } }));
    complete = (outcome) => {
      complete = undefined;
      cancel();
      if (outcome.type === "info") close();
      done(outcome);
    };
    guard(() => client.onInvoke(op));
  };

  return {
    name,
    start: perform,
    invoke: (op, timeoutNs) => new Promise((resolve) => perform(op, timeoutNs, resolve)),
    deliver: (from, id, reply) => {
      if (!closed) guard(() => client.onReply(from, id, reply));
    },
    close,
  };
}
