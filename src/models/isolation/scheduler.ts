import type { Json } from "../../core/json.ts";
import type { Change } from "./statements.ts";

/** A transaction's number, unique on its node. */
export type TxnId = number;

/** What a transaction writes: each key once, or the last write of a key counts. */
export type Writes = Iterable<readonly [key: string, value: Json]>;

/** What became of a statement. */
export type Step =
  /** What was read; of an update what was written, `undefined` if nothing. */
  | { readonly type: "done"; readonly value: Json | undefined }
  /** To be tried again once the transaction is told to go on. */
  | { readonly type: "waits" }
  /** The transaction must abort. */
  | { readonly type: "conflict"; readonly text: string };

/**
 * Decides in which order the statements of concurrent transactions take effect, and what each sees (Bernstein, Hadzilacos &
 * Goodman 1987, §1.4). All that it holds is in memory, and starts from what the log holds.
 */
export interface Scheduler {
  /** @param session who asks; sessions may see different states. */
  begin(txn: TxnId, session: number): void;
  read(txn: TxnId, key: string): Step;
  update(txn: TxnId, key: string, change: Change): Step;
  /** Ends the transaction and makes its writes visible as committed; or says why that cannot be, and it must abort. */
  commit(txn: TxnId): string | undefined;
  /** Ends the transaction and takes back what it wrote. */
  abort(txn: TxnId): void;
  /** Those that waited and may go on now, in order; each is named once. */
  released(): readonly TxnId[];
  /** Called now and then, where the scheduler has work of its own. */
  housekeep?(random: () => number): void;
}
