import type { Json } from "../../core/json.ts";
import type { Contents } from "../shared/key-value.ts";
import type { Stamp, TxnId, Write } from "./messages.ts";

/** A transaction that has been prepared, or decided and not yet applied. It holds its locks. */
export type Pending = {
  readonly txn: TxnId;
  /** When it was prepared; once decided, when it commits. */
  readonly atMs: number;
  readonly decided: boolean;
  readonly coordinator: string;
  /** Participants beside the coordinator; only known to that. */
  readonly others: readonly string[];
  readonly reads: readonly string[];
  readonly writes: readonly Write[];
};

type Version = readonly [atMs: number, value: Json];

const EPOCH = "epoch";
const FLOOR = "floor";
const PENDING = "pending";
const versionsKey = (key: string): string => `v/${key}`;
const outcomeKey = (txn: TxnId): string => `t/${txn}`;

/** A shard's state as a copy of it holds it: versions of values, outcomes of transactions, and what is between. */
export class ShardState {
  readonly #contents: () => ReadonlyMap<string, Json>;

  constructor(contents: () => ReadonlyMap<string, Json>) {
    this.#contents = contents;
  }

  /** The leader whose locks count. */
  get epoch(): string {
    return (this.#contents().get(EPOCH) as string | undefined) ?? "";
  }

  /** No transaction will be given this timestamp here any more, nor an earlier one, but for those that are pending. */
  get floorMs(): number {
    return (this.#contents().get(FLOOR) as number | undefined) ?? 0;
  }

  get pending(): readonly Pending[] {
    return (this.#contents().get(PENDING) as readonly Pending[] | undefined) ?? [];
  }

  pendingOf(txn: TxnId): Pending | undefined {
    return this.pending.find((one) => one.txn === txn);
  }

  /** `undefined` if none is known. */
  outcomeOf(txn: TxnId): Stamp | undefined {
    return this.#contents().get(outcomeKey(txn)) as Stamp | undefined;
  }

  /** What a key holds at a timestamp; by default what was applied last. `null` if there is nothing. */
  valueAt(key: string, atMs = Number.POSITIVE_INFINITY): Json {
    return this.#versions(key).findLast(([sinceMs]) => sinceMs <= atMs)?.[1] ?? null;
  }

  /** True if a pending transaction may yet write one of these keys at this timestamp or before. */
  isOpen(keys: readonly string[], atMs: number): boolean {
    return this.pending.some((one) => one.atMs <= atMs && one.writes.some(([key]) => keys.includes(key)));
  }

  #versions(key: string): readonly Version[] {
    return (this.#contents().get(versionsKey(key)) as readonly Version[] | undefined) ?? [];
  }
}

export const setEpoch = (contents: Contents, epoch: string): void => void contents.set(EPOCH, epoch);

export const raiseFloor = (contents: Contents, toMs: number): void =>
  void contents.set(FLOOR, Math.max(toMs, (contents.get(FLOOR) as number | undefined) ?? 0));

export const setPending = (contents: Contents, pending: readonly Pending[]): void =>
  void contents.set(PENDING, pending);

export const setOutcome = (contents: Contents, txn: TxnId, at: Stamp): void => void contents.set(outcomeKey(txn), at);

/** Adds a version. Those of a key come in the order of their timestamps: its lock is held until one is applied. */
export function addVersion(contents: Contents, atMs: number, [key, value]: Write): void {
  const versions = (contents.get(versionsKey(key)) as readonly Version[] | undefined) ?? [];
  contents.set(versionsKey(key), [...versions, [atMs, value]]);
}
