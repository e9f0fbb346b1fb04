import type { Budget, Verdict } from "../../src/core/checker.ts";
import type { History } from "../../src/core/history.ts";
import type { Operation } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";
import { conclude, decideAll, type Means } from "./check.ts";
import type { Decided } from "./decide.ts";
import { type Part, partsToDecide } from "./parts.ts";

/**
 * A check of linearizability in three steps, the middle one of which several threads can share: what is decided of an
 * object depends on the operations on it alone. One after the other they give what the checker gives.
 */
export interface Division {
  /** What is to be decided; or the verdict, if the history does not come that far. */
  parts(history: History): Undecided[] | Verdict;
  /** Decides some of the parts until `deadlineMs` (of this thread's `performance.now()`). Plain data. */
  decide(parts: readonly Undecided[], budget: Budget, deadlineMs: number): Decided[];
  /** The verdict, given what was decided of each of the history's parts, in their order. */
  conclude(parts: readonly Undecided[], decided: readonly Decided[], budget: Budget, deadlineMs: number): Verdict;
}

/** The operations on one object, in order of index. */
export type Undecided = Omit<Part, "decided">;

/** What another thread decided, with this thread's own operations in it: evidence compares them by identity. */
function atHome(decided: Decided | undefined, ops: readonly Operation[]): Decided | undefined {
  if (decided?.type !== "not-linearizable") return decided;
  const byIndex = new Map(ops.map((op) => [op.index, op]));
  const own = (op: Operation): Operation => byIndex.get(op.index) ?? op;
  const { stuckAt } = decided.proof;
  const proof = { ops: decided.proof.ops.map(own), ...(stuckAt === undefined ? {} : { stuckAt: own(stuckAt) }) };
  return { ...decided, proof };
}

export function divideBy(spec: Spec, means: Means): Division {
  return {
    parts: (history) => partsToDecide(spec, history),
    decide(undecided, { maxConfigurations }, deadlineMs) {
      const parts = undecided.map((part): Part => ({ ...part, decided: undefined }));
      decideAll(spec, parts, means, { maxConfigurations, deadlineMs });
      return parts.map(({ decided }) => decided ?? { type: "time", placed: 0 });
    },
    conclude(undecided, decided, budget, deadlineMs) {
      const parts = undecided.map((part, i): Part => ({ ...part, decided: atHome(decided[i], part.ops) }));
      return conclude(spec, parts, budget, deadlineMs);
    },
  };
}
