import type { Invocation, Outcome } from "../../core/operation.ts";
import { apply, type Contents } from "../shared/key-value.ts";
import type { ReplicationLog } from "./log.ts";

/**
 * The contents that a prefix of the log produces: state machine replication (Schneider, "Implementing Fault-Tolerant
 * Services Using the State Machine Approach", ACM CSUR 1990, §2). A compare-and-set is decided here, at its place in
 * the log, so that its outcome is the same on every node.
 */
export class Copy {
  #contents: Contents = new Map();
  #applied = 0;

  /** Index of the last entry that the contents reflect. */
  get applied(): number {
    return this.#applied;
  }

  read(op: Invocation): Outcome {
    return apply(this.#contents, op);
  }

  /** Applies the entries up to `index`, if they are not yet, and tells each one's outcome. */
  advance(log: ReplicationLog, index: number, onApplied?: (index: number, outcome: Outcome) => void): void {
    while (this.#applied < index) {
      this.#applied++;
      const { op } = log.at(this.#applied);
      if (op === null) continue;
      const outcome = apply(this.#contents, op);
      onApplied?.(this.#applied, outcome);
    }
  }

  /** Undoes what is behind `index`, by starting again: the operations have no inverse. */
  rollBack(log: ReplicationLog, index: number): void {
    if (this.#applied <= index) return;
    this.#contents = new Map();
    this.#applied = 0;
    this.advance(log, index);
  }
}
