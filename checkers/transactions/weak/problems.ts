import { MAX_PER_KIND } from "../../shared/anomalies.ts";

/** What can be wrong with one transaction by itself; explained in `local.ts`. */
export type ProblemKind =
  | "aborted-read"
  | "duplicate-elements"
  | "future-read"
  | "incompatible-order"
  | "intermediate-read"
  | "misordered-appends"
  | "non-repeatable-read"
  | "own-write-missed"
  | "thin-air-read";

/** A read that is wrong whatever the order of transactions is. */
export interface Problem {
  readonly kind: ProblemKind;
  readonly txn: number;
  /** The read (the append, of `misordered-appends`), as its micro-operation. */
  readonly at: number;
  /** The version in question, or `INITIAL`. */
  readonly version: number;
  /**
   * The other side: the transaction that wrote the version (`aborted-read`, `duplicate-elements`, `future-read`,
   * `intermediate-read`), the version that the reader had written (`own-write-missed`), or another read as its
   * micro-operation: the earlier one (`non-repeatable-read`), that of the longest list (`incompatible-order`,
   * `misordered-appends`).
   */
  readonly other: number;
}

/** Keeps the first few problems of each kind. */
export class Problems {
  readonly list: Problem[] = [];
  readonly #perKind = new Map<ProblemKind, number>();

  add(kind: ProblemKind, txn: number, at: number, version: number, other: number): void {
    const known = this.#perKind.get(kind) ?? 0;
    this.#perKind.set(kind, known + 1);
    if (known < MAX_PER_KIND) this.list.push({ kind, txn, at, version, other });
  }
}
