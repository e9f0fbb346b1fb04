import type { LevelName } from "../../../../checkers/transactions/weak/levels.ts";
import type { Micro, Txn } from "./generate.ts";

/** A transaction, and the process that did it. */
export type Node<M = Micro> = Txn<M> & { readonly process: string };

const INITIAL = -1;
type Pair = readonly [before: number, after: number];

export const LEVEL_NAMES: readonly LevelName[] = [
  "causal-ccv",
  "strong-session-read-atomic",
  "read-atomic",
  "monotonic-atomic-view",
  "strong-session-read-committed",
  "read-committed",
];

/**
 * The levels that a history satisfies, by the axioms of Biswas & Enea (OOPSLA 2019, Fig. 2), tried on every choice of the
 * unknown transactions that committed, of the transactions that reads saw, and of an order of commits.
 */
export function satisfiedLevels(txns: readonly Txn[]): ReadonlySet<LevelName> {
  const nodes = nodesOf(txns);
  const satisfied = new Set<LevelName>();
  for (const committed of choicesOfCommitted(nodes)) {
    if (!committed.every((t) => readsItsOwn(nodes[t] as Node))) continue;
    for (const sources of choicesOfSources(nodes, committed))
      for (const level of LEVEL_NAMES)
        if (!satisfied.has(level) && hasOrder(committed, demandsOf(level, nodes, committed, sources)))
          satisfied.add(level);
  }
  return satisfied;
}

export function nodesOf<M>(txns: readonly Txn<M>[]): Node<M>[] {
  const unknowns = new Map<number, number>();
  return txns.map((txn) => {
    const before = unknowns.get(txn.session) ?? 0;
    if (txn.status === "unknown") unknowns.set(txn.session, before + 1);
    return { ...txn, process: `${txn.session}/${before}` };
  });
}

/** All sets of transactions that may have committed, in order. */
export function choicesOfCommitted(nodes: readonly Node<unknown>[]): number[][] {
  let choices: number[][] = [[]];
  for (const [t, { status }] of nodes.entries()) {
    if (status === "committed") choices = choices.map((choice) => [...choice, t]);
    if (status === "unknown") choices = choices.flatMap((choice) => [choice, [...choice, t]]);
  }
  return choices;
}

const lastWrite = (micros: readonly Micro[], key: string): Micro | undefined =>
  micros.filter((micro) => micro.f === "w" && micro.key === key).at(-1);

/** True if all reads that follow a write of the same transaction saw it. What unknown transactions read is not known. */
const readsItsOwn = ({ micros, status }: Node): boolean =>
  micros.every((micro, m) => {
    const own = lastWrite(micros.slice(0, m), micro.key);
    return status === "unknown" || micro.f === "w" || own === undefined || own.value === micro.value;
  });

/** A read from outside, and whose write it saw. */
interface Source {
  readonly reader: number;
  readonly at: number;
  readonly key: string;
  readonly from: number;
}

/** All ways to say which transactions reads saw, none if some read saw what nobody committed. */
function* choicesOfSources(nodes: readonly Node[], committed: readonly number[]): Generator<Source[]> {
  const reads = committed.flatMap((reader) => {
    const { micros, status } = nodes[reader] as Node;
    return micros.flatMap((micro, at) => {
      if (micro.f === "w" || lastWrite(micros.slice(0, at), micro.key) !== undefined) return [];
      const isKnown = status === "committed";
      const writers = committed.filter((t) => {
        const last = lastWrite((nodes[t] as Node).micros, micro.key);
        return t !== reader && last !== undefined && (!isKnown || last.value === micro.value);
      });
      const initial = isKnown && micro.value !== null ? [] : [INITIAL];
      return [
        [...initial, ...(isKnown && micro.value === null ? [] : writers)].map((from) => ({
          reader,
          at,
          key: micro.key,
          from,
        })),
      ];
    });
  });
  const choose = function* (chosen: Source[]): Generator<Source[]> {
    const options = reads[chosen.length];
    if (options === undefined) yield chosen;
    else for (const option of options) yield* choose([...chosen, option]);
  };
  yield* choose([]);
}

function demandsOf(
  level: LevelName,
  nodes: readonly Node[],
  committed: readonly number[],
  sources: readonly Source[],
): Pair[] {
  const wr: Pair[] = sources.map(({ from, reader }) => [from, reader]);
  const so: Pair[] = committed.flatMap((a) =>
    committed.flatMap((b): Pair[] => (a < b && nodes[a]?.process === nodes[b]?.process ? [[a, b]] : [])),
  );
  const inSessions =
    level === "causal-ccv" || level === "strong-session-read-atomic" || level === "strong-session-read-committed";
  const pairs = inSessions ? [...so, ...wr] : wr;
  if (level === "read-committed" || level === "strong-session-read-committed") return pairs;
  const closed = level === "causal-ccv" ? closure(pairs) : pairs;
  const mustSee = (t2: number, { reader, at }: Source): boolean =>
    level === "monotonic-atomic-view"
      ? sources.some((other) => other.reader === reader && other.at < at && other.from === t2)
      : closed.some(([from, to]) => from === t2 && to === reader);
  const axioms = sources.flatMap((source) =>
    committed.flatMap((t2): Pair[] => {
      const wrote = lastWrite((nodes[t2] as Node).micros, source.key) !== undefined;
      return wrote && t2 !== source.from && mustSee(t2, source) ? [[t2, source.from]] : [];
    }),
  );
  return [...pairs, ...axioms];
}

