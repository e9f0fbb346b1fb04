import type { Operation } from "../../src/core/operation.ts";
import { type Anomalies, because } from "../shared/anomalies.ts";
import type { ClosingKey } from "../shared/closing.ts";
import { named } from "../shared/history-index.ts";
import { at, who } from "../shared/phrases.ts";
import { canonical, isArray, show } from "../shared/values.ts";

/** Reports acknowledged appends that are in no closing read; returns how many acknowledged appends there were. */
export function lostAppends({ name, finals, plain, ops }: ClosingKey, anomalies: Anomalies): number {
  const reads = [...finals, ...plain];
  const found = new Set(reads.flatMap(({ value }) => (isArray(value) ? value.map(canonical) : [])));
  const acknowledged = ops.filter(({ f, outcome }) => f === "append" && outcome.type === "ok");
  for (const append of acknowledged) {
    if (found.has(canonical(append.input))) continue;
    anomalies.add("lost-write", () => ({
      rulesOut: ["durable"],
      key: name,
      explanation: `${who(append)} and ${acknowledgedBy(append)}, but at the end no copy of ${named(name)} holds it: ${finals.map(({ node, value }) => `${node} holds ${show(value)}`).join("; ")}.`,
      ops: [append, ...reads.map(({ op }) => op)],
      because: reads.map(({ op }) => because(append, op, `${show(append.input)} was acknowledged, but is not there`)),
    }));
  }
  return acknowledged.length;
}

/** Who acknowledged an operation, and when. */
export const acknowledgedBy = ({ node, returnNs }: Operation): string =>
  `${node === "" ? "the system" : node} acknowledged it at ${at(returnNs)}`;
