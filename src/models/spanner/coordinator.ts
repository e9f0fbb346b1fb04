import type { NodeId } from "../../core/operation.ts";
import type { LockTable } from "./locks.ts";
import type { PeerMessage, Stamp, TxnId } from "./messages.ts";
import { isRefused, type Place, propose, stampIn } from "./place.ts";
import { STEP_MS, VOTES_MS } from "./settings.ts";

const COMMIT_WAIT = "commit-wait";

type Commit = Extract<PeerMessage, { type: "commit" }>;

/** A transaction that is not decided yet, as far as the coordinator's leader has heard of it. */
interface Open {
  readonly sinceMs: number;
  /** The other participants' prepare timestamps. */
  readonly votes: Map<string, number>;
  /** What was asked for, and the latest that it may have been then. Votes may come first. */
  commit?: { readonly asked: Commit; readonly latestMs: number };
  /** A decision is on its way into the log. */
  deciding: boolean;
}

/** A decision to commit that nobody may see yet. */
interface Decided {
  readonly atMs: number;
  readonly others: readonly string[];
  applying: boolean;
}

/** What the coordinator wants of the leader whose part it is. */
export interface CoordinatorOptions {
  readonly place: Place;
  readonly locks: LockTable;
  readonly epoch: string;
  /** False once the node leads no more. */
  readonly leads: () => boolean;
  /** Locks were released. */
  readonly onReleased: () => void;
}

/**
 * The coordinating half of two-phase commit on the leader of one participant (OSDI 2012, §4.2.1): it skips the prepare phase,
 * has the decision in its group's log before anybody hears of it, and answers abort, for good, where it never heard of a
 * commit (Bernstein, Hadzilacos & Goodman 1987, §7.4). Outcomes are kept for ever.
 */
export class Coordinator {
  readonly #options: CoordinatorOptions;
  readonly #open = new Map<TxnId, Open>();
  readonly #decided = new Map<TxnId, Decided>();
  readonly #gateways = new Map<TxnId, NodeId>();

  constructor(options: CoordinatorOptions) {
    this.#options = options;
  }

  /** Takes over what earlier leaders have decided and not applied. */
  takeOver(): void {
    for (const { txn, decided, atMs, others } of this.#options.place.state.pending)
      if (decided) this.#decided.set(txn, { atMs, others, applying: false });
    this.onCommitWait();
  }

  onCommit(from: NodeId, asked: Commit): void {
    const { place, locks } = this.#options;
    const { txn, lock } = asked;
    const known = place.state.outcomeOf(txn);
    this.#gateways.set(txn, from);
    if (known !== undefined) {
      this.#tell(txn, known, asked.others);
      return;
    }
    const open = this.#openOf(txn);
    if (open.commit) return;
    open.commit = { asked, latestMs: place.clock.now().latestMs };
    if (locks.pin(txn, lock)) this.#commitIfComplete(txn, open);
    else this.#abort(txn, open);
  }

  onVote({ txn, shard, at }: Extract<PeerMessage, { type: "vote" }>): void {
    const known = this.#options.place.state.outcomeOf(txn);
    if (known !== undefined) {
      this.#tell(txn, known, [shard]);
      return;
    }
    const open = this.#openOf(txn);
    if (at === null) this.#abort(txn, open);
    else {
      open.votes.set(shard, at);
      this.#commitIfComplete(txn, open);
    }
  }

  /** Aborts what waits in vain. */
  onTick(): void {
    const { env } = this.#options.place;
    for (const [txn, open] of this.#open) if (env.monoMs() - open.sinceMs > VOTES_MS) this.#abort(txn, open);
    this.onCommitWait();
  }

  /** Lets everybody see the commits whose timestamps have certainly passed (commit wait, §4.1.2). */
  onCommitWait(): void {
    const { place } = this.#options;
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [txn, one] of this.#decided) {
      if (one.applying) continue;
      if (place.settings.bug === "no-commit-wait" || place.clock.after(one.atMs)) this.#expose(txn, one);
      else nextMs = Math.min(nextMs, place.clock.waitMs(one.atMs));
    }
    // A little longer: the timestamp must be in the past.
    if (nextMs < Number.POSITIVE_INFINITY) place.env.setTimer(COMMIT_WAIT, nextMs + 0.1);
  }

  #openOf(txn: TxnId): Open {
    const found = this.#open.get(txn);
    if (found) return found;
    const open: Open = { sinceMs: this.#options.place.env.monoMs(), votes: new Map(), deciding: false };
    this.#open.set(txn, open);
    return open;
  }

  #commitIfComplete(txn: TxnId, open: Open): void {
    const { place, epoch, leads } = this.#options;
    if (!open.commit || open.deciding) return;
    const { asked, latestMs } = open.commit;
    const { others, reads, writes } = asked;
    if (others.some((shard) => !open.votes.has(shard))) return;
    open.deciding = true;
    const early = place.settings.bug === "decision-not-logged";
    const fromMs = Math.max(latestMs, ...open.votes.values(), early ? place.state.floorMs + STEP_MS : 0);
    const input = { txn, epoch, coordinator: place.shard.name, others, reads, writes, fromMs };
    if (early) this.#expect(txn, fromMs, others);
    propose(place, { f: "commit", input }, (outcome) => {
      if (!leads()) return;
      const at = stampIn(outcome);
      if (at === undefined) {
        open.deciding = false;
        if (isRefused(outcome)) this.#abort(txn, open);
        return;
      }
      if (at !== null) place.env.trace("decided", { txn, atMs: at, latestMs });
      this.#decide(txn, at, others);
    });
  }

