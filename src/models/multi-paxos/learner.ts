import type { Json } from "../../core/json.ts";
import type { Outcome } from "../../core/operation.ts";
import type { Env } from "../../core/replica.ts";
import { type MakeStore, type ReplicatedStore, replicatedStore } from "../shared/exactly-once.ts";
import { nameOf, type Value } from "./messages.ts";

/** The log on disk: the chosen values, slot by slot. */
const LOG = "chosen";

/** To be told of a value that was applied, with the outcome if it is a command that anybody can still wait for. */
export type OnApplied = (slot: number, value: Value, outcome: Outcome | undefined) => void;

/**
 * What a node knows to be chosen, without gaps, and the state machine that it is applied to (Lamport, Paxos Made Simple,
 * 2001, §3). It is on disk without being forced there: what a crash takes, others tell again.
 */
export class Learner {
  readonly #env: Env;
  readonly #onApplied: OnApplied;
  readonly #chosen: Value[];
  readonly #store: ReplicatedStore;

  constructor(env: Env, onApplied: OnApplied, makeStore: MakeStore = replicatedStore) {
    this.#env = env;
    this.#onApplied = onApplied;
    this.#store = makeStore();
    this.#chosen = [...(env.disk.records(LOG) as readonly Value[])];
    for (const value of this.#chosen) if (value) this.#store.apply(value.client, value.seq, value.op);
  }

  /** The last slot of the known prefix; 0 if there is none. */
  get upTo(): number {
    return this.#chosen.length;
  }

  /** At most `limit` values, from a slot on. */
  valuesFrom(slot: number, limit: number): readonly Value[] {
    return this.#chosen.slice(slot - 1, slot - 1 + limit);
  }

  /** Takes a value for chosen in the slot after the last one, and applies it. */
  learnNext(value: Value): void {
    const slot = this.#chosen.push(value);
    this.#env.disk.append(LOG, value);
    this.#env.trace("learn", { decree: slot, value: nameOf(value) });
    const outcome = value ? this.#store.apply(value.client, value.seq, value.op) : undefined;
    this.#env.trace("apply", { slot, value: nameOf(value) });
    this.#onApplied(slot, value, outcome);
  }

  read(key: string | undefined): Json {
    return this.#store.read(key);
  }

  /** The answer to a command that was applied before, if it is the client's newest; else `undefined`. */
  answered(client: string, seq: number): Outcome | undefined {
    return this.#store.answered(client, seq);
  }
}
