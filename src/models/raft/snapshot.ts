import type { Json } from "../../core/json.ts";
import type { Disk } from "../../core/replica.ts";
import type { SavedStore } from "../shared/exactly-once.ts";
import type { Configuration } from "./configuration.ts";
import { type LogHead, WHOLE } from "./log.ts";
import { headDetail } from "./messages.ts";
import type { NodeState } from "./state.ts";

/** So many entries are applied between two snapshots if they compact the log: few, so that it happens in short runs. */
const COMPACTION_ENTRIES = 64;
/** So many entries are applied between two snapshots if they only make restarts short. */
const CHECKPOINT_ENTRIES = 1024;
/** So many applied entries stay in the log for followers that are a little behind. */
const KEPT_ENTRIES = 16;

/** The state machine after the entry at `index`, which is of `term`, with who voted then; `null`: all nodes (§7). */
export type Snapshot = {
  readonly index: number;
  readonly term: number;
  readonly configuration: Configuration | null;
  readonly store: SavedStore;
};

/** The cell that holds the newest snapshot and says which log goes on from it, so that both change at once. */
const CELL = "snapshot";
type Saved = { readonly snapshot: Snapshot; readonly head: LogHead };

/** What is on disk. */
export const loadSnapshot = (disk: Disk): Saved | undefined => disk.read(CELL) as Saved | undefined;

/** Where the log on disk begins. */
export const savedHead = (saved: Saved | undefined): LogHead => saved?.head ?? WHOLE;

/** All of it is JSON, which an interface such as `OpError` cannot say to the compiler. */
export const snapshotToJson = (snapshot: Snapshot): Json => snapshot as unknown as Json;
export const snapshotFromJson = (json: Json): Snapshot => json as unknown as Snapshot;

function save(disk: Disk, snapshot: Snapshot, head: LogHead): void {
  disk.write(CELL, { snapshot: snapshotToJson(snapshot), head });
}

/** The index at which the next snapshot is due, after one at `index`. */
export const nextSnapshotAfter = (index: number, { compaction }: Pick<NodeState, "compaction">): number =>
  index + (compaction === "snapshots" ? COMPACTION_ENTRIES : CHECKPOINT_ENTRIES);

/**
 * Saves the state machine, so that a restart applies the end of the log only, and where that is asked for forgets most of
 * what is applied. It is durable with whatever is synced next: if a crash comes before, the older state does as well.
 */
export function takeSnapshot(s: NodeState): void {
  const { log, commitIndex, env } = s;
  const index = s.bug === "snapshot-ahead-of-state" ? log.lastIndex : commitIndex;
  if (s.bug === "snapshot-without-sessions") s.store = s.makeStore({ ...s.store.save(), sessions: [] });
  const snapshot: Snapshot = {
    index,
    term: log.termAt(index) ?? 0,
    configuration: s.bug === "snapshot-without-voters" ? null : log.configurationAt(index),
    store: s.store.save(),
  };
  s.snapshot = snapshot;
  s.snapshotDueIndex = nextSnapshotAfter(commitIndex, s);
  if (s.compaction === "whole-log") {
    save(env.disk, snapshot, log.head);
    return;
  }
  log.compact(Math.max(log.head.index, commitIndex - KEPT_ENTRIES), (head) =>
    save(env.disk, snapshot, s.bug === "snapshot-without-voters" ? { ...head, configuration: null } : head),
  );
  env.trace("compact", { index: log.head.index });
}

/** The log and the state machine of another server take the place of this node's own. */
export function restoreSnapshot(s: NodeState, snapshot: Snapshot): void {
  const { index, term, configuration } = snapshot;
  s.log.startAfter({ index, term, configuration }, (head) => save(s.env.disk, snapshot, head));
  s.snapshot = snapshot;
  s.snapshotDueIndex = nextSnapshotAfter(index, s);
  s.env.trace("install", headDetail(snapshot));
}
