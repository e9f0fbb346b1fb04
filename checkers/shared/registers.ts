import type { History } from "../../src/core/history.ts";
import type { Operation } from "../../src/core/operation.ts";
import type { Causes } from "./causes.ts";
import { buildRegisters } from "./register-columns.ts";
import { draftRegisters } from "./register-drafts.ts";

/** In `Registers.source`: the operation is no read; it saw the initial state; it saw a value that nobody wrote. */
export const NO_READ = -1;
export const INITIAL = -2;
export const THIN_AIR = -3;

/**
 * A history of registers in columns: what `HistoryIndex` says of each operation, without an object each. The same
 * operations are left out as there.
 *
 * A slot is the writes of one session to one key. A key has as many slots as sessions wrote it.
 */
export interface Registers extends Causes {
  readonly history: History;
  /** Position in `History.ops`. */
  readonly op: Int32Array;
  readonly key: Int32Array;
  /** 1 for each operation that writes. */
  readonly writes: Uint8Array;
  /** The write whose value was read, `NO_READ`, `INITIAL` or `THIN_AIR`. */
  readonly source: Int32Array;
  /** By their numbers. */
  readonly keyNames: readonly string[];
  /** The names of the keys that can be judged. */
  readonly keys: readonly string[];
  /** For each key that was left out, one sentence. */
  readonly leftOut: readonly string[];
  /** The slots of key `k` are `slots[k]` up to `slots[k + 1]`, exclusive, in order of their sessions. */
  readonly slots: Int32Array;
  readonly slotSession: Int32Array;
  /** The writes of slot `s` are `slotWrites[slotAt[s]]` up to `slotWrites[slotAt[s + 1]]`, in session order. */
  readonly slotAt: Int32Array;
  readonly slotWrites: Int32Array;
  /** For each write its slot, and its position in `slotWrites`. */
  readonly slot: Int32Array;
  readonly slotPosition: Int32Array;
}

type Indexed = Registers | { readonly malformed: string };

/** Several checkers look at one history, and making the columns is half of their work. */
const known = new WeakMap<History, Indexed>();

/** Sorts a history of registers into columns, or says why it is malformed. */
export function indexRegisters(history: History): Indexed {
  const found = known.get(history) ?? index(history);
  known.set(history, found);
  return found;
}

function index(history: History): Indexed {
  const drafts = draftRegisters(history);
  return "malformed" in drafts ? drafts : buildRegisters(history, drafts);
}

/** The operation with this number in the columns. */
export const operation = ({ history, op }: Registers, id: number): Operation =>
  history.ops[op[id] as number] as Operation;
