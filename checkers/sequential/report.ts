import type { Operation } from "../../src/core/operation.ts";
import type { Anomalies } from "../shared/anomalies.ts";
import { named } from "../shared/history-index.ts";
import { who } from "../shared/phrases.ts";

/** How far a search for one order of all operations came at best. */
export interface Attempt {
  readonly placed: number;
  readonly total: number;
  /** The next operation of each session, and in words what its object held then. */
  readonly stuck: readonly { readonly op: Operation; readonly state: string }[];
}

/** How many operations are spelled out. */
const MAX_TOLD = 4;

/** All orders that keep each session's were tried, and none explains what the operations returned. */
export function reportNoOrder({ placed, total, stuck }: Attempt, anomalies: Anomalies): void {
  anomalies.add("no-sequential-order", () => {
    const told = stuck.slice(0, MAX_TOLD).map(({ op, state }) => `${who(op)} (${named(op.key ?? "")}: ${state})`);
    const more = stuck.length > MAX_TOLD ? `; and ${stuck.length - MAX_TOLD} more` : "";
    return {
      rulesOut: ["sequential"],
      explanation: `every order of all operations that keeps each session's was tried, and none explains what they returned. The best one got through ${placed} of ${total} operations; then none of those that come next in their sessions was possible: ${told.join("; ")}${more}.`,
      ops: stuck.map(({ op }) => op),
      because: [],
    };
  });
}
