import type { Because } from "../../src/core/checker.ts";
import type { Operation } from "../../src/core/operation.ts";
import { because } from "../shared/anomalies.ts";
import type { Access } from "../shared/history-index.ts";
import { shown, who } from "../shared/phrases.ts";

/** What shows that compare-and-sets of unknown outcome took effect. */
export interface Traces {
  readonly ops: readonly Operation[];
  readonly because: readonly Because[];
}

/**
 * The operations that saw the values of those compare-and-sets among `accesses` whose outcome is unknown: one that is
 * sure to have happened, or if there is none, others of unknown outcome with traces of their own.
 */
export function tracesOf(accesses: readonly Access[]): Traces {
  const ops: Operation[] = [];
  const ties: Because[] = [];
  const known = new Set<Access>();
  const left = accesses.filter(needsTrace);
  for (let swap = left.pop(); swap !== undefined; swap = left.pop()) {
    if (known.has(swap)) continue;
    known.add(swap);
    const { op, key, wrote } = swap;
    const seers = key.accesses.filter(({ saw }) => wrote !== undefined && saw?.[0] === wrote);
    const sure = seers.find((seer) => !needsTrace(seer));
    for (const seer of sure ? [sure] : seers) {
      const value = shown(swap, wrote ?? 0);
      ops.push(seer.op);
      ties.push(because(op, seer.op, `${who(seer.op)}, so the compare-and-set that wrote ${value} did happen`));
      if (needsTrace(seer)) left.push(seer);
    }
  }
  return { ops, because: ties };
}

const needsTrace = ({ op, saw, wrote }: Access): boolean =>
  op.outcome.type !== "ok" && saw !== undefined && wrote !== undefined;
