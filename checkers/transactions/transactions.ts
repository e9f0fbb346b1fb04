import type { Json } from "../../src/core/json.ts";

/** What became of a transaction. */
export const COMMITTED = 0;
export const ABORTED = 1;
/** May have committed, may still commit, or never. */
export const UNKNOWN = 2;

export const READ = 0;
/** A write of a register, or an append to a list. */
export const WRITE = 1;

/** The version that a read saw of an object nobody had written yet: `null`, or the empty list. */
export const INITIAL = -1;
/** It is not known what was read: the transaction's outcome is unknown. */
export const NOT_KNOWN = -2;

/**
 * Transactions in columns, in order of their calls. Transaction `t` stands at position `t`; its micro-operations are
 * `first[t]` up to `first[t + 1]`, exclusive, in program order.
 *
 * A version is a pair of key and value, numbered from 0; equal pairs have the same number. Reads of a list have a run of
 * versions, its elements.
 */
export interface Transactions {
  readonly kind: "list-append" | "rw-register";
  readonly count: number;
  /** `Operation.index` of each transaction. */
  readonly op: Int32Array;
  readonly status: Uint8Array;
  /** The session, numbered from 0 in order of appearance. */
  readonly session: Int32Array;
  /** Integer nanoseconds; `returnNs` is `Infinity` where the outcome is unknown. */
  readonly callNs: Float64Array;
  readonly returnNs: Float64Array;
  /** `count + 1` entries. */
  readonly first: Int32Array;

  /** Of each micro-operation: `READ` or `WRITE`. */
  readonly f: Uint8Array;
  /** Number of its key. */
  readonly key: Int32Array;
  /**
   * Of a write: the version it made. Of a read of a register: the version it saw, `INITIAL` or `NOT_KNOWN`. Of a read of a
   * list: the version of its last element, `INITIAL` or `NOT_KNOWN`.
   */
  readonly version: Int32Array;
  /**
   * Of a read of a list with n elements: they are `elements[elementsAt[m]]` up to `elements[elementsAt[m] + n]`. Else 0. Of
   * registers these columns are empty.
   */
  readonly elementsAt: Int32Array;
  readonly elementsLength: Int32Array;
  /** Versions. Reads may share a run or overlap. */
  readonly elements: Int32Array;

  /** Key numbers in words. */
  readonly keyNames: readonly string[];
  /** Of each version: the number of its key, and its value. */
  readonly versionKey: Int32Array;
  valueOf(version: number): Json;

  /** Committed reads of a list that yielded no list; their `version` is `NOT_KNOWN`. */
  readonly malformedReads: readonly MalformedRead[];
}

/** What a transaction read from a list, and is none. */
export interface MalformedRead {
  readonly transaction: number;
  readonly key: number;
  readonly value: Json;
}
