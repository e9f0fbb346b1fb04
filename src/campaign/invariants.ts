import type { JsonObject } from "../core/json.ts";
import type { Invariant } from "../core/model.ts";
import type { NodeId } from "../core/operation.ts";
import type { InvariantVerdict } from "../core/verdict.ts";

/** After so many violations of one property more of them teach nothing. */
const MAX_VIOLATIONS = 5;

/** Follows a model's invariants through a run. */
export class InvariantMonitor {
  readonly #invariants: readonly Invariant[];
  readonly #violations: { atNs: number; explanation: string }[][];
  #checked = 0;

  constructor(invariants: readonly Invariant[]) {
    this.#invariants = invariants;
    this.#violations = invariants.map(() => []);
  }

  onTrace(atNs: number, node: NodeId, event: string, detail: JsonObject): void {
    this.#checked++;
    this.#invariants.forEach((invariant, i) => {
      const explanation = invariant.onTrace(node, event, detail);
      const violations = this.#violations[i];
      if (explanation !== undefined && violations && violations.length < MAX_VIOLATIONS)
        violations.push({ atNs, explanation });
    });
  }

  verdicts(): InvariantVerdict[] {
    return this.#invariants.map(({ name, source }, i) => {
      const violations = this.#violations[i] ?? [];
      const verdict = violations.length > 0 ? "invalid" : this.#checked > 0 ? "valid" : "unknown";
      return { name, source, verdict, checked: this.#checked, violations };
    });
  }
}
