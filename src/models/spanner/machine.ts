import type { Json } from "../../core/json.ts";
import type { Outcome } from "../../core/operation.ts";
import type { LoggedOp } from "../shared/exactly-once.ts";
import type { Machine } from "../shared/group.ts";
import type { Contents } from "../shared/key-value.ts";
import type { Stamp, TxnId, Write } from "./messages.ts";
import { type Settings, STEP_MS } from "./settings.ts";
import { addVersion, raiseFloor, ShardState, setEpoch, setOutcome, setPending } from "./state.ts";

/** The commands of a shard's log. Each may stand there more than once. */
export type Command =
  /** A leader begins: the locks of those before it count no more, but for those of pending transactions. */
  | { readonly f: "lead"; readonly input: { readonly epoch: string } }
  /** No transaction is given a timestamp up to this one any more. */
  | { readonly f: "advance"; readonly input: { readonly toMs: number } }
  /** A participant's prepare record. */
  | { readonly f: "prepare"; readonly input: Prepared }
  /** The coordinator's commit record; the timestamp is at least `fromMs`. */
  | { readonly f: "commit"; readonly input: Committed }
  /** The coordinator's abort record: it also stands for transactions that the coordinator never heard of. */
  | { readonly f: "abort"; readonly input: { readonly txn: TxnId } }
  /** The outcome takes effect, and locks are free. */
  | { readonly f: "apply"; readonly input: { readonly txn: TxnId; readonly at: Stamp } };

type Footprint = {
  readonly txn: TxnId;
  /** Of the leader that holds the locks. */
  readonly epoch: string;
  readonly reads: readonly string[];
  readonly writes: readonly Write[];
};
type Prepared = Footprint & { readonly coordinator: string };
type Committed = Prepared & { readonly others: readonly string[]; readonly fromMs: number };

/** Told of each timestamp that is assigned, and of each outcome that is known. */
export interface MachineEvents {
  assigned(txn: TxnId, atMs: number): void;
  settled(txn: TxnId, at: Stamp): void;
}

const done = (value: Json): Outcome => ({ type: "ok", value });

/**
 * Applies the commands of a shard's log. Timestamps are assigned here, each above all that were assigned, applied or read at
 * before: so they rise within a group across all its leaders (monotonicity and disjointness, OSDI 2012, §4.1.1 and §4.1.2).
 * The paper keeps leaders apart by leases on TrueTime; here their epochs in the log do, so that no clock matters to that.
 *
 * `prepare`, `commit` and `abort` yield the timestamp, `null` for an abort. They fail if the leader that granted the locks
 * leads no more: another may have granted them to others since.
 */
export function machineOf({ bug }: Pick<Settings, "bug">, events: MachineEvents): Machine {
  const settle = (contents: Contents, txn: TxnId, at: Stamp): void => {
    setOutcome(contents, txn, at);
    events.settled(txn, at);
  };

  /** Makes a transaction pending, unless something is known of it already. */
  const enter = (contents: Contents, one: Committed, decided: boolean): Outcome => {
    const state = new ShardState(() => contents);
    const { txn, epoch, coordinator, others, reads, writes, fromMs } = one;
    const known = state.outcomeOf(txn);
    if (known !== undefined) return done(known);
    const before = state.pendingOf(txn);
    if (before) return done(before.atMs);
    if (epoch !== state.epoch)
      return { type: "fail", error: { name: "abort", text: "the leader that granted the locks leads no more" } };
    const toldAlready = decided && bug === "decision-not-logged";
    const atMs = toldAlready ? fromMs : Math.max(fromMs, state.floorMs + STEP_MS);
    raiseFloor(contents, atMs);
    events.assigned(txn, atMs);
    setPending(contents, [...state.pending, { txn, atMs, decided, coordinator, others, reads, writes }]);
    if (decided) settle(contents, txn, atMs);
    return done(atMs);
  };

  const apply = (contents: Contents, txn: TxnId, at: Stamp): void => {
    const state = new ShardState(() => contents);
    const pending = state.pendingOf(txn);
    if (state.outcomeOf(txn) === undefined) settle(contents, txn, at);
    if (!pending) return;
    setPending(
      contents,
      state.pending.filter((one) => one !== pending),
    );
    if (at === null) return;
    raiseFloor(contents, at);
    for (const write of pending.writes) addVersion(contents, at, write);
  };

  return (contents, op: LoggedOp) => {
    const { f, input } = op as Command;
    const state = new ShardState(() => contents);
    switch (f) {
      case "lead":
        setEpoch(contents, input.epoch);
        if (bug === "prepare-not-logged")
          setPending(
            contents,
            state.pending.filter(({ decided }) => decided),
          );
        return done(null);
      case "advance":
        raiseFloor(contents, input.toMs);
        return done(null);
      case "prepare":
        return enter(contents, { ...input, others: [], fromMs: 0 }, false);
      case "commit":
        return enter(contents, input, true);
      case "abort":
        if (state.outcomeOf(input.txn) === undefined) settle(contents, input.txn, null);
        return done(state.outcomeOf(input.txn) ?? null);
      case "apply":
        apply(contents, input.txn, input.at);
        return done(null);
    }
  };
}
