import type { Json } from "../../core/json.ts";
import type { NodeId, Outcome } from "../../core/operation.ts";
import type { Env } from "../../core/replica.ts";
import { startReplica } from "../raft/replica.ts";
import { type Settings as RaftSettings, settingsOf as raftSettings } from "../raft/settings.ts";
import { compareHybrid, type HybridClock, type HybridStamp } from "../shared/clocks/hybrid.ts";
import { Group, type GroupMessage } from "../shared/group.ts";
import type { Alarms } from "./alarms.ts";
import type { RangeAnswer, RangeAnswers, RangeRequest, Refusal } from "./messages.ts";
import {
  applyCommand,
  type Decision,
  decide,
  decisionOf,
  type Intent,
  intentsOf,
  keyState,
  type Laid,
  type Lease,
  laterOf,
  layIntent,
  readAt,
  resolveIntent,
  takeLease,
  unchanged,
} from "./mvcc.ts";
import type { RangeDescriptor } from "./ranges.ts";
import { LEASE_LEFT_MS, LEASE_MS, MAX_OFFSET_MS, PATIENCE_MS, type Settings, SWEEP_MS } from "./settings.ts";
import { TimestampCache } from "./timestamp-cache.ts";

type Answer = (answer: RangeAnswer) => void;
type Asked<F extends RangeRequest["f"]> = Extract<RangeRequest, { readonly f: F }>;

export interface RangeOptions {
  readonly descriptor: RangeDescriptor;
  readonly clock: HybridClock;
  readonly alarms: Alarms;
  readonly settings: Settings;
  /** An intent lies here for long: somebody has to find out what it is worth. */
  readonly onStale: (key: string, intent: Intent) => void;
}

/**
 * Raft with leases on its monotonic clock: whoever reads leads, and nobody else does. It may want to lead at home; a lease
 * that comes there is taken as after a failure.
 */
const raftFor = ({ home }: RangeDescriptor, { placement }: Settings): RaftSettings =>
  placement === "anywhere" || home === undefined
    ? raftSettings({ reads: "lease", election: "pre-vote" })
    : { ...raftSettings({ reads: "lease", election: "pre-vote", leadership: "transfers" }), preferredLeader: home };

/** Any read of the log's state machine tells that this node leads and has applied what was acknowledged. */
const CONFIRM = { f: "read", key: "", input: null };

/** What a leaseholder has, from the time on when it serves. */
interface Serving {
  lease: Lease;
  readonly cache: TimestampCache;
}

/**
 * A node's replica of a range. Whoever leads the Raft group takes the range's lease, by a command, and serves it: reads
 * from its own copy, writes by commands. While a write of a key is under way, reads of it wait (latches; §3.1).
 */
export class RangeReplica {
  readonly #env: Env;
  readonly #options: RangeOptions;
  readonly #group: Group;
  #led = false;
  #serving: Serving | undefined;
  #extending = false;
  /** Commands that write a key and are under way. */
  readonly #latches = new Map<string, number>();
  /** What waits until something changes. */
  #waiting: (() => void)[] = [];
  /** Since when others have waited for a transaction, monotonic milliseconds. */
  readonly #pushedSinceMs = new Map<string, number>();
  #seenIntents = new Set<string>();

