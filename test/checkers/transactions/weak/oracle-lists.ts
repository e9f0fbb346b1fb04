import type { LevelName } from "../../../../checkers/transactions/weak/levels.ts";
import type { ListMicro, Txn } from "./generate.ts";
import { choicesOfCommitted, LEVEL_NAMES, type Node, nodesOf, permutations } from "./oracle.ts";

const INITIAL = -1;

/** A read of what others appended: by whom and at which micro-operation, and who appended last. */
interface Source {
  readonly reader: number;
  readonly at: number;
  readonly key: string;
  readonly from: number;
}

/**
 * The levels that a history of lists satisfies: there is an order of commits such that every read shows the beginning of
 * what its key became, up to some transaction of that order and with what the reader had appended itself, and the axioms of Biswas & Enea hold for these
 * transactions. Every choice and every order is tried.
 */
export function satisfiedListLevels(txns: readonly Txn<ListMicro>[]): ReadonlySet<LevelName> {
  const nodes = nodesOf(txns);
  const satisfied = new Set<LevelName>();
  for (const committed of choicesOfCommitted(nodes)) {
    const reads = readsOf(nodes, committed);
    if (reads === undefined) continue;
    for (const order of permutations(committed)) {
      const sources = sourcesOf(nodes, order, reads);
      if (sources === undefined) continue;
      for (const level of LEVEL_NAMES)
        if (!satisfied.has(level) && keeps(level, nodes, order, sources)) satisfied.add(level);
    }
  }
  return satisfied;
}

const appends = (micros: readonly ListMicro[], key: string): number[] =>
  micros.flatMap((micro) => (micro.f === "append" && micro.key === key ? [micro.value] : []));

/** A list as text: that of a beginning of it is a beginning of its text. */
const text = (list: readonly number[]): string => list.map((value) => `${value},`).join("");

/** What a read shows in all, and of others. */
interface Read extends Omit<Source, "from"> {
  readonly whole: string;
  readonly others: string;
}

/** What was read; `undefined` if a read does not end with what the reader itself had appended. */
function readsOf(nodes: readonly Node<ListMicro>[], committed: readonly number[]): Read[] | undefined {
  const reads: Read[] = [];
  for (const reader of committed) {
    const { micros, status } = nodes[reader] as Node<ListMicro>;
    if (status === "unknown") continue;
    for (const [at, { f, key, value }] of micros.entries()) {
      if (f === "append") continue;
      const own = appends(micros.slice(0, at), key);
      const others = value.slice(0, Math.max(0, value.length - own.length));
      if (text(value) !== text([...others, ...own])) return undefined;
      reads.push({ reader, at, key, whole: text(value), others: text(others) });
    }
  }
  return reads;
}

/** Whom the reads saw if transactions committed in this order; `undefined` if some read shows what never was. */
function sourcesOf(
  nodes: readonly Node<ListMicro>[],
  order: readonly number[],
  reads: readonly Read[],
): Source[] | undefined {
  /** Of each key its states, and the last. */
  const states = new Map<string, Map<string, number>>();
  const last = new Map<string, string>();
  for (const t of order)
    for (const key of new Set((nodes[t] as Node<ListMicro>).micros.map(({ key }) => key))) {
      const added = text(appends((nodes[t] as Node<ListMicro>).micros, key));
      if (added === "") continue;
      const state = (last.get(key) ?? "") + added;
      states.set(key, (states.get(key) ?? new Map()).set(state, t));
      last.set(key, state);
    }
  const sources: Source[] = [];
  for (const { reader, at, key, whole, others } of reads) {
    const from = others === "" ? INITIAL : states.get(key)?.get(others);
    if (from === undefined || from === reader || !(last.get(key) ?? "").startsWith(whole)) return undefined;
    sources.push({ reader, at, key, from });
  }
  return sources;
}

function keeps(
  level: LevelName,
  nodes: readonly Node<ListMicro>[],
  order: readonly number[],
  sources: readonly Source[],
): boolean {
  const place = (t: number): number => (t === INITIAL ? -1 : order.indexOf(t));
  const inSessions =
    level === "causal-ccv" || level === "strong-session-read-atomic" || level === "strong-session-read-committed";
  const isBefore = (a: number, b: number): boolean => a < b && nodes[a]?.process === nodes[b]?.process;
  if (sources.some(({ from, reader }) => place(from) > place(reader))) return false;
  if (inSessions && order.some((a) => order.some((b) => isBefore(a, b) && place(a) > place(b)))) return false;
  if (level === "read-committed" || level === "strong-session-read-committed") return true;
  const sees = (t: number, other: number): boolean =>
    sources.some(({ reader, from }) => reader === t && from === other) || (inSessions && isBefore(other, t));
  const isCause = (t: number, other: number): boolean =>
    sees(t, other) || order.some((between) => sees(t, between) && isCause(between, other));
  return sources.every(({ reader, at, key, from }) =>
    order.every((t2) => {
      if (t2 === from || appends((nodes[t2] as Node<ListMicro>).micros, key).length === 0) return true;
      const mustSee =
        level === "monotonic-atomic-view"
          ? sources.some((other) => other.reader === reader && other.at < at && other.from === t2)
          : level === "causal-ccv"
            ? isCause(reader, t2)
            : sees(reader, t2);
      return !mustSee || place(t2) < place(from);
    }),
  );
}
