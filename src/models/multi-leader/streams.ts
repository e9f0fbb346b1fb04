import type { NodeId } from "../../core/operation.ts";
import type { Env } from "../../core/replica.ts";
import type { Journal } from "./journal.ts";
import type { PeerMessage, Write } from "./messages.ts";
import { BATCH, RESEND_MS } from "./settings.ts";

export const RESEND_TIMER = "resend";

/** The sending and the receiving side of a node's streams: what is not acknowledged is sent again until it is. */
export class Streams {
  readonly #env: Env;
  readonly #journal: Journal;
  /** How much of its stream a neighbour is known to have on disk, and how much was sent to it once. */
  readonly #acknowledged = new Map<NodeId, number>();
  readonly #sent = new Map<NodeId, number>();

  constructor(env: Env, journal: Journal) {
    this.#env = env;
    this.#journal = journal;
    env.setTimer(RESEND_TIMER, RESEND_MS);
  }

  /** Sends what was never sent. */
  push(): void {
    for (const to of this.#journal.neighbours)
      this.#send(to, Math.max(this.#sent.get(to) ?? 0, this.#acknowledged.get(to) ?? 0));
  }

  /** Sends what was not acknowledged. */
  onResend(): void {
    for (const to of this.#journal.neighbours) this.#send(to, this.#acknowledged.get(to) ?? 0);
    this.#env.setTimer(RESEND_TIMER, RESEND_MS);
  }

  onAck(from: NodeId, count: number): void {
    // Acknowledgements may overtake each other; what was on disk once stays there.
    this.#acknowledged.set(from, Math.max(count, this.#acknowledged.get(from) ?? 0));
  }

  /** Those of the writes that are new, in order; none if something before them is missing. */
  newIn(from: NodeId, { after, writes }: Extract<PeerMessage, { type: "writes" }>): readonly Write[] {
    const received = this.#journal.receivedFrom(from);
    return after > received ? [] : writes.slice(received - after);
  }

  acknowledge(from: NodeId): void {
    const message: PeerMessage = { type: "ack", count: this.#journal.receivedFrom(from) };
    this.#env.send(from, message);
  }

  #send(to: NodeId, after: number): void {
    const writes = this.#journal.streamTo(to).slice(after, after + BATCH);
    if (writes.length === 0) return;
    const message: PeerMessage = { type: "writes", after, writes };
    this.#env.send(to, message);
    this.#sent.set(to, Math.max(after + writes.length, this.#sent.get(to) ?? 0));
  }
}
