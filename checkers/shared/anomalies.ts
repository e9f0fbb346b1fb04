import type { Anomaly, Because } from "../../src/core/checker.ts";
import type { Operation } from "../../src/core/operation.ts";

/** One broken replica can break every read after it: so many anomalies of a kind are told, and no more. */
export const MAX_PER_KIND = 8;

/** What to tell of an anomaly; `ops` as operations, in the order in which they are best read. */
export interface Finding extends Omit<Anomaly, "ops"> {
  readonly ops: readonly Operation[];
}

/** Collects the anomalies of one check. */
export class Anomalies {
  readonly #found: Anomaly[] = [];
  readonly #perKind = new Map<string, number>();

  /** Adds an anomaly unless enough of its kind are known; its explanation is made only then. */
  add(kind: string, explain: () => Omit<Finding, "kind">): void {
    const count = this.#perKind.get(kind) ?? 0;
    this.#perKind.set(kind, count + 1);
    if (count >= MAX_PER_KIND) return;
    const { ops, ...rest } = explain();
    this.#found.push({ kind, ...rest, ops: [...new Set(ops.map(({ index }) => index))] });
  }

  get list(): readonly Anomaly[] {
    return this.#found;
  }
}

/** A tie between two operations. */
export const because = (from: Operation, to: Operation, reason: string): Because => ({
  from: from.index,
  to: to.index,
  reason,
});
