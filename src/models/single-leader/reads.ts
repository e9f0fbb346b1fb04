import type { NodeId, Outcome } from "../../core/operation.ts";

/** Name of the timer of reads that wait. */
export const READS_TIMER = "reads";

/** The answer to a request that this node will not do. `context.leader` is who might, `null` if unknown. */
export function refusal(leader: NodeId | undefined): { outcome: Outcome; context: { leader: NodeId | null } } {
  const text = leader === undefined ? "no leader is known" : `${leader} leads`;
  return {
    outcome: { type: "fail", error: { name: "temporarily-unavailable", text } },
    context: { leader: leader ?? null },
  };
}
