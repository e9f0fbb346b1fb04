import type { Because, Budget } from "../../src/core/checker.ts";
import type { ConsistencyModel } from "../../src/core/consistency.ts";
import type { Operation } from "../../src/core/operation.ts";
import { type Anomalies, because } from "../shared/anomalies.ts";
import type { ClosingKey, ClosingRead } from "../shared/closing.ts";
import type { Deadline } from "../shared/deadline.ts";
import { show } from "../shared/values.ts";

export interface Context {
  readonly anomalies: Anomalies;
  readonly deadline: Deadline;
  readonly budget: Budget;
}

/** Reports what is wrong with the copies of a key; returns how many acknowledged updates it has. May throw `Malformed`. */
export type KeyJudge = (key: ClosingKey, context: Context) => number;

/** Something that the copies of a key got wrong. */
export interface Problem {
  readonly kind: string;
  /** Why it is wrong: a sentence without a full stop. */
  readonly why: string;
  /** The copies that have it wrong; at least one. */
  readonly wrong: readonly ClosingRead[];
  /** The updates that prove it, in order. */
  readonly updates: readonly Operation[];
  /**
   * What such a copy shows for certain: `lost`, that an acknowledged update is not in it; `impossible`, that something is
   * which no update has made; `wrong`, only that it does not show the result of all updates.
   */
  readonly proves: "lost" | "impossible" | "wrong";
}

/** Adds an anomaly. Lost everywhere is lost; an update that some copy has was only not delivered to the others. */
export function reportProblem(
  key: ClosingKey,
  { kind, why, wrong, updates, proves }: Problem,
  anomalies: Anomalies,
): void {
  const everywhere = wrong.length === key.finals.length;
  const rulesOut: readonly [ConsistencyModel, ...ConsistencyModel[]] =
    proves === "impossible" ? ["causal-cc", "pram"] : proves === "lost" && everywhere ? ["durable"] : ["eventual"];
  anomalies.add(kind, () => ({
    rulesOut,
    key: key.name,
    explanation: `at the end ${holds(wrong)}, but ${why}.`,
    ops: [...updates, ...wrong.map(({ op }) => op)],
    because: wrong.flatMap(({ op }) =>
      updates.slice(-1).map((update): Because => because(update, op, "this copy does not show what must come of it")),
    ),
  }));
}

/** How many copies a sentence names. */
const MAX_COPIES = 5;

function holds(reads: readonly ClosingRead[]): string {
  const told = reads
    .slice(0, MAX_COPIES)
    .map(({ node, op, value }) => `${node || `process ${op.process}`} holds ${show(value)}`);
  if (reads.length > MAX_COPIES) told.push(`and ${reads.length - MAX_COPIES} more copies are wrong`);
  return told.join(", ");
}
