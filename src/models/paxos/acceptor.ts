import type { Env } from "../../core/replica.ts";
import { type Accepted, nameOf, type Proposal } from "./messages.ts";
import type { Settings } from "./settings.ts";

/** The log on disk: what has changed, decree by decree; the last record of a decree is its state. */
const LOG = "acceptor";

/** What an acceptor must not forget of a decree (§2.5). */
type State = { readonly promised: number; readonly accepted: Accepted | null };

const FRESH: State = { promised: 0, accepted: null };

/** The acceptor of all decrees on one node (Lamport, Paxos Made Simple, 2001, §2.2). Nothing here syncs. */
export class Acceptor {
  readonly #env: Env;
  readonly #settings: Settings;
  readonly #states = new Map<string, State>();

  constructor(env: Env, settings: Settings) {
    this.#env = env;
    this.#settings = settings;
    const records = env.disk.records(LOG) as readonly (State & { readonly key: string })[];
    for (const { key, promised, accepted } of records) this.#states.set(key, { promised, accepted });
    const last = records.at(-1);
    if (last?.accepted) {
      const { ballot, proposal } = last.accepted;
      env.trace("kept", { decree: last.key, ballot, value: nameOf(proposal) });
    }
  }

  /** The highest ballot that this acceptor has promised to or accepted in; 0 if there is none. */
  promised(key: string): number {
    return this.#state(key).promised;
  }

  /**
   * Phase 1b: gives what was accepted, and accepts in no lower ballot from now on; `undefined` if a higher one was promised
   * before. A message that comes twice is answered twice.
   */
  prepare(key: string, ballot: number): Accepted | null | undefined {
    const { promised, accepted } = this.#state(key);
    if (ballot < promised) return undefined;
    if (ballot > promised) this.#keep(key, { promised: ballot, accepted });
    return accepted;
  }

  /** Phase 2b: accepts, unless a higher ballot was promised. */
  accept(key: string, ballot: number, proposal: Proposal): boolean {
    const { promised } = this.#state(key);
    if (ballot < promised && this.#settings.bug !== "accepts-below-promise") return false;
    this.#keep(key, { promised: Math.max(ballot, promised), accepted: { ballot, proposal } });
    this.#env.trace("accept", { decree: key, ballot, value: nameOf(proposal) });
    return true;
  }

  #state(key: string): State {
    return this.#states.get(key) ?? FRESH;
  }

  #keep(key: string, state: State): void {
    this.#states.set(key, state);
    this.#env.disk.append(LOG, { key, ...state });
  }
}
