import type { Json } from "../../core/json.ts";
import type { Disk } from "../../core/replica.ts";
import { type ReplicatedStore, replicatedStore, type SavedStore } from "../shared/exactly-once.ts";

/** So many entries are applied between two checkpoints. */
const CHECKPOINT_ENTRIES = 1024;

/** The state machine after the entry at `index`. */
type Checkpoint = { readonly index: number; readonly store: SavedStore };

/**
 * The state machine on disk, so that a restart applies the end of the log only (the snapshot of §7, with the log kept). It
 * is written with whatever is synced next: if a crash comes before, an older one does as well.
 */
export interface Checkpoints {
  /** The state machine to start with, and the index up to which it has applied the log. */
  readonly store: ReplicatedStore;
  readonly index: number;
  /** To be told that entries up to `index` are applied. */
  applied(index: number): void;
}

/** What is on `disk` for a log of `length` entries. */
export function checkpoints(disk: Disk, length: number): Checkpoints {
  const found = disk.read("checkpoint") as Checkpoint | undefined;
  // A log that lost what was applied, as some bugs make it, is applied again from its start.
  const last = found && found.index <= length ? found : undefined;
  const store = replicatedStore(last?.store);
  let nextIndex = (last?.index ?? 0) + CHECKPOINT_ENTRIES;
  return {
    store,
    index: last?.index ?? 0,
    applied: (index) => {
      if (index < nextIndex) return;
      nextIndex = index + CHECKPOINT_ENTRIES;
      const checkpoint: Checkpoint = { index, store: store.save() };
      // All of it is JSON, which an interface such as `OpError` cannot say to the compiler.
      disk.write("checkpoint", checkpoint as unknown as Json);
    },
  };
}
