import type { Invocation, NodeId, Outcome } from "../../core/operation.ts";
import type { Client, ClientEnv } from "../../core/replica.ts";
import { isRead, observes } from "../shared/key-value.ts";
import type { BugName } from "./bugs.ts";
import { MAX_ELECTION_MS, MIN_ELECTION_MS, type ReadMode } from "./state.ts";

/** Shortest and longest silence after which a request is repeated elsewhere, milliseconds: as patient as a follower. */
const MIN_SILENCE_MS = MIN_ELECTION_MS;
const MAX_SILENCE_MS = MAX_ELECTION_MS;
/** Pause after all nodes have refused in turn, milliseconds. */
const PAUSE_MS = 50;
/** After this long an operation that certainly had no effect is given up, milliseconds: before a harness calls it unknown. */
const GIVE_UP_MS = 800;

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
 * A client of a Raft cluster (§8; Ongaro's dissertation, §6.2 and §6.3). It stays with the last known leader, follows
 * redirections, and after silence repeats a request elsewhere under the same sequence number, which makes it exactly
 * once. It tells the index of the log up to which the session has seen the state, so that no copy shows it less; in mode
 * `local` what it only wrote does not count as seen. It reports `fail` only when no request can have an effect: all were refused, or the operation is a read.
 */
export function startClient(env: ClientEnv, reads: ReadMode, bug?: BugName): Client {
  let leader = env.node;
  /** Who last answered a read; only with the bug `lease-on-wall-clock`, where the lease outlives the leadership. */
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
    env.send(to, { id: lastId, op: now.op, context: { seq: now.seq, seen } });
    const silenceMs = MIN_SILENCE_MS + env.random() * (MAX_SILENCE_MS - MIN_SILENCE_MS);
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
      const stays = op.final === true || (reads === "local" && isRead(op));
      lastSeq++;
      current = {
        op,
        seq: lastSeq,
        startedMs: env.monoMs(),
        firstId: lastId + 1,
        open: new Set(),
        only: stays ? env.node : undefined,
        refusals: 0,
      };
      attempt(current);
    },

    onReply: (from, id, { outcome, context }) => {
      if (!current || id < current.firstId) return;
      const { leader: hint, index } = (context ?? {}) as { readonly leader?: NodeId | null; readonly index?: number };
      const refusal = outcome.type === "fail" && REFUSALS.has(outcome.error.name);
      if (refusal) current.open.delete(id);
      if (refusal || outcome.type === "info") {
        if (id === lastId) refused(current, from, hint);
        return;
      }
      if (!current.only) {
        if (bug === "lease-on-wall-clock" && isRead(current.op)) holder = from;
        else leader = from;
      }
      if (index !== undefined && (reads !== "local" || observes(current.op))) seen = Math.max(seen, index);
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
