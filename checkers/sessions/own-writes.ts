import type { Because } from "../../src/core/checker.ts";
import { type Anomalies, because } from "../shared/anomalies.ts";
import type { Deadline } from "../shared/deadline.ts";
import { cheapestPath, cyclicComponents, Digraph, type Edge } from "../shared/graph.ts";
import { type Access, type HistoryIndex, type KeyIndex, named } from "../shared/history-index.ts";
import { at, shown, who } from "../shared/phrases.ts";
import { type SessionOnKey, sawValue, sessionsByKey, wasWritten } from "./by-key.ts";
import { SwapOrder } from "./swap-order.ts";
import { withTraces } from "./traces.ts";

/**
 * Read-your-writes on registers. A read that returns v demands w ≤ v for every earlier write w of its session, and a
 * read of the initial state that there is none. These demands and the swap order can be met by one order of the key's
 * writes if and only if no two different values are each below the other.
 *
 * Returns the number of reads that follow an acknowledged write of their session.
 */
export function ownWritesBeforeReads(index: HistoryIndex, anomalies: Anomalies, deadline: Deadline): number {
  const orders = new Map<KeyIndex, SwapOrder>();
  let checked = 0;
  for (const onKey of sessionsByKey(index)) {
    const { own, reads } = readsAfterWrites(onKey, anomalies, deadline);
    checked += reads.length;
    if (reads.length === 0) continue;
    const order = orders.get(onKey.key) ?? new SwapOrder(onKey.key);
    orders.set(onKey.key, order);
    new Demands(own, reads, order, deadline).report(anomalies);
  }
  return checked;
}

/** A read, and how many writes of its session came before it. */
interface Read {
  readonly access: Access;
  readonly ownBefore: number;
}

function readsAfterWrites({ key, accesses }: SessionOnKey, anomalies: Anomalies, deadline: Deadline) {
  const own: Access[] = [];
  const reads: Read[] = [];
  for (const access of accesses) {
    deadline.step();
    const value = sawValue(access);
    const last = own.at(-1);
    // A value that nobody wrote cannot be ordered; that it was read is for `causal` to report.
    if (access.saw !== undefined && last && (value === undefined || wasWritten(key, value))) {
      if (value === undefined) reportInitial(last, access, anomalies);
      reads.push({ access, ownBefore: own.length });
    }
    if (access.wrote !== undefined) own.push(access);
  }
  return { own, reads };
}

const KIND = "missed-own-write";
const RULES_OUT = ["read-your-writes"] as const;

function reportInitial(write: Access, read: Access, anomalies: Anomalies): void {
  anomalies.add(KIND, () => ({
    rulesOut: RULES_OUT,
    key: write.key.name,
    explanation: `${who(write.op)}, acknowledged at ${at(write.op.returnNs)}, but later found ${named(write.key.name)} as if it had never been written (${who(read.op)}).`,
    ...withTraces([write, read], [because(write.op, read.op, "a session must see what it wrote before")]),
  }));
}

/** Why one node of the graph is below another. */
type Reason =
  | { readonly kind: "own" }
  | { readonly kind: "read"; readonly read: Read }
  | { readonly kind: "swap"; readonly earlier: number; readonly later: number };

/** How many pairs of a read and an own write are tried for the shortest explanation. */
const MAX_PAIRS = 64;

/**
 * The graph of demands. Every read would need an edge from each earlier write; instead the writes form a chain of
 * "all that the session had written by then", so that a read needs one edge from its place in the chain.
 */
class Demands {
  readonly #own: readonly Access[];
  readonly #reads: readonly Read[];
  readonly #order: SwapOrder;
  /** Values of the key that take part. Node i stands for `#values[i]`; the nodes after them are the chain. */
  readonly #values: readonly number[];
  readonly #nodes = new Map<number, number>();
  readonly #graph: Digraph<Reason>;

