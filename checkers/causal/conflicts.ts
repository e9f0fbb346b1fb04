import type { Anomalies } from "../shared/anomalies.ts";
import { cyclicComponents, Digraph, shortestCycle } from "../shared/graph.ts";
import { type Access, type HistoryIndex, named } from "../shared/history-index.ts";
import { shown } from "../shared/phrases.ts";
import { RULES_OUT } from "./common.ts";
import { circle, mentioned, type Step, ties } from "./explain.ts";
import type { CausalEdge, CausalPast } from "./past.ts";

/** `w1` must be arbitrated before `w2`: a read that has `w1` in its past returned `w2` nevertheless. */
export interface Conflict {
  readonly w1: Access;
  readonly w2: Access;
  readonly read: Access;
}

/** CyclicCF: causal order and the arbitration that reads demand contradict each other. */
export function reportConflictCycles(
  index: HistoryIndex,
  past: CausalPast,
  conflicts: readonly Conflict[],
  anomalies: Anomalies,
): void {
  const graph = new Digraph<CausalEdge | Conflict>(index.accesses.length);
  for (const access of index.accesses) {
    const before = index.sessions[access.session]?.[access.position - 1];
    if (before) graph.add(before.id, access.id, "so");
    const source = access.key.writers[access.saw?.[0] ?? -1];
    // Circles of causes are reported by themselves.
    if (source && !past.inCycle(access)) graph.add(source.id, access.id, "rf");
  }
  for (const conflict of conflicts) graph.add(conflict.w1.id, conflict.w2.id, conflict);

  for (const component of cyclicComponents(graph)) {
    anomalies.add("cyclic-cf", () => {
      const cycle = shortestCycle(graph, component, (label) => (label === "so" ? 0 : 1));
      const demands = cycle.map(({ label }) => label).filter((label) => typeof label === "object");
      const tied = ties(circle(index, cycle, stepOf));
      const reads = demands.map(({ read }) => read);
      return {
        rulesOut: RULES_OUT,
        ...(new Set(reads.map(({ key }) => key)).size === 1 && reads[0] ? { key: reads[0].key.name } : {}),
        explanation: `no order of the writes explains what was read: ${demands.map(inWords).join("; ")}. Together with the order of causes that is a circle.`,
        ops: mentioned(tied, index, reads),
        because: tied,
      };
    });
  }
}

function stepOf(label: CausalEdge | Conflict): Omit<Step, "from" | "to"> {
  if (typeof label === "string") return { kind: label };
  const { read } = label;
  const [first, second] = values(label);
  return {
    kind: "arb",
    read,
    reason: `process ${read.op.process} read ${second} (operation ${read.op.index}) with ${first} in its causal past, so ${second} comes later`,
  };
}

function inWords(conflict: Conflict): string {
  const [first, second] = values(conflict);
  const { read } = conflict;
  return `process ${read.op.process} read ${named(read.key.name)} = ${second} with ${first} in its causal past, so ${first} comes before ${second}`;
}

const values = ({ w1, w2 }: Conflict): [string, string] => [shown(w1, w1.wrote ?? 0), shown(w2, w2.wrote ?? 0)];
