import type { NodeId, Outcome } from "../../core/operation.ts";
import type { Env, Request } from "../../core/replica.ts";
import type { LeaderRequestContext } from "../shared/leader-client.ts";
import { majorityOf } from "../shared/majority.ts";
import type { Acceptor } from "./acceptor.ts";
import type { Learner } from "./learner.ts";
import { Lease } from "./lease.ts";
import {
  type Accept,
  type Accepted,
  type Entry,
  nameOf,
  type PeerMessage,
  type PValue,
  type Value,
} from "./messages.ts";
import { BATCH, type Settings } from "./settings.ts";

/** A slot under way: proposed, and not yet known to be chosen. */
interface Proposed {
  readonly value: Value;
  readonly acceptedBy: Set<NodeId>;
}

/** The requests that wait for one client's command to be applied. */
interface Waiting {
  readonly seq: number;
  readonly requests: Request[];
}

/** What a leader works with. */
export interface LeadershipOptions {
  readonly env: Env;
  readonly settings: Settings;
  readonly acceptor: Acceptor;
  readonly learner: Learner;
  /** Its ballot, for which a majority has promised. */
  readonly ballot: number;
  /** What those promises tell. */
  readonly accepted: readonly PValue[];
}

/**
 * A leader from the end of phase 1 on: it executes phase 2 for each command in the next slot, and phase 1 never again
 * (Lamport, Paxos Made Simple, 2001, §3).
 */
export class Leadership {
  readonly ballot: number;
  readonly lease: Lease;
  readonly #options: LeadershipOptions;
  readonly #majority: number;
  /** By slot, in order. */
  readonly #proposed = new Map<number, Proposed>();
  readonly #waiting = new Map<string, Waiting>();
  /** What earlier leaders may have had chosen lies in slots up to this one. */
  readonly #inherited: number;
  #last: number;

  /** Proposes what it inherits; nothing is sent before the first `heartbeat`. */
  constructor(options: LeadershipOptions) {
    const { env, settings, learner, ballot } = options;
    this.#options = options;
    this.ballot = ballot;
    this.lease = new Lease(env, settings);
    this.#majority = majorityOf(env.nodes.length);
    this.#last = learner.upTo;
    const entries = this.#inherit();
    this.#inherited = this.#last + entries.length;
    this.#open(entries);
  }

  /** True if this node's copy holds all that was acknowledged before, and nobody else can have had a command chosen. */
  mayAnswerReads(): boolean {
    const { settings, learner } = this.#options;
    if (settings.reads !== "lease" || learner.upTo < this.#inherited) return false;
    return settings.bug === "deposed-leader-reads" || this.lease.runs();
  }

  /** Has a command chosen, unless a retry of it was or will be; answers when it is applied. */
  propose(request: Request): void {
    const { env, learner } = this.#options;
    const { client, op } = request;
    // A client that says nothing of retries makes none: its requests are numbered.
    const { seq = request.id } = (request.context ?? {}) as Partial<LeaderRequestContext>;
    const outcome = learner.answered(client, seq);
    if (outcome) {
      this.#answer(request, outcome);
      return;
    }
    const waiting = this.#waiting.get(client);
    if (waiting?.seq === seq) {
      waiting.requests.push(request);
      return;
    }
    this.#waiting.set(client, { seq, requests: [request] });
    const { f, key, input } = op;
    const value: Value = { client, seq, op: key === undefined ? { f, input } : { f, key, input } };
    env.trace("propose", { value: nameOf(value) });
    const entries = [{ slot: this.#last + 1, value }];
    this.#open(entries);
    for (const peer of env.peers) this.#sendAccept(peer, entries);
  }

  /** Shows all that it leads, and sends again what they have not accepted (Paxos Made Simple, §2.4: messages may be lost). */
  heartbeat(): void {
    for (const peer of this.#options.env.peers) {
      const entries: Entry[] = [];
      for (const [slot, { value, acceptedBy }] of this.#proposed) {
        if (entries.length === BATCH) break;
        if (!acceptedBy.has(peer)) entries.push({ slot, value });
      }
      this.#sendAccept(peer, entries);
    }
  }

  onAccepted(from: NodeId, { slots, upTo, behind, sentMs }: Accepted): void {
    const { learner } = this.#options;
    this.lease.answered(from, sentMs);
    for (const slot of slots) this.#proposed.get(slot)?.acceptedBy.add(from);
    this.#learn();
    const values = behind ? learner.valuesFrom(upTo + 1, BATCH) : [];
    if (values.length > 0) this.#send(from, { type: "learn", from: upTo + 1, values });
  }

  /** To be told of each value that was applied here. */
  onApplied(value: Value, outcome: Outcome | undefined): void {
    const waiting = value ? this.#waiting.get(value.client) : undefined;
    if (!value || !waiting || waiting.seq !== value.seq || outcome === undefined) return;
    this.#waiting.delete(value.client);
    for (const request of waiting.requests) this.#answer(request, outcome);
  }

  /** It leads no more. What it proposed may be chosen by its successor, so who waits is told that nothing is known. */
  end(leader: NodeId | null): void {
    const text = "deposed before the command was known to be chosen";
    for (const { requests } of this.#waiting.values())
      for (const request of requests)
        this.#options.env.reply(request, {
          outcome: { type: "info", error: { name: "crash", text } },
          context: { leader },
        });
  }

  /**
   * What it must propose first: for each slot the value of the highest ballot that the promises tell (P2c of §2.2), and a
   * no-op in the gaps between them (§3).
   */
  #inherit(): Entry[] {
    const { env, learner, ballot } = this.#options;
    const best = new Map<number, PValue>();
    for (const pvalue of this.#options.accepted)
      if (pvalue.ballot > (best.get(pvalue.slot)?.ballot ?? 0)) best.set(pvalue.slot, pvalue);
    const last = Math.max(learner.upTo, ...best.keys());
    const entries: Entry[] = [];
    for (let slot = learner.upTo + 1; slot <= last; slot++) {
      const found = best.get(slot);
      if (found) env.trace("adopt", { decree: slot, ballot, value: nameOf(found.value), from: found.ballot });
      else env.trace("fill", { decree: slot, ballot });
      entries.push({ slot, value: found?.value ?? null });
    }
    return entries;
  }

  /** Proposes values for the next slots, and accepts them itself. */
  #open(entries: readonly Entry[]): void {
    const { env, acceptor } = this.#options;
    for (const { slot, value } of entries) this.#proposed.set(slot, { value, acceptedBy: new Set([env.id]) });
    this.#last += entries.length;
    acceptor.accept(this.ballot, entries);
    this.#learn();
  }

  /** Takes what a majority has accepted for chosen, in the order of slots. */
  #learn(): void {
    const { learner } = this.#options;
    for (;;) {
      const slot = learner.upTo + 1;
      const next = this.#proposed.get(slot);
      if (!next || next.acceptedBy.size < this.#majority) return;
      this.#proposed.delete(slot);
      learner.learnNext(next.value);
    }
  }

  #sendAccept(peer: NodeId, entries: readonly Entry[]): void {
    const { learner } = this.#options;
    const message: Accept = {
      type: "accept",
      ballot: this.ballot,
      entries,
      upTo: learner.upTo,
      ...this.lease.stamp(),
    };
    this.#send(peer, message);
  }

  #send(peer: NodeId, message: PeerMessage): void {
    this.#options.env.send(peer, message);
  }

  #answer(request: Request, outcome: Outcome): void {
    this.#options.env.reply(request, { outcome, context: { index: this.#options.learner.upTo } });
  }
}
