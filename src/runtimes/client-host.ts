import type { Session } from "../core/cluster.ts";
import type { Invocation, NodeId, Outcome } from "../core/operation.ts";
import type { Client, ClientEnv, Reply, Request } from "../core/replica.ts";
import { msToNs } from "../core/time.ts";

/** What a runtime gives to run a client on: its time, its network. */
export interface ClientTransport {
  nowNs(): number;
  /** Calls back once at `nowNs() + afterNs`; returns a way to cancel. */
  after(afterNs: number, callback: () => void): () => void;
  /** Delivers a request from the client named `request.client`. */
  send(to: NodeId, request: Request): void;
  random(): number;
}

export interface HostedSession extends Session {
  /** The client's name on the wire, `c<process>`. */
  readonly name: NodeId;
  /** To be called by the runtime for every reply addressed to `name`. */
  deliver(from: NodeId, id: number, reply: Reply): void;
}

/** Runs a model's synchronous `Client` on a runtime's time and network, as a session. */
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
  const client = start({
    ...where,
    monoMs: () => transport.nowNs() / 1e6,
    random: () => transport.random(),
    send: (to, request) => {
      if (!closed) transport.send(to, { ...request, client: name });
    },
    setTimer: (timer, afterMs) => {
      clearTimer(timer);
      const fire = (): void => {
        timers.delete(timer);
        if (!closed) client.onTimer(timer);
      };
      timers.set(timer, transport.after(msToNs(afterMs), fire));
    },
    clearTimer,
    complete: (outcome) => complete?.(outcome),
  });

  return {
    name,
    deliver: (from, id, reply) => {
      if (!closed) client.onReply(from, id, reply);
    },
    invoke: (op: Invocation, timeoutNs: number) =>
      new Promise<Outcome>((resolve) => {
        if (closed || complete) throw new Error(`session ${name} is ${closed ? "closed" : "busy"}`);
        const cancel = transport.after(timeoutNs, () => complete?.({ type: "info", error: { name: "timeout" } }));
        complete = (outcome) => {
          complete = undefined;
          cancel();
          resolve(outcome);
        };
        client.onInvoke(op);
      }),
    close: () => {
      closed = true;
      for (const timer of [...timers.keys()]) clearTimer(timer);
    },
  };
}