  constructor(own: readonly Access[], reads: readonly Read[], order: SwapOrder, deadline: Deadline) {
    this.#own = own;
    this.#reads = reads.filter(({ access }) => sawValue(access) !== undefined);
    this.#order = order;
    const values = [...own.map(({ wrote }) => wrote), ...this.#reads.map(({ access }) => sawValue(access))];
    this.#values = [...new Set(values)].filter((value) => value !== undefined);
    for (const [node, value] of this.#values.entries()) this.#nodes.set(value, node);
    this.#graph = new Digraph(this.#values.length + own.length);
    for (const [i, { wrote }] of own.entries()) {
      this.#graph.add(this.#node(wrote), this.#chain(i + 1), { kind: "own" });
      if (i > 0) this.#graph.add(this.#chain(i), this.#chain(i + 1), { kind: "own" });
    }
    for (const read of this.#reads) {
      deadline.step();
      this.#graph.add(this.#chain(read.ownBefore), this.#node(sawValue(read.access)), { kind: "read", read });
    }
    for (const [earlier, later] of order.nearest(this.#values))
      this.#graph.add(this.#node(earlier), this.#node(later), { kind: "swap", earlier, later });
  }

  /** The node of a value that takes part. */
  #node(value: number | undefined): number {
    return this.#nodes.get(value ?? -1) ?? -1;
  }

  /** The node for "the first `count` own writes", `count` from 1. */
  #chain(count: number): number {
    return this.#values.length + count - 1;
  }

  report(anomalies: Anomalies): void {
    for (const component of cyclicComponents(this.#graph)) {
      const values = new Set(component.filter((node) => node < this.#values.length));
      if (values.size > 1) this.#explain(component, values, anomalies);
    }
  }

  /** Looks for a read of v and an earlier own write w ≠ v that the rest of the component puts above v. */
  #explain(component: readonly number[], values: ReadonlySet<number>, anomalies: Anomalies): void {
    const members = new Set(component);
    anomalies.add(KIND, () => {
      let best: { read: Read; write: Access; path: Edge<Reason>[]; cost: number } | undefined;
      for (const { read, write } of this.#pairs(values)) {
        const [from, to] = [this.#node(sawValue(read.access)), this.#node(write.wrote)];
        const found = cheapestPath(this.#graph, from, to, members, cost, best?.cost ?? Number.POSITIVE_INFINITY);
        if (found && (!best || found.cost < best.cost)) best = { read, write, path: found.edges, cost: found.cost };
      }
      if (!best) throw new Error("a strongly connected component has a path between any two of its nodes");
      return this.#finding(best.read, best.write, best.path);
    });
  }

  *#pairs(values: ReadonlySet<number>): Generator<{ read: Read; write: Access }> {
    let left = MAX_PAIRS;
    for (const read of this.#reads) {
      const value = sawValue(read.access);
      if (!values.has(this.#node(value))) continue;
      for (let i = read.ownBefore - 1; i >= 0; i--) {
        const write = this.#own[i];
        if (!write || write.wrote === value || !values.has(this.#node(write.wrote))) continue;
        if (left-- === 0) return;
        yield { read, write };
      }
    }
  }

  #finding(read: Read, write: Access, path: readonly Edge<Reason>[]) {
    const [found, written] = [shown(read.access, sawValue(read.access) ?? 0), shown(write, write.wrote ?? 0)];
    const tied: Because[] = [tie(write, read.access)];
    const accesses = [write, read.access];
    let from = read.access.key.writers[sawValue(read.access) ?? 0];
    for (const { label } of path) {
      if (label.kind === "own") continue;
      const swaps = label.kind === "swap" ? this.#order.swaps(label.earlier, label.later) : [];
      for (const swap of swaps) tied.push(because(from?.op ?? swap.op, swap.op, `${who(swap.op)}, so it came later`));
      if (label.kind === "read" && from) tied.push(tie(from, label.read.access));
      accesses.push(...swaps, ...(label.kind === "read" ? [label.read.access] : []));
      const reached = label.kind === "swap" ? label.later : sawValue(label.read.access);
      from = read.access.key.writers[reached ?? 0];
    }
    const { ops, because: ties } = withTraces(accesses, tied);
    return {
      rulesOut: RULES_OUT,
      key: read.access.key.name,
      explanation: `${who(write.op)}, acknowledged at ${at(write.op.returnNs)}, and later read ${found}, so ${found} must be newer than ${written}; but ${opposite(path, found, written)}.`,
      ops: [...ops].sort((a, b) => a.index - b.index),
      because: ties,
    };
  }
}

const opposite = (path: readonly Edge<Reason>[], found: string, written: string): string =>
  path.every(({ label }) => label.kind !== "read")
    ? `${written} replaced ${found} by compare-and-set`
    : `what else this session wrote and read puts ${found} before ${written}`;

function tie(write: Access, read: Access): Because {
  const [found, written] = [shown(read, sawValue(read) ?? 0), shown(write, write.wrote ?? 0)];
  return because(write.op, read.op, `${found} was read after ${written} was written by the same session`);
}

const cost = ({ kind }: Reason): 0 | 1 => (kind === "own" ? 0 : 1);
