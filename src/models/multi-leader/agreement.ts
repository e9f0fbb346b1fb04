import type { NodeId, Outcome } from "../../core/operation.ts";
import type { Env, Request } from "../../core/replica.ts";
import type { Dot, VersionVector } from "../shared/clocks/siblings.ts";
import { covers, eventsOf, merge, NO_EVENTS } from "../shared/clocks/vector-clock.ts";
import type { Addition, Copies } from "./copies.ts";
import type { Journal } from "./journal.ts";
import type { PeerMessage } from "./messages.ts";
import { GOSSIP_MS, SILENCE_MS } from "./settings.ts";

export const GOSSIP_TIMER = "gossip";
/** The disk's log of what was decided. */
const LOG = "decisions";

interface Open {
  readonly dot: Dot;
  readonly key: string;
  /** Who waits for it. None where the node was restarted meanwhile, or only passes it on. */
  readonly request?: Request;
}

/**
 * What a node knows of what the others have on disk (a matrix clock: Wuu & Bernstein, "Efficient Solutions to the
 * Replicated Log and Dictionary Problems", PODC 1984), the writes about which that lets it decide, and the clients that wait
 * for it. Only what was decided is on disk; the rest is learnt again.
 */
export class AgreementOfAll {
  readonly #env: Env;
  readonly #journal: Journal;
  readonly #copies: Copies;
  readonly #ignoresSilent: boolean;
  readonly #has: Map<NodeId, VersionVector>;
  /** When each neighbour last told something; only the bug asks. */
  readonly #heardMs = new Map<NodeId, number>();
  #open: Open[] = [];
  #gossiping = false;

  constructor(env: Env, journal: Journal, copies: Copies, { ignoresSilent = false } = {}) {
    this.#env = env;
    this.#journal = journal;
    this.#copies = copies;
    this.#ignoresSilent = ignoresSilent;
    this.#has = new Map(env.nodes.map((node): [NodeId, VersionVector] => [node, NO_EVENTS]));
    for (const decision of [...env.disk.records(LOG)] as unknown as Addition[]) copies.take(decision);
    for (const { origin, number, key } of journal.writes)
      if (copies.fateOf(key, [origin, number]) === undefined) this.#open.push({ dot: [origin, number], key });
    this.onWrites();
  }

  /** A write is to be decided about; its client waits. */
  propose(key: string, dot: Dot, request?: Request): void {
    this.#open.push(request === undefined ? { dot, key } : { dot, key, request });
  }

  /** The node has more writes than before. */
  onWrites(): void {
    this.#learn(this.#env.id, this.#journal.has);
    this.#decide();
  }

  onProgress(from: NodeId, { has }: Extract<PeerMessage, { type: "progress" }>): void {
    this.#heardMs.set(from, this.#env.monoMs());
    for (const [node, vector] of Object.entries(has)) if (node !== this.#env.id) this.#learn(node, vector);
    this.#decide();
  }

  onGossip(): void {
    this.#gossiping = false;
    this.#tell();
  }

  /** Messages may have been lost. */
  onResend(): void {
    this.#tell();
    this.#decide();
  }

  #learn(node: NodeId, vector: VersionVector): void {
    const before = this.#has.get(node) ?? NO_EVENTS;
    if (covers(before, vector)) return;
    this.#has.set(node, merge(before, vector));
    if (this.#gossiping) return;
    this.#gossiping = true;
    this.#env.setTimer(GOSSIP_TIMER, GOSSIP_MS);
  }

  #tell(): void {
    const message: PeerMessage = { type: "progress", has: Object.fromEntries(this.#has) };
    for (const to of this.#journal.neighbours) this.#env.send(to, message);
  }

  /**
   * True if all nodes have a write, and all that they made before they had it is here. What they make later is made with
   * knowledge of it.
   */
  #isStable([origin, number]: Dot): boolean {
    return [...this.#has].every(([node, vector]) => {
      if (this.#ignoresSilent && this.#isSilent(node)) return true;
      return eventsOf(vector, origin) >= number && eventsOf(this.#journal.has, node) >= eventsOf(vector, node);
    });
  }

  #isSilent(node: NodeId): boolean {
    return node !== this.#env.id && this.#env.monoMs() - (this.#heardMs.get(node) ?? 0) > SILENCE_MS;
  }

  #decide(): void {
    const decisions = this.#copies.decisions((dot) => this.#isStable(dot));
    for (const decision of decisions) {
      this.#env.disk.append(LOG, decision);
      this.#copies.take(decision);
    }
    // What a session was shown must still be there after a restart.
    if (decisions.length > 0) this.#env.disk.sync();
    const left: Open[] = [];
    for (const open of this.#open) {
      const fate = this.#copies.fateOf(open.key, open.dot);
      if (fate === undefined) {
        left.push(open);
        continue;
      }
      const [origin, number] = open.dot;
      this.#env.trace("decide", { origin, number, fate });
      if (open.request) this.#env.reply(open.request, { outcome: fate === "committed" ? DONE : ABORTED });
    }
    this.#open = left;
  }
}

const DONE: Outcome = { type: "ok", value: null };
const ABORTED: Outcome = {
  type: "fail",
  error: { name: "txn-conflict", text: "another node had changed the object at the same time" },
};
