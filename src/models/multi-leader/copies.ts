import type { Json } from "../../core/json.ts";
import type { Dot, VersionVector } from "../shared/clocks/siblings.ts";
import { NO_EVENTS } from "../shared/clocks/vector-clock.ts";
import type { Change, Fate, Resolution, Writer } from "./conflicts/resolution.ts";
import type { Write } from "./messages.ts";

/** What is merged into the copy of an object. */
export type Addition = Pick<Write, "key" | "delta">;

/** A node's copies of all objects, made from the writes that it has. */
export class Copies {
  readonly #resolution: Resolution<unknown>;
  readonly #copies = new Map<string, unknown>();
  /** The objects about which something is still to be decided. */
  readonly #open = new Set<string>();

  constructor(resolution: Resolution<unknown>, writes: readonly Addition[]) {
    this.#resolution = resolution;
    for (const write of writes) this.take(write);
  }

  /** What a change would add; `undefined` if it is refused. */
  update(key: string, change: Change, writer: Writer): Json | undefined {
    return this.#resolution.update(this.#copies.get(key), change, writer) as Json | undefined;
  }

  take({ key, delta }: Addition): void {
    const { merge, agreement } = this.#resolution;
    const copy = this.#copies.get(key);
    // Merging even the first one with itself gives it the form that all copies have.
    const merged = merge(copy ?? delta, delta);
    this.#copies.set(key, merged);
    if (agreement === undefined || agreement.isSettled(merged)) this.#open.delete(key);
    else this.#open.add(key);
  }

  read(key: string): Json {
    const copy = this.#copies.get(key);
    return copy === undefined ? null : this.#resolution.show(copy);
  }

  /** All that the copy holds, which may be more than one value. */
  readAll(key: string): Json {
    const { showAll, show } = this.#resolution;
    const copy = this.#copies.get(key);
    return copy === undefined ? null : (showAll ?? show)(copy);
  }

  /** The writes that a session has been shown once it was answered from this copy; `undefined` if nobody needs to know. */
  shown(key: string): VersionVector | undefined {
    const { contextOf } = this.#resolution;
    const copy = this.#copies.get(key);
    return contextOf && (copy === undefined ? NO_EVENTS : contextOf(copy));
  }

  /** What is decided of late about each object. It is yet to be taken. */
  decisions(isStable: (dot: Dot) => boolean): Addition[] {
    return [...this.#open].flatMap((key) => {
      const delta = this.#resolution.agreement?.settle(this.#copies.get(key), isStable);
      return delta === undefined ? [] : [{ key, delta: delta as Json }];
    });
  }

  fateOf(key: string, dot: Dot): Fate | undefined {
    const copy = this.#copies.get(key);
    return copy === undefined ? undefined : this.#resolution.agreement?.fateOf(copy, dot);
  }
}