  constructor(env: Env, options: RangeOptions) {
    this.#env = env;
    this.#options = options;
    const raft = raftFor(options.descriptor, options.settings);
    const observer = {
      decided: (txn: string, decision: Decision) => env.trace("decided", { txn, ...decision }),
      versioned: (key: string, txn: string, stamp: HybridStamp) => env.trace("version", { key, txn, stamp }),
    };
    this.#group = new Group(env, {
      ...options.descriptor,
      start: (inner, makeStore) => startReplica(inner, raft, makeStore),
      machine: (contents, op) => applyCommand(contents, op, observer),
    });
    this.#armSweep();
  }

  get contents(): ReadonlyMap<string, Json> {
    return this.#group.contents;
  }

  owns(timer: string): boolean {
    return timer.startsWith(`${this.#group.name}/`);
  }

  onMessage(from: NodeId, message: GroupMessage): void {
    this.#group.onMessage(from, message);
    this.#noticeLeader();
  }

  onTimer(name: string): void {
    this.#group.onTimer(name);
    this.#noticeLeader();
  }

  /** Answered once, now or later; never if the node crashes first. */
  handle(request: RangeRequest, answer: Answer): void {
    if (!this.#group.leads) this.#refuse(answer);
    else if (this.#serving === undefined) this.#wait(request, answer);
    else this.#serve(this.#serving, request, answer);
  }

  #serve(serving: Serving, request: RangeRequest, answer: Answer): void {
    switch (request.f) {
      case "read":
        this.#read(serving, request, request.stamp, answer, () => this.#readNow(serving, request));
        break;
      case "refresh":
        this.#read(serving, request, request.to, answer, () => this.#refreshNow(serving, request));
        break;
      case "write":
        this.#write(serving, request, answer);
        break;
      case "commit": {
        const { txn, stamp } = request;
        this.#command(decide(txn, { status: "committed", stamp }), answer, (value) => value as Decision);
        break;
      }
      case "push":
        this.#push(request, answer);
        break;
      case "resolve": {
        const { key, txn, stamp } = request;
        this.#command(resolveIntent(key, txn, stamp), answer, () => ({ resolved: true }));
        break;
      }
    }
  }

  #readNow({ cache }: Serving, { key, stamp, limitMs, txn }: Asked<"read">): RangeAnswers["read"] {
    const found = readAt(keyState(this.contents, key), stamp, limitMs, txn);
    if ("value" in found) this.#noteRead(cache, key, stamp, txn);
    return found;
  }

  #refreshNow({ cache }: Serving, { key, from, to, txn }: Asked<"refresh">): RangeAnswers["refresh"] {
    const refreshed = unchanged(keyState(this.contents, key), from, to, txn);
    if (refreshed) this.#noteRead(cache, key, to, txn);
    return { refreshed };
  }

  #noteRead(cache: TimestampCache, key: string, stamp: HybridStamp, txn: string): void {
    this.#env.trace("read", { key, txn, stamp });
    cache.noteRead(key, stamp, txn);
  }

  /** Reads once the lease covers the stamp, no write of the key is under way, and this node certainly leads. */
  #read(
    serving: Serving,
    request: Asked<"read" | "refresh">,
    stamp: HybridStamp,
    answer: Answer,
    evaluate: () => RangeAnswer,
  ): void {
    const { end } = serving.lease;
    if (stamp[0] + LEASE_LEFT_MS > end[0]) this.#extend(serving, stamp);
    if (compareHybrid(stamp, end) >= 0 || this.#latches.has(request.key)) {
      this.#wait(request, answer);
      return;
    }
    this.#group.propose(CONFIRM, (outcome, leader) => {
      if (outcome.type !== "ok") answer(refusal(leader));
      else if (this.#latches.has(request.key)) this.#wait(request, answer);
      else answer(evaluate());
    });
  }

  #write({ cache }: Serving, { key, intent }: Asked<"write">, answer: Answer): void {
    const { bug } = this.#options.settings;
    const stamp = bug === "no-timestamp-cache" ? intent.stamp : cache.writable(key, intent.stamp, intent.txn);
    this.#latches.set(key, (this.#latches.get(key) ?? 0) + 1);
    const done = (told: RangeAnswer): void => {
      const others = (this.#latches.get(key) ?? 1) - 1;
      if (others > 0) this.#latches.set(key, others);
      else this.#latches.delete(key);
      answer(told);
      this.#goOn();
    };
    this.#command(layIntent(key, { ...intent, stamp }), done, (value) => value as Laid);
  }

  /**
   * Tells what has become of a transaction. Coordinators keep no heartbeat here: one for which others have waited for long
   * is aborted, and finds that when it wants to commit.
   */
  #push({ txn }: Asked<"push">, answer: Answer): void {
    const decision = decisionOf(this.contents, txn);
    const nowMs = this.#env.monoMs();
    const sinceMs = this.#pushedSinceMs.get(txn) ?? nowMs;
    if (decision === undefined && nowMs - sinceMs < PATIENCE_MS) {
      this.#pushedSinceMs.set(txn, sinceMs);
      answer({ status: "pending" });
      return;
    }
    this.#pushedSinceMs.delete(txn);
    if (decision !== undefined) answer(decision);
    else if (this.#options.settings.bug === "push-without-record") answer({ status: "aborted" });
    else this.#command(decide(txn, { status: "aborted" }), answer, (value) => value as Decision);
  }

  #command(op: Parameters<Group["propose"]>[0], answer: Answer, told: (value: Json) => RangeAnswer): void {
    this.#group.propose(op, (outcome, leader) => answer(outcome.type === "ok" ? told(outcome.value) : refusal(leader)));
  }

  /** Refuses, and tells who leads as far as known. */
  #refuse(answer: Answer): void {
    this.#group.propose(CONFIRM, (outcome: Outcome, leader) => answer(refusal(outcome.type === "ok" ? null : leader)));
  }

  #wait(request: RangeRequest, answer: Answer): void {
    this.#waiting.push(() => this.handle(request, answer));
  }

  /** Something has changed: what waits is tried again. */
  #goOn(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const again of waiting) again();
  }

  #noticeLeader(): void {
    const { leads } = this.#group;
    if (leads === this.#led) return;
    this.#led = leads;
    this.#serving = undefined;
    this.#extending = false;
    this.#pushedSinceMs.clear();
    if (leads) this.#takeLease();
    else this.#goOn();
  }

  /**
   * A new leader takes the lease. Once that is done it has applied all that was committed before, and it begins when its
   * clock has reached the start: so nothing is written at a stamp that no clock has reached yet. If clocks keep to their
   * bound that is so after the patience given here, which is for those that do not.
   */
  #takeLease(): void {
    const { clock } = this.#options;
    const asked = this.#leaseFrom(clock.tick(), clock.latest);
    const mostMs = LEASE_MS + MAX_OFFSET_MS;
    this.#group.propose(takeLease(asked), (outcome) => {
      if (outcome.type === "ok") this.#begin(outcome.value as Lease, this.#env.monoMs() + mostMs);
    });
  }

  #begin(lease: Lease, untilMs: number): void {
    if (!this.#group.leads || this.#serving !== undefined) return;
    const leftMs = Math.min(lease.start[0] - this.#env.wallMs(), untilMs - this.#env.monoMs());
    if (leftMs > 0) {
      this.#options.alarms.after(Math.max(1, leftMs), () => this.#begin(lease, untilMs));
      return;
    }
    const floor: HybridStamp = this.#options.settings.bug === "cache-empty-after-lease-change" ? [0, 0] : lease.start;
    this.#serving = { lease, cache: new TimestampCache(floor) };
    this.#goOn();
  }

  #extend(serving: Serving, stamp: HybridStamp): void {
    if (this.#extending) return;
    this.#extending = true;
    const asked = this.#leaseFrom(serving.lease.start, laterOf(stamp, this.#options.clock.latest));
    this.#group.propose(takeLease(asked), (outcome) => {
      if (this.#serving !== serving) return;
      this.#extending = false;
      if (outcome.type === "ok") serving.lease = outcome.value as Lease;
      this.#goOn();
    });
  }

  #leaseFrom(start: HybridStamp, [wallMs]: HybridStamp): Lease {
    return { holder: this.#env.id, start, end: [wallMs + LEASE_MS, 0] };
  }

  #armSweep(): void {
    this.#options.alarms.after(SWEEP_MS, () => {
      this.#sweep();
      this.#armSweep();
    });
  }

  /** An intent that lies here since the last time may be one that nobody will resolve. */
  #sweep(): void {
    const intents = this.#serving === undefined ? [] : intentsOf(this.contents);
    const seen = this.#seenIntents;
    this.#seenIntents = new Set(intents.map(([key, { txn }]) => `${key} ${txn}`));
    for (const [key, intent] of intents) if (seen.has(`${key} ${intent.txn}`)) this.#options.onStale(key, intent);
  }
}

const refusal = (leader: NodeId | null | undefined): Refusal => ({ refused: true, leader: leader ?? null });
