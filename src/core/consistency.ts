/**
 * What a model speaks of: operations on objects, transactions over several, or one property of one kind of object, which
 * is asked about only where there is such an object.
 */
export type Family = "operations" | "transactions" | "properties";

/** What is to be known of a model. */
export interface AboutModel {
  readonly families: readonly Family[];
  /** The models that it implies directly. */
  readonly implies: readonly string[];
  /** What it demands, in one clause. */
  readonly demands: string;
  /** Where it is defined. */
  readonly source: string;
}

const operations: readonly Family[] = ["operations"];
const transactions: readonly Family[] = ["transactions"];
const properties: readonly Family[] = ["properties"];

const adya = "Adya, Weak Consistency (PhD thesis, MIT 1999)";
const terry = "Terry et al., Session Guarantees (PDIS 1994)";
const bouajjani = "Bouajjani, Enea, Guerraoui & Hamza, On Verifying Causal Consistency (POPL 2017)";
const cerone = "Cerone, Bernardi & Gotsman, A Framework for Transactional Consistency Models (CONCUR 2015)";
const biswas = "Biswas & Enea, On the Complexity of Checking Transactional Consistency (OOPSLA 2019), §2";
const daudjee = "Daudjee & Salem, Lazy Database Replication with Snapshot Isolation (VLDB 2006)";

/**
 * All models in one order, strongest first within a family. An implication stands here only if it is a theorem about the
 * definitions that the checkers use; jepsen.io/consistency draws some that need more. Without the prefix `strong-session`
 * no model of transactions knows of sessions, except `causal-ccv`.
 *
 * Left out on purpose: `causal-ccv` does not imply `pram` (Bouajjani, Fig. 2b), nor `pram` `writes-follow-reads`. Nor does
 * `causal-cc` imply `monotonic-reads`: what a session read stays in its past, but each of its reads may put that in an
 * order of its own, so that two concurrent writes may be read in turn again and again. A `snapshot-isolation` without
 * sessions does not imply `causal-ccv`, which has them.
 */
