import type { JsonObject } from "../core/json.ts";
import type { Invariant } from "../core/model.ts";
import type { NodeId } from "../core/operation.ts";
import type { InvariantVerdict } from "../core/verdict.ts";

/** After so many violations of one property more of them teach nothing. */
const MAX_VIOLATIONS = 5;

/** Follows a model's invariants through a run. What no event put to the test is not said to have held. */
export class InvariantMonitor {
  readonly #followed: readonly {
    readonly invariant: Invariant;
    readonly violations: { atNs: number; explanation: string }[];
    checked: number;
  }[];

  constructor(invariants: readonly Invariant[]) {
    this.#followed = invariants.map((invariant) => ({ invariant, violations: [], checked: 0 }));
  }

  onTrace(atNs: number, node: NodeId, event: string, detail: JsonObject): void {
    for (const one of this.#followed) {
      const ruling = one.invariant.onTrace(node, event, detail);
      if (ruling === undefined) continue;
      one.checked++;
      if (ruling !== true && one.violations.length < MAX_VIOLATIONS) one.violations.push({ atNs, explanation: ruling });
    }
  }

  verdicts(): InvariantVerdict[] {
    return this.#followed.map(({ invariant: { name, source }, violations, checked }) => {
      const verdict = violations.length > 0 ? "invalid" : checked > 0 ? "valid" : "unknown";
      return { name, source, verdict, checked, violations };
    });
  }
}
