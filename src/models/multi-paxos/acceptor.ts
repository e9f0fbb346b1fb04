import type { Env } from "../../core/replica.ts";
import { type Entry, nameOf, type PValue, type Value } from "./messages.ts";
import type { Settings } from "./settings.ts";

/** The cell on disk with the ballot promised to, and the log of what was accepted. */
const PROMISED = "promised";
const ACCEPTED = "accepted";

/** A record of the log: what one handler accepted. The last one that names a slot holds for it. */
type Acceptance = { readonly ballot: number; readonly entries: readonly Entry[] };

/**
 * The acceptor of all slots on one node: one promise covers them all (Lamport, Paxos Made Simple, 2001, §3). What it
 * promised and accepted outlives a crash after `flush`.
 */
export class Acceptor {
  readonly #env: Env;
  readonly #settings: Settings;
  readonly #accepted = new Map<number, PValue>();
  #promised: number;
  #last = 0;
  #unsynced = false;

  constructor(env: Env, settings: Settings) {
    this.#env = env;
    this.#settings = settings;
    this.#promised = (env.disk.read(PROMISED) as number | undefined) ?? 0;
    const records = env.disk.records(ACCEPTED) as readonly Acceptance[];
    for (const record of records) this.#take(record);
    const newest = records.at(-1);
    for (const { slot, value } of newest?.entries ?? [])
      env.trace("kept", { decree: slot, ballot: newest?.ballot ?? 0, value: nameOf(value) });
  }

  /** The highest ballot that this acceptor has promised to or accepted in; 0 if there is none. */
  get promised(): number {
    return this.#promised;
  }

  /**
   * Phase 1b: gives what was accepted in the slots from `from` on, and accepts in no lower ballot from now on; `undefined`
   * if a higher one was promised before. A message that comes twice is answered twice.
   */
  prepare(ballot: number, from: number): readonly PValue[] | undefined {
    if (ballot < this.#promised) return undefined;
    this.#promise(ballot);
    const found: PValue[] = [];
    for (let slot = from; slot <= this.#last; slot++) {
      const pvalue = this.#accepted.get(slot);
      if (pvalue) found.push(pvalue);
    }
    return found;
  }

  /** Phase 2b: accepts, unless a higher ballot was promised. */
  accept(ballot: number, entries: readonly Entry[]): boolean {
    if (ballot < this.#promised) return false;
    this.#promise(ballot);
    const fresh = entries.filter(({ slot }) => this.#accepted.get(slot)?.ballot !== ballot);
    if (fresh.length === 0) return true;
    this.#take({ ballot, entries: fresh });
    this.#env.disk.append(ACCEPTED, { ballot, entries: fresh });
    this.#unsynced = true;
    for (const { slot, value } of fresh) this.#env.trace("accept", { decree: slot, ballot, value: nameOf(value) });
    return true;
  }

  /** What was accepted in this ballot for a slot; `undefined` if nothing was. */
  acceptedIn(ballot: number, slot: number): Value | undefined {
    const found = this.#accepted.get(slot);
    if (found === undefined) return undefined;
    return found.ballot === ballot || this.#settings.bug === "chosen-by-number" ? found.value : undefined;
  }

  /** Forces to disk what the handler has changed: before anybody hears of it (§2.5). */
  flush(): void {
    if (!this.#unsynced || this.#settings.bug === "not-synced") return;
    this.#unsynced = false;
    this.#env.disk.sync();
  }

  #promise(ballot: number): void {
    if (ballot === this.#promised) return;
    this.#promised = ballot;
    this.#env.disk.write(PROMISED, ballot);
    this.#unsynced = true;
  }

  #take({ ballot, entries }: Acceptance): void {
    for (const { slot, value } of entries) {
      this.#accepted.set(slot, { slot, ballot, value });
      this.#last = Math.max(this.#last, slot);
    }
  }
}