const LATTICE = {
  "strict-serializable": {
    families: transactions,
    implies: ["strong-session-serializable", "strong-snapshot-isolation"],
    demands: "one order of all transactions that keeps real time",
    source: "Papadimitriou, The Serializability of Concurrent Database Updates (JACM 1979)",
  },
  "strong-session-serializable": {
    families: transactions,
    implies: ["serializable", "strong-session-snapshot-isolation"],
    demands: "one order of all transactions that keeps each session's",
    source: "Daudjee & Salem, Lazy Database Replication with Ordering Guarantees (ICDE 2004)",
  },
  serializable: {
    families: transactions,
    implies: ["repeatable-read", "snapshot-isolation", "update-serializable"],
    demands: "one order of all transactions",
    source: `${adya}, PL-3`,
  },
  "strong-snapshot-isolation": {
    families: transactions,
    implies: ["strong-session-snapshot-isolation"],
    demands: "snapshots that contain all that was committed before they were taken",
    source: daudjee,
  },
  "strong-session-snapshot-isolation": {
    families: transactions,
    implies: ["snapshot-isolation", "causal-ccv"],
    demands: "snapshots that contain all that the session committed or saw before",
    source: daudjee,
  },
  "snapshot-isolation": {
    families: transactions,
    implies: ["parallel-snapshot-isolation", "prefix"],
    demands: "reads from a snapshot; of two concurrent writers of a key one aborts",
    source: `${cerone}, SI`,
  },
  "update-serializable": {
    families: transactions,
    implies: ["consistent-view"],
    demands: "one order of all transactions that write, into which each other one fits by itself",
    source: `${adya}, PL-3U`,
  },
  "parallel-snapshot-isolation": {
    families: transactions,
    implies: ["consistent-view", "balanced"],
    demands: "snapshots that may see concurrent transactions in different orders; no lost update",
    source: "Sovran et al., Transactional Storage for Geo-Replicated Systems (SOSP 2011)",
  },
  prefix: {
    families: transactions,
    implies: ["read-atomic"],
    demands: "reads from a prefix of one order of all transactions",
    source: `${cerone}, PC`,
  },
  "repeatable-read": {
    families: transactions,
    implies: ["cursor-stability", "read-atomic"],
    demands: "no cycle of dependencies on items",
    source: `${adya}, PL-2.99`,
  },
  "consistent-view": {
    families: transactions,
    implies: ["cursor-stability", "read-atomic"],
    demands: "no cycle with a single anti-dependency",
    source: `${adya}, PL-2+`,
  },
  linearizable: {
    families: operations,
    implies: ["sequential", "durable", "mutual-exclusion", "fencing", "counter-bounds"],
    demands: "each operation takes effect at one instant between its call and its return",
    source: "Herlihy & Wing, Linearizability (TOPLAS 1990), §2",
  },
  sequential: {
    families: operations,
    implies: ["causal-ccv", "causal-cm"],
    demands: "one order of all operations that keeps each session's",
    source: "Lamport, How to Make a Multiprocessor Computer (IEEE ToC 1979)",
  },
  "causal-ccv": {
    families: ["operations", "transactions"],
    implies: ["causal-cc", "monotonic-reads", "strong-session-read-atomic"],
    demands: "causes are seen before effects, and conflicts are settled alike everywhere",
    source: `${bouajjani}, causal convergence; of transactions: Biswas & Enea (OOPSLA 2019)`,
  },
  "causal-cm": {
    families: operations,
    implies: ["causal-cc", "pram"],
    demands: "each session sees all causes in one order of its own",
    source: `${bouajjani}, causal memory; Ahamad et al. (1995)`,
  },
  "causal-cc": {
    families: operations,
    implies: ["read-your-writes", "monotonic-writes", "writes-follow-reads"],
    demands: "each operation by itself is explained by its causes",
    source: bouajjani,
  },
  pram: {
    families: operations,
    implies: ["read-your-writes", "monotonic-reads", "monotonic-writes"],
    demands: "each session sees the writes of every other session in that session's order",
    source: "Lipton & Sandberg, PRAM (Princeton TR-180, 1988)",
  },
  "read-your-writes": { families: operations, implies: [], demands: "a session sees its own writes", source: terry },
  "monotonic-reads": { families: operations, implies: [], demands: "what a session read stays seen", source: terry },
  "monotonic-writes": {
    families: operations,
    implies: [],
    demands: "a session's writes are seen in its order",
    source: terry,
  },
  "writes-follow-reads": {
    families: operations,
    implies: [],
    demands: "a write comes after the writes that its session had read",
    source: terry,
  },
  "strong-session-read-atomic": {
    families: transactions,
    implies: ["read-atomic", "strong-session-read-committed"],
    demands: "read atomic, and what the session committed before is seen",
    source: biswas,
  },
  "read-atomic": {
    families: transactions,
    implies: ["monotonic-atomic-view"],
    demands: "all of a transaction's writes are seen, or none",
    source: `${cerone}, RA; Bailis et al., RAMP (SIGMOD 2014)`,
  },
  "monotonic-atomic-view": {
    families: transactions,
    implies: ["read-committed"],
    demands: "once one write of a transaction is seen, all are from then on",
    source: "Bailis et al., Highly Available Transactions (VLDB 2013)",
  },
  "cursor-stability": {
    families: transactions,
    implies: ["read-committed"],
    demands: "no update of an item is lost between a transaction's read and its write of it",
    source: `${adya}, PL-CS`,
  },
  "strong-session-read-committed": {
    families: transactions,
    implies: ["read-committed"],
    demands: "read committed, and nothing is read before its causes, sessions included",
    source: biswas,
  },
  "read-committed": {
    families: transactions,
    implies: ["read-uncommitted"],
    demands: "no aborted, intermediate or circular information is read",
    source: `${adya}, PL-2`,
  },
  "read-uncommitted": { families: transactions, implies: [], demands: "writes are ordered", source: `${adya}, PL-1` },
  eventual: {
    families: operations,
    implies: [],
    demands: "all copies agree some time after writes stop",
    source: "Vogels, Eventually Consistent (CACM 2009)",
  },
  durable: {
    families: ["operations", "transactions"],
    implies: [],
    demands: "no acknowledged write is lost",
    source: "not a model of the literature, but a promise that everyone makes",
  },
  available: {
    families: ["operations", "transactions"],
    implies: [],
    demands: "every operation on a running node is answered",
    source: "Bailis et al., Highly Available Transactions (VLDB 2013), §3",
  },
  "mutual-exclusion": {
    families: properties,
    implies: [],
    demands: "no two clients hold a lock at once",
    source: "Dijkstra, Solution of a Problem in Concurrent Programming Control (CACM 1965)",
  },
  fencing: {
    families: properties,
    implies: [],
    demands: "whoever gets a lock later has a larger token, and no smaller one is accepted after it",
    source: "Kleppmann, How to do distributed locking (2016)",
  },
  balanced: {
    families: properties,
    implies: [],
    demands: "a read of all accounts shows each of them, one total, and none overdrawn",
    source: "the bank test of Jepsen",
  },
  "counter-bounds": {
    families: properties,
    implies: [],
    demands: "a counter is read between what was surely and what was possibly counted",
    source: "the counter test of Jepsen",
  },
} as const satisfies Record<string, AboutModel>;

