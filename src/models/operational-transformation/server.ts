import type { NodeId } from "../../core/operation.ts";
import type { Env } from "../../core/replica.ts";
import type { Copy } from "./copy.ts";
import type { FromServer, FromSite } from "./messages.ts";
import type { Edit, TextOperation } from "./operations.ts";
import { rebase } from "./rebase.ts";
import type { Node } from "./replica.ts";
import { BATCH, type Settings } from "./settings.ts";
import type { Transform } from "./transform.ts";

/** The server: it puts all edits into one order, as revisions, and sends these to all sites. Its own users' edits are ordered at once. */
export class Server implements Node {
  readonly #env: Env;
  readonly #copy: Copy;
  readonly #transform: Transform;
  readonly #settings: Settings;
  /** How many revisions each site is known to have. */
  readonly #known = new Map<NodeId, number>();
  #own: number;

  constructor(env: Env, copy: Copy, transform: Transform, settings: Settings) {
    this.#env = env;
    this.#copy = copy;
    this.#transform = transform;
    this.#settings = settings;
    this.#own = copy.revisions(0).filter(({ site }) => site === env.id).length;
    env.trace("leader", { term: 1 });
  }

  edit(key: string, op: TextOperation): void {
    this.#own++;
    this.#order([{ site: this.#env.id, number: this.#own, key, op }]);
  }

  onMessage(from: NodeId, { revision, edits }: FromSite): void {
    this.#known.set(from, Math.max(revision, this.#known.get(from) ?? 0));
    if (edits.length === 0) return;
    const fresh = this.#upToDate(revision, edits);
    if (fresh.length > 0) this.#order(fresh);
    // All of them are ordered already, of which the site does not know.
    else this.#sendTo(from);
  }

  resend(): void {
    for (const peer of this.#env.peers) this.#sendTo(peer);
  }

  /** Edits on top of some revision, as they are on top of the latest. Those that are among the revisions by now drop out. */
  #upToDate(after: number, edits: readonly Edit[]): readonly Edit[] {
    const { bug } = this.#settings;
    let queue = edits;
    for (const revision of this.#copy.revisions(after)) {
      const isOwn = revision.site === edits[0]?.site;
      if (isOwn ? bug === "keystrokes-doubled" : bug === "revisions-skipped") continue;
      queue = rebase(this.#transform, revision, queue).queue;
    }
    return queue;
  }

  #order(edits: readonly Edit[]): void {
    for (const edit of edits) this.#copy.add(edit);
    this.#env.disk.sync();
    this.resend();
  }

  #sendTo(peer: NodeId): void {
    const after = this.#known.get(peer) ?? 0;
    const revisions = this.#copy.revisions(after, BATCH);
    if (revisions.length === 0) return;
    const message: FromServer = { type: "revisions", after, revisions };
    this.#env.send(peer, message);
  }
}
