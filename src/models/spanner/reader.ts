import type { NodeId } from "../../core/operation.ts";
import type { PeerMessage } from "./messages.ts";
import type { Place } from "./place.ts";
import { GIVE_UP_MS } from "./settings.ts";

type ReadAt = Extract<PeerMessage, { type: "read-at" }>;

interface Waiting {
  readonly from: NodeId;
  readonly asked: ReadAt;
  readonly sinceMs: number;
}

/**
 * Answers reads at a timestamp from this node's copy, once that is safe (OSDI 2012, §4.1.3): no timestamp up to it will be
 * assigned any more, and what is pending can write none of the keys at it. So who leads does not matter to what is read.
 */
export class Reader {
  readonly #place: Place;
  /** By the gateway's name of the read, each once. */
  readonly #waiting = new Map<string, Waiting>();

  constructor(place: Place) {
    this.#place = place;
  }

  onReadAt(from: NodeId, asked: ReadAt): void {
    const { env, state, shard, sendAll } = this.#place;
    if (!this.#waiting.has(asked.read)) this.#waiting.set(asked.read, { from, asked, sinceMs: env.monoMs() });
    if (state.floorMs < asked.atMs && this.#place.settings.bug !== "safe-time-ignored")
      sendAll(shard.name, { type: "advance", toMs: asked.atMs });
    this.flush();
  }

  /** Answers what can be answered, and forgets what nobody waits for: to be called when the copy may have changed. */
  flush(): void {
    const { env, state, shard, send } = this.#place;
    for (const [read, { from, asked, sinceMs }] of this.#waiting) {
      const { keys, atMs } = asked;
      if (this.#isSafe(asked)) {
        const values = keys.map((key) => [key, state.valueAt(key, atMs)] as const);
        send(from, { type: "values", read, shard: shard.name, values });
        this.#waiting.delete(read);
      } else if (env.monoMs() - sinceMs > 2 * GIVE_UP_MS) this.#waiting.delete(read);
    }
  }

  #isSafe({ keys, atMs }: ReadAt): boolean {
    const { state, settings } = this.#place;
    if (state.floorMs < atMs && settings.bug !== "safe-time-ignored") return false;
    return settings.bug === "reads-below-prepared" || !state.isOpen(keys, atMs);
  }
}
