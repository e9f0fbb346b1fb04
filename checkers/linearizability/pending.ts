import { insert, remove, wordsFor } from "./masks.ts";
import type { Entry } from "./problem.ts";

/** An entry that cannot be placed while another one is owed: the previous one of the same process, see `Entry.touches`. */
export interface Block {
  readonly slot: number;
  readonly by: number;
}

/**
 * The operations that have been called but have not returned. Each has a slot, a small number that is used again once it
 * has returned, so that sets of them stay as small as the history's concurrency.
 */
export class Pending {
  /** Words that a set of slots takes now. */
  width = 1;
  /** The slot of each entry, -1 if it is not pending. */
  readonly slotOf: Int32Array;
  /** Slots of `effect` and `unknown` entries in order of their calls. */
  readonly movers: number[] = [];
  /** Slots of `observation` entries. */
  readonly observers: number[] = [];
  /** Slots of entries that have to be placed and are not possible in every state. */
  readonly goals: number[] = [];
  readonly blocks: Block[] = [];
  /** The set of the effects that an overwrite makes free. */
  absorbable = new Int32Array(1);
  /** Changes whenever an entry is added or removed. */
  version = 0;
  readonly #entries: (Entry | undefined)[] = [];
  readonly #twinBefore: number[] = [];
  readonly #unused: number[] = [];

  constructor(entries: number) {
    this.slotOf = new Int32Array(entries).fill(-1);
  }

  /** The entry of a slot in use. */
  entry(slot: number): Entry {
    return this.#entries[slot] as Entry;
  }

  /** The pending entry of unknown outcome that would do the same as this one and was called last before it; else -1. */
  twinBefore(slot: number): number {
    return this.#twinBefore[slot] as number;
  }

  /** The slot of the operation with this index (`Operation.index`), -1 if it is not pending. */
  slotWith(index: number): number {
    return this.#entries.findIndex((entry) => entry?.op.index === index);
  }

  add(entry: Entry): number {
    this.version++;
    const slot = this.#unused.pop() ?? this.#entries.length;
    this.#entries[slot] = entry;
    this.slotOf[entry.id] = slot;
    if (wordsFor(slot + 1) > this.width) {
      this.width = wordsFor(slot + 1);
      const wider = new Int32Array(this.width);
      wider.set(this.absorbable);
      this.absorbable = wider;
    }
    this.#twinBefore[slot] = entry.role === "unknown" ? this.#lastTwin(entry) : -1;
    (entry.role === "observation" ? this.observers : this.movers).push(slot);
    if (isGoal(entry)) this.goals.push(slot);
    if (entry.role === "effect" && entry.nature !== "guarded") insert(this.absorbable, 0, slot);
    return slot;
  }

  block(slot: number, by: number): void {
    this.blocks.push({ slot, by });
    // Freeing it would no longer say whether it comes before or after the entry that waits for it.
    remove(this.absorbable, 0, by);
  }

  remove(entry: Entry): void {
    this.version++;
    const slot = this.slotOf[entry.id] as number;
    this.slotOf[entry.id] = -1;
    remove(this.absorbable, 0, slot);
    const list = entry.role === "observation" ? this.observers : this.movers;
    list.splice(list.indexOf(slot), 1);
    if (isGoal(entry)) this.goals.splice(this.goals.indexOf(slot), 1);
    for (const mover of this.movers)
      if (this.#twinBefore[mover] === slot) this.#twinBefore[mover] = this.twinBefore(slot);
    for (let i = this.blocks.length - 1; i >= 0; i--) {
      const block = this.blocks[i];
      if (block?.by === slot || block?.slot === slot) this.blocks.splice(i, 1);
    }
    this.#entries[slot] = undefined;
    this.#unused.push(slot);
  }

  #lastTwin(entry: Entry): number {
    return this.movers.findLast((slot) => this.entry(slot).twin === entry.twin) ?? -1;
  }
}

const isGoal = ({ role, nature }: Entry): boolean => role !== "unknown" && nature === "guarded";
