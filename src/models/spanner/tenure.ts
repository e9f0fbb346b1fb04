import type { NodeId } from "../../core/operation.ts";
import { Coordinator } from "./coordinator.ts";
import { type Holder, LockTable } from "./locks.ts";
import type { PeerMessage, Stamp, TxnId } from "./messages.ts";
import { isRefused, type Place, propose, stampIn } from "./place.ts";
import { LOCK_MS } from "./settings.ts";
import type { Pending } from "./state.ts";

type Of<T extends PeerMessage["type"]> = Extract<PeerMessage, { type: T }>;

/**
 * A leader's part in transactions, from when its group has begun its epoch until it leads no more: it grants locks and takes
 * part in two-phase commit. What must outlive it is in the group's log; locks are in memory, but those of transactions that
 * are prepared, which stand in the log (OSDI 2012, §4.2.1).
 */
export class Tenure {
  readonly epoch: string;
  readonly coordinator: Coordinator;
  readonly #place: Place;
  readonly #locks: LockTable;
  /** Prepare records and outcomes on their way into the log. */
  readonly #logging = new Set<string>();
  #over = false;

  constructor(place: Place, epoch: string) {
    this.#place = place;
    this.epoch = epoch;
    this.#locks = new LockTable(epoch);
    this.coordinator = new Coordinator({
      place,
      locks: this.#locks,
      epoch,
      leads: () => !this.#over,
      onReleased: () => this.#settle(),
    });
    if (place.settings.bug !== "locks-lost-on-failover") for (const one of place.state.pending) this.#adopt(one);
    this.coordinator.takeOver();
    this.#askOutcomes();
  }

  end(): void {
    this.#over = true;
  }

  onLock(gateway: NodeId, { txn, age, reads, writes }: Of<"lock">): void {
    const { state, env } = this.#place;
    if (state.outcomeOf(txn) !== undefined || this.#locks.isPinned(txn)) return;
    const holder = this.#locks.holder(txn);
    if (holder) {
      this.#sendLocked(holder);
      return;
    }
    this.#locks.request({ txn, age, gateway, reads, writes }, env.monoMs());
    this.#settle();
  }

  onRelease({ txn }: Of<"release">): void {
    if (!this.#locks.isPinned(txn)) this.#release(txn);
  }

  onPrepare({ txn, lock, coordinator, reads, writes }: Of<"prepare">): void {
    const { state } = this.#place;
    const pending = state.pendingOf(txn);
    if (pending) this.#vote(coordinator, txn, pending.atMs);
    else if (this.#logging.has(txn) || state.outcomeOf(txn) !== undefined) return;
    else if (!this.#locks.pin(txn, lock)) this.#vote(coordinator, txn, null);
    else {
      const input = { txn, epoch: this.epoch, coordinator, reads, writes };
      this.#log(txn, { f: "prepare", input }, (at, refused) => {
        if (at === undefined && !refused) return;
        this.#vote(coordinator, txn, at ?? null);
        if (at === undefined || at === null) this.#release(txn);
      });
    }
  }

  onOutcome({ txn, at }: Of<"outcome">): void {
    const { state } = this.#place;
    if (state.outcomeOf(txn) !== undefined && !state.pendingOf(txn)) this.#release(txn);
    else
      this.#log(`${txn} outcome`, { f: "apply", input: { txn, at } }, (value) => {
        if (value !== undefined) this.#release(txn);
      });
  }

  onAdvance({ toMs }: Of<"advance">): void {
    if (toMs > this.#place.state.floorMs)
      this.#log(`advance ${toMs}`, { f: "advance", input: { toMs } }, () => undefined);
  }

  onTick(): void {
    this.#locks.expire(this.#place.env.monoMs() - LOCK_MS);
    this.#settle();
    this.#askOutcomes();
    this.coordinator.onTick();
  }

  #adopt({ txn, reads, writes }: Pending): void {
    const { env } = this.#place;
    // Nobody asks for it with an age again.
    const age = [0, txn] as const;
    this.#locks.adopt({ txn, age, gateway: env.id, reads, writes: writes.map(([key]) => key) }, env.monoMs());
  }

  /** Asks what became of those in doubt, by voting again (the termination protocol of Bernstein, Hadzilacos & Goodman 1987, §7.4). */
  #askOutcomes(): void {
    for (const { txn, decided, coordinator, atMs } of this.#place.state.pending)
      if (!decided) this.#vote(coordinator, txn, atMs);
  }

  #vote(coordinator: string, txn: TxnId, at: Stamp): void {
    this.#place.sendAll(coordinator, { type: "vote", txn, shard: this.#place.shard.name, at });
  }

  #release(txn: TxnId): void {
    this.#locks.release(txn);
    this.#settle();
  }

  #settle(): void {
    const { granted, wounded } = this.#locks.settle();
    for (const { txn, gateway } of wounded) this.#place.send(gateway, { type: "wounded", txn });
    for (const holder of granted) this.#sendLocked(holder);
  }

  #sendLocked({ txn, gateway, lock, reads }: Holder): void {
    const { state, shard } = this.#place;
    const values = reads.map((key) => [key, state.valueAt(key)] as const);
    this.#place.send(gateway, { type: "locked", txn, shard: shard.name, lock, values });
  }

  /** Has a command logged once at a time; `refused` if it certainly never is. Nobody hears of it when this is over. */
  #log(
    name: string,
    command: Parameters<typeof propose>[1],
    onDone: (at: Stamp | undefined, refused: boolean) => void,
  ): void {
    if (this.#logging.has(name)) return;
    this.#logging.add(name);
    propose(this.#place, command, (outcome) => {
      this.#logging.delete(name);
      if (!this.#over) onDone(stampIn(outcome), isRefused(outcome));
    });
  }
}
