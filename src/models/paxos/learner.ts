import type { NodeId } from "../../core/operation.ts";
import type { Env } from "../../core/replica.ts";
import { type Decree, nameOf, type PeerMessage, type Proposal } from "./messages.ts";
import { BATCH } from "./settings.ts";

/** The log on disk: decrees in the order in which this node learned them. */
const LOG = "learned";

/**
 * What a node knows to be chosen, on disk. It tells its peers, and again until they have it, so that all learn in the end
 * what one has learned (Lamport, Paxos Made Simple, 2001, §2.3). Nothing here syncs.
 */
export class Learner {
  readonly #env: Env;
  readonly #chosen = new Map<string, Proposal>();
  /** Of how many of the first decrees here each peer is known to have them. */
  readonly #acknowledged = new Map<NodeId, number>();

  constructor(env: Env) {
    this.#env = env;
    for (const { key, proposal } of this.#decrees) this.#chosen.set(key, proposal);
  }

  chosen(key: string): Proposal | undefined {
    return this.#chosen.get(key);
  }

  /** Takes a value for chosen; says if that is news. */
  learn(key: string, proposal: Proposal): boolean {
    if (this.#chosen.has(key)) return false;
    this.#chosen.set(key, proposal);
    this.#env.disk.append(LOG, { key, proposal });
    this.#env.trace("learn", { decree: key, value: nameOf(proposal) });
    return true;
  }

  /** Tells all peers what was learned last. */
  tellNewest(): void {
    const after = this.#decrees.length - 1;
    for (const peer of this.#env.peers) this.#tell(peer, after);
  }

  /** Tells every peer what it is not known to have. */
  tellMissing(): void {
    for (const peer of this.#env.peers) this.#tell(peer, this.#acknowledged.get(peer) ?? 0);
  }

  /** A peer has what follows the first `after` decrees here, up to `upTo`. */
  onLearned(peer: NodeId, { after, upTo }: Extract<PeerMessage, { type: "learned" }>): void {
    const known = this.#acknowledged.get(peer) ?? 0;
    if (after <= known) this.#acknowledged.set(peer, Math.max(known, upTo));
  }

  get #decrees(): readonly Decree[] {
    return this.#env.disk.records(LOG) as readonly Decree[];
  }

  #tell(peer: NodeId, after: number): void {
    const decrees = this.#decrees.slice(after, after + BATCH);
    if (decrees.length === 0) return;
    const message: PeerMessage = { type: "learn", after, decrees };
    this.#env.send(peer, message);
  }
}
