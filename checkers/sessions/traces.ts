import type { Because } from "../../src/core/checker.ts";
import type { Operation } from "../../src/core/operation.ts";
import { because, type Finding } from "../shared/anomalies.ts";
import type { Access } from "../shared/history-index.ts";
import { shown, who } from "../shared/phrases.ts";
import { sawValue } from "./by-key.ts";

/** What an anomaly shows. */
type Shown = Pick<Finding, "ops" | "because">;

/** These accesses and ties as an anomaly shows them: with what shows that compare-and-sets of unknown outcome happened. */
export function withTraces(accesses: readonly Access[], ties: readonly Because[]): Shown {
  const traces = tracesOf(accesses);
  return { ops: [...accesses.map(({ op }) => op), ...traces.ops], because: [...ties, ...traces.because] };
}

/**
 * The operations that saw the values of those compare-and-sets among `accesses` whose outcome is unknown: one that is
 * sure to have happened, or if there is none, others of unknown outcome with traces of their own.
 */
function tracesOf(accesses: readonly Access[]): Shown {
  const ops: Operation[] = [];
  const ties: Because[] = [];
  const known = new Set<Access>();
  const left = accesses.filter(needsTrace);
  for (let swap = left.pop(); swap !== undefined; swap = left.pop()) {
    if (known.has(swap)) continue;
    known.add(swap);
    const { op, key, wrote } = swap;
    const seers = key.accesses.filter((access) => sawValue(access) === wrote);
    const sure = seers.find((seer) => !needsTrace(seer));
    if (!sure) left.push(...seers);
    for (const seer of sure ? [sure] : seers) {
      const value = shown(swap, wrote ?? 0);
      ops.push(seer.op);
      ties.push(because(op, seer.op, `${who(seer.op)}, so the compare-and-set that wrote ${value} did happen`));
    }
  }
  return { ops, because: ties };
}

const needsTrace = ({ op, saw, wrote }: Access): boolean =>
  op.outcome.type !== "ok" && saw !== undefined && wrote !== undefined;