/** Transitive; the initial state, which precedes everything, is left out. Transactions have numbers below 31. */
function closure(pairs: readonly Pair[]): Pair[] {
  const rows = new Array<number>(31).fill(0);
  for (const [a, b] of pairs) if (a !== INITIAL) rows[a] = (rows[a] as number) | (1 << b);
  for (const [k, through] of rows.entries())
    for (const [a, row] of rows.entries()) if (row & (1 << k)) rows[a] = row | through;
  return rows.flatMap((row, a) => rows.flatMap((_, b): Pair[] => (row & (1 << b) ? [[a, b]] : [])));
}

/** The same for histories of up to 31 transactions that leave no choice: the demands must have no circle. */
export function satisfiedBySaturation(txns: readonly Txn[]): ReadonlySet<LevelName> {
  const nodes = nodesOf(txns);
  const [committed = [], ...others] = choicesOfCommitted(nodes);
  if (others.length > 0) throw new Error("an unknown outcome leaves a choice");
  const satisfied = new Set<LevelName>();
  if (!committed.every((t) => readsItsOwn(nodes[t] as Node))) return satisfied;
  for (const sources of choicesOfSources(nodes, committed))
    for (const level of LEVEL_NAMES) {
      const demands = demandsOf(level, nodes, committed, sources);
      const isCircular = closure(demands).some(([a, b]) => a === b);
      if (!isCircular && demands.every(([, later]) => later !== INITIAL)) satisfied.add(level);
    }
  return satisfied;
}

/** True if some order of these transactions, after the initial state, keeps all pairs. */
const hasOrder = (txns: readonly number[], pairs: readonly Pair[]): boolean =>
  permutations(txns).some((order) => {
    const place = (t: number): number => (t === INITIAL ? -1 : order.indexOf(t));
    return pairs.every(([before, after]) => place(before) < place(after));
  });

const known = new Map<string, readonly (readonly number[])[]>();

export function permutations(items: readonly number[]): readonly (readonly number[])[] {
  const name = items.join();
  let found = known.get(name);
  if (found === undefined) {
    found =
      items.length === 0
        ? [[]]
        : items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
    known.set(name, found);
  }
  return found;
}

/**
 * The same for the levels that Cerone, Bernardi & Gotsman (CONCUR 2015) define: there is an arbitration, a total order of
 * transactions, and a visibility within it, such that every transaction reads the last visible write of each key (EXT), or
 * what it last read or wrote there itself (INT). Sessions and transitive visibility where the level has them.
 */
export function satisfiedByVisibility(
  level: "causal-ccv" | "read-atomic" | "strong-session-read-atomic",
  txns: readonly Txn[],
): boolean {
  const nodes = nodesOf(txns);
  return choicesOfCommitted(nodes).some((committed) => {
    const known = committed.map((t) => nodes[t] as Node);
    return (
      known.every(isInternallyConsistent) &&
      permutations(known.map((_, i) => i)).some((order) =>
        hasVisibility(
          level,
          order.map((i) => known[i] as Node),
          order,
        ),
      )
    );
  });
}

/** INT. */
const isInternallyConsistent = ({ micros, status }: Node): boolean =>
  micros.every((micro, m) => {
    const before = micros
      .slice(0, m)
      .filter(({ key }) => key === micro.key)
      .at(-1);
    return status === "unknown" || micro.f === "w" || before === undefined || before.value === micro.value;
  });

/** `arbitrated` in their order, with the places that they have in the history. */
function hasVisibility(level: string, arbitrated: readonly Node[], places: readonly number[]): boolean {
  const inSessions = level !== "read-atomic";
  const isBefore = (a: number, b: number): boolean =>
    arbitrated[a]?.process === arbitrated[b]?.process && (places[a] as number) < (places[b] as number);
  /** Rows of the relation as bits, chosen one after the other. */
  const choose = (rows: readonly number[]): boolean => {
    const t = rows.length;
    if (t === arbitrated.length) return true;
    // A session's own order has to be part of the arbitration.
    if (inSessions && arbitrated.some((_, later) => later > t && isBefore(later, t))) return false;
    for (let row = 0; row < 1 << t; row++) {
      const sees = (other: number): boolean => (row & (1 << other)) !== 0;
      const own = rows.every((_, other) => !inSessions || !isBefore(other, t) || sees(other));
      const closed = level !== "causal-ccv" || rows.every((past, other) => !sees(other) || (past & ~row) === 0);
      if (own && closed && readsLastVisible(arbitrated, t, sees) && choose([...rows, row])) return true;
    }
    return false;
  };
  return choose([]);
}

/** EXT. */
function readsLastVisible(arbitrated: readonly Node[], t: number, sees: (other: number) => boolean): boolean {
  const { micros, status } = arbitrated[t] as Node;
  return micros.every((micro, m) => {
    if (status === "unknown" || micro.f === "w" || micros.slice(0, m).some(({ key }) => key === micro.key)) return true;
    const visible = arbitrated.slice(0, t).filter((_, other) => sees(other));
    const last = visible
      .map(({ micros }) => lastWrite(micros, micro.key))
      .filter((write) => write !== undefined)
      .at(-1);
    return (last?.value ?? null) === micro.value;
  });
}
