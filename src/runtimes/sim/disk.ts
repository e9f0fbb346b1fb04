import type { Json } from "../../core/json.ts";
import type { Random } from "../../core/random.ts";
import type { Disk } from "../../core/replica.ts";
import { freezeJson } from "./freeze.ts";

type Change =
  | { readonly kind: "write"; readonly name: string; readonly value: Json }
  | { readonly kind: "append"; readonly name: string; readonly value: Json }
  | { readonly kind: "truncate"; readonly name: string; readonly length: number };

/** Cells and logs, as they would be read back. */
class Image {
  readonly cells = new Map<string, Json>();
  readonly logs = new Map<string, Json[]>();

  log(name: string): Json[] {
    let records = this.logs.get(name);
    if (!records) {
      records = [];
      this.logs.set(name, records);
    }
    return records;
  }

  make(change: Change): void {
    switch (change.kind) {
      case "write":
        this.cells.set(change.name, change.value);
        break;
      case "append":
        this.log(change.name).push(change.value);
        break;
      case "truncate": {
        const records = this.log(change.name);
        if (change.length < records.length) records.length = change.length;
        break;
      }
    }
  }

  copy(): Image {
    const image = new Image();
    for (const [name, value] of this.cells) image.cells.set(name, value);
    for (const [name, records] of this.logs) image.logs.set(name, [...records]);
    return image;
  }
}

/**
 * A disk behind a write cache: what was changed is read back at once, and survives a crash once the sync that followed
 * has completed. A crash in the middle of a sync keeps the changes up to some point, drawn from the seed.
 */
export class SimDisk implements Disk {
  /** What the node sees. */
  #cached = new Image();
  /** What a crash leaves. */
  readonly #durable = new Image();
  /** Changes made to the one and not to the other, oldest first. */
  #unsynced: Change[] = [];
  /** How many of these the sync under way covers. */
  #syncing = 0;
  readonly #freeze: boolean;
  readonly #onSync: () => void;

  /** `onSync` is called when a sync begins; the node says with `synced` when it has completed. */
  constructor(freeze: boolean, onSync: () => void) {
    this.#freeze = freeze;
    this.#onSync = onSync;
  }

  read(cell: string): Json | undefined {
    return this.#cached.cells.get(cell);
  }

  write(cell: string, value: Json): void {
    this.#change({ kind: "write", name: cell, value: this.#freeze ? freezeJson(value) : value });
  }

  /** The log itself, not a copy: it grows and shrinks with the log. */
  records(log: string): readonly Json[] {
    return this.#cached.log(log);
  }

  append(log: string, record: Json): void {
    this.#change({ kind: "append", name: log, value: this.#freeze ? freezeJson(record) : record });
  }

  truncate(log: string, length: number): void {
    if (!Number.isInteger(length) || length < 0)
      throw new RangeError(`cannot truncate log "${log}" to ${length} records: the length is a whole number from 0`);
    if (length < this.#cached.log(log).length) this.#change({ kind: "truncate", name: log, length });
  }

  sync(): void {
    this.#syncing = this.#unsynced.length;
    this.#onSync();
  }

  /** The sync under way has completed. */
  synced(): void {
    this.#keep(this.#syncing);
  }

  /** Loses what was not synced. */
  crash(random: Random): void {
    if (this.#syncing > 0) this.#keep(random.below(this.#syncing + 1));
    this.#unsynced = [];
    this.#syncing = 0;
    this.#cached = this.#durable.copy();
  }

  #change(change: Change): void {
    this.#cached.make(change);
    this.#unsynced.push(change);
  }

  #keep(count: number): void {
    for (let i = 0; i < count; i++) this.#durable.make(this.#unsynced[i] as Change);
    this.#unsynced = count === this.#unsynced.length ? [] : this.#unsynced.slice(count);
    this.#syncing = 0;
  }
}