  #abort(txn: TxnId, open: Open): void {
    const { place, leads } = this.#options;
    if (open.deciding) return;
    open.deciding = true;
    propose(place, { f: "abort", input: { txn } }, (outcome) => {
      if (!leads()) return;
      const at = stampIn(outcome);
      if (at === undefined) open.deciding = false;
      else this.#decide(txn, at, open.commit?.asked.others ?? [...open.votes.keys()]);
    });
  }

  /** The decision is in the log. An abort may be told at once. */
  #decide(txn: TxnId, at: Stamp, others: readonly string[]): void {
    const { locks, onReleased } = this.#options;
    this.#open.delete(txn);
    if (at === null) {
      locks.release(txn);
      onReleased();
      this.#tell(txn, null, others);
      return;
    }
    this.#expect(txn, at, others);
  }

  /** It is to be shown once its timestamp has passed. */
  #expect(txn: TxnId, atMs: number, others: readonly string[]): void {
    if (this.#decided.has(txn)) return;
    this.#decided.set(txn, { atMs, others, applying: false });
    this.onCommitWait();
  }

  #expose(txn: TxnId, one: Decided): void {
    const { place, locks, leads, onReleased } = this.#options;
    const { atMs, others } = one;
    one.applying = true;
    place.env.trace("exposed", { txn, atMs, earliestMs: place.clock.now().earliestMs });
    this.#tell(txn, atMs, others, true);
    propose(place, { f: "apply", input: { txn, at: atMs } }, (outcome) => {
      if (!leads()) return;
      if (outcome.type !== "ok") {
        one.applying = false;
        return;
      }
      this.#decided.delete(txn);
      locks.release(txn);
      onReleased();
    });
  }

  /** Tells participants and gateway, unless it is too early. */
  #tell(txn: TxnId, at: Stamp, others: readonly string[], waited = false): void {
    const { place } = this.#options;
    const decided = this.#decided.get(txn);
    if (!waited && decided && !decided.applying) return;
    for (const shard of others) place.sendAll(shard, { type: "outcome", txn, at });
    const gateway = this.#gateways.get(txn);
    if (gateway !== undefined) place.send(gateway, { type: "decided", txn, at });
    this.#gateways.delete(txn);
  }
}
