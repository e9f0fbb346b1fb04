/**
 * The consistency models a verdict speaks about, strongest first.
 *
 * - `linearizable`: Herlihy & Wing, "Linearizability" (TOPLAS 1990), §2.
 * - `sequential`: Lamport, "How to Make a Multiprocessor Computer…" (1979).
 * - `causal`: causal consistency with one arbitration order, Viotti & Vukolić, "Consistency in Non-Transactional
 *   Distributed Storage Systems" (ACM CSUR 2016), §3.4; the CCv of Bouajjani et al. (POPL 2017).
 * - `read-your-writes`, `monotonic-reads`, `monotonic-writes`, `writes-follow-reads`: Terry et al., "Session Guarantees
 *   for Weakly Consistent Replicated Data" (PDIS 1994).
 * - `eventual`: after faults are healed and writes stop, all copies agree (Vogels 2009; convergence).
 * - `durable`: no acknowledged write is lost. Not a model of the literature but a promise that everyone makes.
 */
export const CONSISTENCY_MODELS = [
  "linearizable",
  "sequential",
  "causal",
  "read-your-writes",
  "monotonic-reads",
  "monotonic-writes",
  "writes-follow-reads",
  "eventual",
  "durable",
] as const;

export type ConsistencyModel = (typeof CONSISTENCY_MODELS)[number];

/** Which models each model implies directly. `eventual` is about copies at rest, so no model of operations implies it. */
const IMPLIES: Readonly<Record<ConsistencyModel, readonly ConsistencyModel[]>> = {
  linearizable: ["sequential", "durable"],
  sequential: ["causal"],
  causal: ["read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads"],
  "read-your-writes": [],
  "monotonic-reads": [],
  "monotonic-writes": [],
  "writes-follow-reads": [],
  eventual: [],
  durable: [],
};

/** The given models and all that they imply: a history that satisfies the first satisfies these. In lattice order. */
export function weakerOrEqual(models: Iterable<ConsistencyModel>): ConsistencyModel[] {
  const found = new Set<ConsistencyModel>();
  const visit = (model: ConsistencyModel): void => {
    if (found.has(model)) return;
    found.add(model);
    IMPLIES[model].forEach(visit);
  };
  for (const model of models) visit(model);
  return CONSISTENCY_MODELS.filter((model) => found.has(model));
}

/** The given models and all that imply one of them: a history that violates the first violates these. In lattice order. */
export function strongerOrEqual(models: Iterable<ConsistencyModel>): ConsistencyModel[] {
  const wanted = new Set(models);
  return CONSISTENCY_MODELS.filter((model) => weakerOrEqual([model]).some((weaker) => wanted.has(weaker)));
}