export type ConsistencyModel = keyof typeof LATTICE;

/** In the order of the lattice: a model stands before all those that it implies. */
export const CONSISTENCY_MODELS = Object.keys(LATTICE) as ConsistencyModel[];

/** Other names in use. */
export const MODEL_ALIASES: Readonly<Record<string, ConsistencyModel>> = {
  causal: "causal-ccv",
  "strong-serializable": "strict-serializable",
};

/** What a model demands, of what, what follows from it, and who defined it. */
export const aboutModel = (model: ConsistencyModel): AboutModel => LATTICE[model];

/** The models that speak of histories of this family. */
export const modelsOf = (family: Family): ConsistencyModel[] =>
  CONSISTENCY_MODELS.filter((model) => aboutModel(model).families.includes(family));

/** Of each model those that it implies, itself among them. */
const IMPLIED = new Map<ConsistencyModel, ReadonlySet<ConsistencyModel>>();
// Backwards: a model stands before all those that it implies.
for (const model of CONSISTENCY_MODELS.toReversed()) {
  const implies: readonly ConsistencyModel[] = LATTICE[model].implies;
  IMPLIED.set(model, new Set([model, ...implies.flatMap((weaker) => [...(IMPLIED.get(weaker) ?? [])])]));
}

const implied = (model: ConsistencyModel): ReadonlySet<ConsistencyModel> => IMPLIED.get(model) ?? new Set();

/** The given models and all that they imply: a history that satisfies the first satisfies these. In lattice order. */
export function weakerOrEqual(models: Iterable<ConsistencyModel>): ConsistencyModel[] {
  const found = new Set([...models].flatMap((model) => [...implied(model)]));
  return CONSISTENCY_MODELS.filter((model) => found.has(model));
}

/** The given models and all that imply one of them: a history that violates the first violates these. In lattice order. */
export function strongerOrEqual(models: Iterable<ConsistencyModel>): ConsistencyModel[] {
  const wanted = [...models];
  return CONSISTENCY_MODELS.filter((model) => wanted.some((weaker) => implied(model).has(weaker)));
}

/** Of the given models those that no other one of them implies. */
export const strongest = (models: readonly ConsistencyModel[]): ConsistencyModel[] =>
  models.filter((model) => !models.some((other) => other !== model && weakerOrEqual([other]).includes(model)));

/** Of the given models those that imply no other one of them. */
export const weakest = (models: readonly ConsistencyModel[]): ConsistencyModel[] =>
  models.filter((model) => !models.some((other) => other !== model && weakerOrEqual([model]).includes(other)));
