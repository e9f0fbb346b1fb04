import type { Json } from "../../core/json.ts";
import type { Env } from "../../core/replica.ts";
import { applied, type Edit, type Text, type TextOperation } from "./operations.ts";
import { rebase } from "./rebase.ts";
import type { Transform } from "./transform.ts";

/** The disk's log of the server's order, as far as it is known here, and of the edits that were taken here. */
const REVISIONS = "revisions";
const TYPED = "typed";

/** An own edit as it was typed: on top of so many revisions, and of the own edits before it that were not among these. */
type Typed = { readonly after: number; readonly edit: Edit };

/**
 * A node's copy of all documents: the revisions that it has, in the server's order, which is one for all documents, and on top
 * of them its own edits that are not among these yet. Nothing here syncs. A restart goes through both logs again.
 */
export class Copy {
  readonly #env: Env;
  readonly #transform: Transform;
  readonly #rebasesQueue: boolean;
  readonly #texts = new Map<string, Text>();
  #revision = 0;
  #queue: readonly Edit[] = [];

  constructor(env: Env, transform: Transform, { rebasesQueue = true } = {}) {
    this.#env = env;
    this.#transform = transform;
    this.#rebasesQueue = rebasesQueue;
    const typed = [...this.#typed].values();
    let own = typed.next();
    for (const revision of [undefined, ...this.#revisions]) {
      if (revision !== undefined) this.#show(revision);
      for (; !own.done && own.value.after <= this.#revision; own = typed.next()) this.#type(own.value.edit);
    }
  }

  /** How many revisions are here. */
  get revision(): number {
    return this.#revision;
  }

  /** Own edits that are not among the revisions yet, in order and as they are on top of these. */
  get queue(): readonly Edit[] {
    return this.#queue;
  }

  /** At most `limit` revisions that follow the first `after`. */
  revisions(after: number, limit = Number.POSITIVE_INFINITY): readonly Edit[] {
    return this.#revisions.slice(after, after + limit);
  }

  /** `undefined` for a document that nobody has written in. */
  text(key: string): Text | undefined {
    return this.#texts.get(key);
  }

  /** Takes an own edit; it is shown at once. */
  type(key: string, op: TextOperation): void {
    const edit: Edit = { site: this.#env.id, number: this.#typed.length + 1, key, op };
    const typed: Typed = { after: this.#revision, edit };
    this.#env.disk.append(TYPED, typed);
    this.#type(edit);
  }

  /** Takes the next revision. */
  add(revision: Edit): void {
    this.#env.disk.append(REVISIONS, revision);
    this.#show(revision);
    const { site, number, key } = revision;
    const detail = { revision: this.#revision, site, number, key };
    this.#env.trace("revision", { ...detail, op: JSON.stringify(revision.op) });
    if (this.#queue.every((edit) => edit.key !== key))
      this.#env.trace("text", { revision: this.#revision, key, text: JSON.stringify(this.#texts.get(key) ?? []) });
  }

  #type(edit: Edit): void {
    this.#queue = [...this.#queue, edit];
    this.#apply(edit);
  }

  #show(next: Edit): void {
    const { revision, queue } = rebase(this.#transform, next, this.#queue);
    this.#revision++;
    if (revision === undefined || this.#rebasesQueue) this.#queue = queue;
    if (revision !== undefined) this.#apply(revision);
  }

  #apply({ key, op }: Edit): void {
    this.#texts.set(key, applied(this.#texts.get(key) ?? [], op));
  }

  get #revisions(): readonly Edit[] {
    return this.#log(REVISIONS) as readonly Edit[];
  }

  get #typed(): readonly Typed[] {
    return this.#log(TYPED) as readonly Typed[];
  }

  #log(name: string): readonly Json[] {
    return this.#env.disk.records(name);
  }
}
