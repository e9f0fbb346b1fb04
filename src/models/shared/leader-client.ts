import type { Invocation, NodeId, Outcome } from "../../core/operation.ts";
import type { Client, ClientEnv } from "../../core/replica.ts";
import { isRead } from "./key-value.ts";

/** Pause after all nodes have refused in turn, milliseconds. */
const PAUSE_MS = 50;
/** After this long an operation that certainly had no effect is given up, milliseconds: before a harness calls it unknown. */
const GIVE_UP_MS = 800;

/** How a protocol's sessions differ. */
export interface LeaderClientOptions {
  /** Shortest and longest silence after which a request is repeated elsewhere, milliseconds: as patient as a follower. */
  readonly minSilenceMs: number;
  readonly maxSilenceMs: number;
  /** True for operations that only the session's own node may answer. Those of the closing phase always are. */
  readonly staysAtNode?: (op: Invocation) => boolean;
  /** True if the session has seen the state that answered this operation. */
  readonly sees?: (op: Invocation) => boolean;
  /** A read goes to whoever answered the last one, leader or not: right only if a lease outlives no leadership. */
  readonly readsFromHolder?: boolean;
}

/** What a client tells a node beside the operation. */
export type LeaderRequestContext = {
  /** The operation's number in its session; a retry has the same. */
  readonly seq: number;
  /** The index of the log up to which the session has seen the state. */
  readonly seen: number;
};

/** What a node tells a client beside the outcome. */
export type LeaderReplyContext = {
  /** With a refusal: who leads, as far as the node knows. */
  readonly leader?: NodeId | null;
  /** With an answer: the index of the log up to which it shows the state. */
  readonly index?: number;
};

/** The operation under way. */
interface Current {
  readonly op: Invocation;
  readonly seq: number;
  readonly startedMs: number;
  /** Request ids from this one on belong to it. */
  readonly firstId: number;
  /** Requests that may still take effect, or have. */
  readonly open: Set<number>;
  /** The node that alone may answer. */
  readonly only: NodeId | undefined;
  /** Refusals in a row since the last pause. */
  refusals: number;
}

/**
 * A client of a replicated log that one leader orders (Ongaro & Ousterhout 2014, §8; Ongaro's dissertation, §6.2 and §6.3).
 * It stays with the last known leader, follows redirections, and after silence repeats a request elsewhere under the same
 * sequence number, which makes it exactly once (`exactly-once.ts`). It tells the index of the log up to which the session
 * has seen the state, so that no copy shows it less. It reports `fail` only when no request can have an effect: all were
 * refused, or the operation is a read.
 */
export function startLeaderClient(env: ClientEnv, options: LeaderClientOptions): Client {
  const { minSilenceMs, maxSilenceMs, staysAtNode = () => false, sees = () => true, readsFromHolder = false } = options;
  let leader = env.node;
  /** Who last answered a read; only with `readsFromHolder`. */
  let holder: NodeId | undefined;
  let lastSeq = 0;
  let lastId = 0;
  let seen = 0;
  let current: Current | undefined;

  const complete = (outcome: Outcome): void => {
    current = undefined;
    env.clearTimer("retry");
    env.complete(outcome);
  };

  const attempt = (now: Current): void => {
    lastId++;
    now.open.add(lastId);
    const to = now.only ?? (isRead(now.op) ? holder : undefined) ?? leader;
    const context: LeaderRequestContext = { seq: now.seq, seen };
    env.send(to, { id: lastId, op: now.op, context });
    const silenceMs = minSilenceMs + env.random() * (maxSilenceMs - minSilenceMs);
    const leftMs = now.startedMs + GIVE_UP_MS - env.monoMs();
    env.setTimer("retry", isRead(now.op) && leftMs > 0 ? Math.min(silenceMs, Math.max(1, leftMs)) : silenceMs);
  };

  /** Gives the operation up if it is time to and certain that it has no effect. */
  const givesUp = (now: Current): boolean => {
    if (env.monoMs() - now.startedMs < GIVE_UP_MS || (now.open.size > 0 && !isRead(now.op))) return false;
    complete({ type: "fail", error: { name: "temporarily-unavailable", text: "no leader answered" } });
    return true;
  };

  /** Who was asked does not serve: from now on ask whom it named, if anyone, or the next node. */
  const moveOn = (now: Current, named?: NodeId | null): void => {
    const held = isRead(now.op) && holder !== undefined;
    if (held) holder = undefined;
    if (named) leader = named;
    else if (!held) leader = env.nodes[(env.nodes.indexOf(leader) + 1) % env.nodes.length] ?? leader;
  };

  /** A node refused: go where it points, else to the next node; after a round of refusals, or if alone, wait first. */
  const refused = (now: Current, from: NodeId, hint: NodeId | null | undefined): void => {
    if (givesUp(now)) return;
    moveOn(now, hint === from ? null : hint);
    now.refusals++;
    if (now.refusals < env.nodes.length && !now.only) attempt(now);
    else {
      now.refusals = 0;
      env.setTimer("retry", PAUSE_MS * (1 + env.random()));
    }
  };

  return {
    onInvoke: (op) => {
      lastSeq++;
      current = {
        op,
        seq: lastSeq,
        startedMs: env.monoMs(),
        firstId: lastId + 1,
        open: new Set(),
        only: op.final || staysAtNode(op) ? env.node : undefined,
        refusals: 0,
      };
      attempt(current);
    },

    onReply: (from, id, { outcome, context }) => {
      if (!current || id < current.firstId) return;
      const { leader: hint, index } = (context ?? {}) as LeaderReplyContext;
      const refusal = outcome.type === "fail" && REFUSALS.has(outcome.error.name);
      if (refusal) current.open.delete(id);
      if (refusal || outcome.type === "info") {
        if (id === lastId) refused(current, from, hint);
        return;
      }
      if (!current.only) {
        if (readsFromHolder && isRead(current.op)) holder = from;
        else leader = from;
      }
      if (index !== undefined && sees(current.op)) seen = Math.max(seen, index);
      complete(outcome);
    },

    onTimer: () => {
      if (!current || givesUp(current)) return;
      if (current.open.has(lastId)) moveOn(current);
      attempt(current);
    },
  };
}

/** Refusals of the protocol, as opposed to answers of the state machine such as `precondition-failed`. */
const REFUSALS: ReadonlySet<string> = new Set(["temporarily-unavailable", "node-not-found"]);
