import type { DataType } from "../../../checkers/causal/index.ts";
import type { History } from "../../../src/core/history.ts";
import type { Defined } from "../shared/definitions.ts";
import { type Event, possibilities, split } from "../shared/events.ts";

/** For each event, as bits, those that come before it. */
type Order = readonly number[];
type Edge = readonly [from: number, to: number];

/**
 * The models by their bad patterns, with relations closed again and again: cubic, but not exponential as the definitions
 * are, so that it can judge histories of more sessions, of up to 31 events (a compare-and-set is two). Registers: Bouajjani et al., POPL 2017, §5.
 * Lists and sets tell what they saw and in which order, so that every model asks that some orders have no circle.
 */
export function satisfiesByPatterns(model: Defined, type: DataType, history: History): boolean {
  // The first one has only those updates of unknown outcome that somebody saw. Others only add to what must be explained.
  const [happened = []] = possibilities(type, history);
  const events = split(happened);
  const isSource = (a: Event, b: Event): boolean =>
    a.key === b.key && a.wrote !== undefined && (b.saw?.includes(a.wrote) ?? false);
  if (events.some((b) => b.saw && b.saw.length !== events.filter((a) => isSource(a, b)).length)) return false;
  // In PRAM only the write of a compare-and-set comes after what it swapped.
  const swapped = (a: Event, k: number): boolean => {
    const [read, write] = [events[k - 1], events[k]];
    return read !== undefined && read.op === write?.op && isSource(a, read);
  };
  const seen = (a: Event, k: number): boolean => (model === "pram" ? swapped(a, k) : isSource(a, events[k] as Event));
  const base = closure(
    events.map((b, k) => bitsOf(events, (a, i) => (i < k && a.process === b.process) || seen(a, k))),
  );
  if (isCircular(base)) return false;
  return type === "register" ? explainsRegisters(model, events, base) : explainsLists(model, type, events, base);
}

const bitsOf = (events: readonly Event[], test: (event: Event, i: number) => boolean): number =>
  events.reduce((set, event, i) => (test(event, i) ? set | (1 << i) : set), 0);

const has = (set: number | undefined, i: number): boolean => (((set ?? 0) >>> i) & 1) === 1;

function closure(order: Order): Order {
  const before = [...order];
  for (const via of before.keys())
    for (const [i, set] of before.entries()) if (has(set, via)) before[i] = set | (before[via] as number);
  return before;
}

const isCircular = (order: Order): boolean => order.some((before, i) => has(before, i));

function withEdges(order: Order, edges: readonly Edge[]): Order {
  const before = [...order];
  for (const [from, to] of edges) before[to] = (before[to] as number) | (1 << from);
  return closure(before);
}

function explainsRegisters(model: Defined, events: readonly Event[], base: Order): boolean {
  /** For each read of `reads` the other writes of its key that come before it, and the one that it saw, if any. */
  const overtaken = (order: Order, reads: (event: Event) => boolean): { source: number; others: number[] }[] =>
    events.flatMap((read, r) => {
      if (read.saw === undefined || !reads(read)) return [];
      const source = events.findIndex(({ key, wrote }) => key === read.key && wrote === read.saw?.[0]);
      const isOther = ({ key, wrote }: Event, i: number): boolean =>
        key === read.key && wrote !== undefined && i !== source && has(order[r], i);
      return [
        {
          source: read.saw.length === 0 ? -1 : source,
          others: [...events.keys()].filter((i) => isOther(events[i] as Event, i)),
        },
      ];
    });
  const demands = (order: Order, reads: (event: Event) => boolean): Edge[] =>
    overtaken(order, reads).flatMap(({ source, others }) => others.map((other): Edge => [other, source]));

  if (model !== "pram") {
    const all = demands(base, () => true);
    if (all.some(([other, source]) => source === -1 || has(base[other], source))) return false;
    if (model === "causal-cc") return true;
    if (model === "causal-ccv") return !isCircular(withEdges(base, all));
  }
  return processesOf(events).every((process) => {
    const isOwn = (event: Event): boolean => event.process === process;
    const own = events.flatMap((read, r) =>
      isOwn(read)
        ? events.flatMap((a, i): Edge[] =>
            a.key === read.key && a.wrote !== undefined && a.wrote === read.saw?.[0] ? [[i, r]] : [],
          )
        : [],
    );
    let order = withEdges(base, own);
    for (;;) {
      const found = demands(order, isOwn);
      if (isCircular(order) || found.some(([, source]) => source === -1)) return false;
      const fresh = found.filter(([other, source]) => !has(order[source], other));
      if (fresh.length === 0) return true;
      order = withEdges(order, fresh);
    }
  });
}

const processesOf = (events: readonly Event[]): number[] => [...new Set(events.map(({ process }) => process))];

function explainsLists(model: Defined, type: DataType, events: readonly Event[], base: Order): boolean {
  const writerOf = (key: string, value: number): number =>
    events.findIndex((event) => event.key === key && event.wrote === value);
  const order = ({ key, saw }: Event): Edge[] =>
    type === "set"
      ? []
      : (saw ?? []).slice(1).map((value, i) => [writerOf(key, saw?.[i] as number), writerOf(key, value)]);
  /** What a read shows comes before it, in that order, and what it does not show comes after it. */
  const demands = (read: Event, r: number): Edge[] => {
    const { key, saw, asked } = read;
    if (saw === undefined) return [];
    const sides = events.flatMap((event, i): Edge[] => {
      if (event.key !== key || event.wrote === undefined || (asked !== undefined && event.wrote !== asked)) return [];
      return [saw.includes(event.wrote) ? [i, r] : [r, i]];
    });
    return [...sides, ...order(read)];
  };
  const isPossible = (edges: readonly Edge[]): boolean => !isCircular(withEdges(base, edges));
  if (model === "causal-cm" || model === "pram")
    return processesOf(events).every((process) =>
      isPossible(events.flatMap((read, r) => (read.process === process ? demands(read, r) : []))),
    );
  if (!events.every((read, r) => isPossible(demands(read, r)))) return false;
  return model === "causal-cc" || isPossible(events.flatMap(order));
}
