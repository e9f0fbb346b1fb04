import type { Anomaly } from "../core/checker.ts";
import { CONSISTENCY_MODELS, type ConsistencyModel, strongerOrEqual } from "../core/consistency.ts";
import type { RunVerdict } from "../core/verdict.ts";

/** All anomalies that rule out the same weakest models. */
export interface EvidenceGroup {
  /** The weakest models ruled out, in lattice order. */
  readonly rulesOut: readonly ConsistencyModel[];
  /** The stronger models that fall with them, of those that the verdict speaks of. */
  readonly alsoFall: readonly ConsistencyModel[];
  /** True if the system promised any of these. */
  readonly promised: boolean;
  /** True if each model that it rules out falls with another group too. */
  readonly implied: boolean;
  /** The most readable first: other kinds and keys before more of the same, few operations before many. */
  readonly anomalies: readonly Anomaly[];
}

/**
 * Each anomaly of a verdict once, under the weakest models that it rules out. In a verdict an anomaly stands under every
 * model that it refutes. Groups that break a promise come first.
 */
export function evidence(verdict: RunVerdict): EvidenceGroup[] {
  const promised = new Set(verdict.models.filter((row) => row.promised).map((row) => row.model));
  const judged = new Set(verdict.models.map((row) => row.model));
  const seen = new Set<string>();
  const groups = new Map<string, { readonly rulesOut: readonly ConsistencyModel[]; readonly anomalies: Anomaly[] }>();
  for (const anomaly of verdict.models.flatMap((row) => row.anomalies)) {
    // Not by identity: a verdict that was read from a file has lost it.
    const name = JSON.stringify([anomaly.kind, anomaly.key, anomaly.ops, anomaly.explanation]);
    if (seen.has(name)) continue;
    seen.add(name);
    const rulesOut = CONSISTENCY_MODELS.filter((model) => anomaly.rulesOut.includes(model));
    const group = groups.get(rulesOut.join()) ?? { rulesOut, anomalies: [] };
    groups.set(rulesOut.join(), group);
    group.anomalies.push(anomaly);
  }
  const all = [...groups.values()];
  const isFallenWith = (model: ConsistencyModel, others: readonly ConsistencyModel[]): boolean =>
    !others.includes(model) && strongerOrEqual(others).includes(model);
  return all
    .map(({ rulesOut, anomalies }) => {
      const fallen = strongerOrEqual(rulesOut);
      return {
        rulesOut,
        alsoFall: fallen.filter((model) => judged.has(model) && !rulesOut.includes(model)),
        promised: fallen.some((model) => promised.has(model)),
        implied: rulesOut.every((model) => all.some((other) => isFallenWith(model, other.rulesOut))),
        anomalies: mostReadableFirst(anomalies),
      };
    })
    .sort((a, b) => Number(b.promised) - Number(a.promised) || strength(a.rulesOut) - strength(b.rulesOut));
}

const strength = (models: readonly ConsistencyModel[]): number =>
  CONSISTENCY_MODELS.findIndex((model) => models.includes(model));

/** Small ones before large ones, but one of each kind first, and then one of each kind and key. */
function mostReadableFirst(anomalies: readonly Anomaly[]): Anomaly[] {
  const seen = new Set<string>();
  const isFirst = (name: string): boolean => {
    const before = seen.size;
    return seen.add(name).size > before;
  };
  return [...anomalies]
    .sort((a, b) => a.ops.length - b.ops.length || distance(a) - distance(b))
    .map((anomaly) => {
      const firstOfKind = isFirst(anomaly.kind);
      const firstOfKey = isFirst(JSON.stringify([anomaly.kind, anomaly.key]));
      return { anomaly, rank: firstOfKind ? 0 : firstOfKey ? 1 : 2 };
    })
    .sort((a, b) => a.rank - b.rank)
    .map(({ anomaly }) => anomaly);
}

/** How far apart in the history its operations are. */
const distance = ({ ops }: Anomaly): number =>
  ops.reduce((max, op) => Math.max(max, op), 0) - ops.reduce((min, op) => Math.min(min, op), Number.POSITIVE_INFINITY);
