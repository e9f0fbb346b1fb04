import type { NodeId } from "../../core/operation.ts";
import type { Env } from "../../core/replica.ts";
import type { Copy } from "./copy.ts";
import type { FromServer, FromSite } from "./messages.ts";
import type { Edit, TextOperation } from "./operations.ts";
import type { Node } from "./replica.ts";
import { BATCH, type Settings } from "./settings.ts";

/** A site: it shows its users' edits at once, and sends them to the server until it gets them back as revisions. */
export class Site implements Node {
  readonly #env: Env;
  readonly #copy: Copy;
  readonly #settings: Settings;
  readonly #server: NodeId;
  /** How many edits at the head of the queue are on their way. */
  #inFlight = 0;

  constructor(env: Env, copy: Copy, settings: Settings, server: NodeId) {
    this.#env = env;
    this.#copy = copy;
    this.#settings = settings;
    this.#server = server;
  }

  edit(key: string, op: TextOperation): void {
    this.#copy.type(key, op);
    if (this.#settings.bug !== "ack-before-disk") this.#env.disk.sync();
    if (this.#maySend) this.#send(this.#next());
  }

  onMessage(_from: NodeId, { after, revisions }: FromServer): void {
    const queued = this.#copy.queue.length;
    const fresh = after > this.#copy.revision ? [] : revisions.slice(this.#copy.revision - after);
    for (const revision of fresh) this.#copy.add(revision);
    if (fresh.length > 0) this.#env.disk.sync();
    const ordered = queued - this.#copy.queue.length;
    this.#inFlight = Math.max(0, this.#inFlight - ordered);
    // Also where nothing was new: the server is told from where on to send.
    this.#send(ordered > 0 && this.#maySend ? this.#next() : []);
  }

  resend(): void {
    if (this.#copy.queue.length > 0) this.#send(this.#inFlight > 0 ? this.#underWay() : this.#next());
  }

  get #maySend(): boolean {
    return this.#settings.sending === "streaming" || this.#inFlight === 0;
  }

  /** From now on all of the queue is under way, as far as it fits into a message. */
  #next(): readonly Edit[] {
    this.#inFlight = Math.min(BATCH, this.#copy.queue.length);
    return this.#underWay();
  }

  /** The edits that are under way, in the form that they have by now. */
  #underWay(): readonly Edit[] {
    return this.#copy.queue.slice(0, this.#inFlight);
  }

  #send(edits: readonly Edit[]): void {
    const message: FromSite = { type: "edits", revision: this.#copy.revision, edits };
    this.#env.send(this.#server, message);
  }
}
