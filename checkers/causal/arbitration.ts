import type { Anomalies } from "../shared/anomalies.ts";
import { cyclicComponents, Digraph, shortestCycle } from "../shared/graph.ts";
import type { Access, HistoryIndex } from "../shared/history-index.ts";
import { named } from "../shared/history-index.ts";
import { shown } from "../shared/phrases.ts";
import { RULES_OUT } from "./common.ts";
import { circle, mentioned, type Step, ties } from "./explain.ts";
import type { CausalEdge, CausalPast } from "./past.ts";

/** The read whose list shows one append right before another, or an edge of causal order. */
type Reason = CausalEdge | Access;

/** The one order of all operations that the causal order and the order of all lists must agree on. */
export class Arbitration {
  readonly #index: HistoryIndex;
  readonly #past: CausalPast;
  readonly #graph: Digraph<Reason>;
  /** For each append those that some list was seen to show right after it. */
  readonly #after = new Map<Access, Set<Access>>();

  constructor(index: HistoryIndex, past: CausalPast) {
    this.#index = index;
    this.#past = past;
    this.#graph = new Digraph(index.accesses.length);
    for (const access of index.accesses) {
      const before = index.sessions[access.session]?.[access.position - 1];
      if (before) this.#graph.add(before.id, access.id, "so");
    }
  }

  /** Takes in the order of a list: `appends` are its elements without repetitions and without those nobody appended. */
  observe(read: Access, appends: readonly Access[]): void {
    for (let i = 1; i < appends.length; i++) {
      const [a, b] = [appends[i - 1] as Access, appends[i] as Access];
      const known = this.#after.get(a);
      if (known?.has(b)) continue;
      if (known) known.add(b);
      else this.#after.set(a, new Set([b]));
      this.#graph.add(a.id, b.id, read);
    }
    // The other elements come before the last, so that one edge stands for all. Circles of causes are reported elsewhere.
    const last = appends.at(-1);
    if (last && !this.#past.inCycle(read)) this.#graph.add(last.id, read.id, "rf");
  }

  report(anomalies: Anomalies): void {
    for (const component of cyclicComponents(this.#graph)) {
      const edges = shortestCycle(this.#graph, component, (label) => (label === "so" ? 0 : 1));
      const steps = this.#shorten(circle(this.#index, edges, stepOf));
      const [one, other] = steps;
      const twoLists = steps.length === 2 && one?.list && other?.list;
      if (twoLists) reportTwoOrders(one, one.list, other.list, anomalies);
      else reportCircle(this.#index, steps, anomalies);
    }
  }

  /** Replaces several elements in a row by the first and the last of them, where one list shows both. */
  #shorten(steps: readonly ListStep[]): ListStep[] {
    const start = steps.findIndex(({ list }, i) => steps.at(i - 1)?.list !== list);
    const turned = start <= 0 ? steps : [...steps.slice(start), ...steps.slice(0, start)];
    const short: ListStep[] = [];
    for (let i = 0; i < turned.length; ) {
      const first = turned[i] as ListStep;
      let run = i;
      while (run < turned.length && turned[run]?.list?.key === first.list?.key && turned[run]?.list) run++;
      const lists = new Set(turned.slice(i, run).flatMap(({ list }) => list ?? []));
      let best: ListStep = first;
      let length = 1;
      for (const list of lists) {
        const reach = inList(list, first.from, turned.slice(i, run));
        if (reach > length) {
          best = { from: first.from, to: (turned[i + reach - 1] as ListStep).to, kind: "arb", list };
          length = reach;
        }
      }
      short.push(best);
      i += length;
    }
    return short.map((step) => (step.list ? { ...step, reason: listReason(step, step.list) } : step));
  }
}

interface ListStep extends Step {
  /** The read whose list shows `from` before `to`. */
  readonly list?: Access;
}

const stepOf = (label: Reason): Omit<ListStep, "from" | "to"> =>
  typeof label === "string" ? { kind: label } : { kind: "arb", list: label };

/** How many of these steps stay inside one list and lead forward in it, from `first` on. */
function inList({ saw }: Access, first: Access, steps: readonly ListStep[]): number {
  const at = (append: Access): number => saw?.indexOf(append.wrote ?? -1) ?? -1;
  let position = at(first);
  if (position < 0) return 0;
  let count = 0;
  for (const { to } of steps) {
    const next = at(to);
    if (next <= position) break;
    position = next;
    count++;
  }
  return count;
}

const listReason = ({ from, to }: Step, list: Access): string =>
  `process ${list.op.process} read ${shown(from, from.wrote ?? 0)} before ${shown(to, to.wrote ?? 0)} (operation ${list.op.index})`;

function reportTwoOrders({ from, to }: Step, one: Access, other: Access, anomalies: Anomalies): void {
  anomalies.add("incompatible-order", () => {
    const [a, b] = [shown(from, from.wrote ?? 0), shown(to, to.wrote ?? 0)];
    const tied = ties([
      { from, to, kind: "arb", reason: listReason({ from, to, kind: "arb" }, one) },
      { from: to, to: from, kind: "arb", reason: listReason({ from: to, to: from, kind: "arb" }, other) },
    ]);
    return {
      rulesOut: RULES_OUT,
      key: from.key.name,
      explanation: `process ${one.op.process} read ${named(from.key.name)} with ${a} before ${b}, process ${other.op.process} with ${b} before ${a}: the copies disagree about the order of the appends.`,
      ops: [from.op, to.op, one.op, other.op],
      because: tied,
    };
  });
}

function reportCircle(index: HistoryIndex, steps: readonly ListStep[], anomalies: Anomalies): void {
  anomalies.add("cyclic-arbitration", () => {
    const tied = ties(circleFromSession(steps));
    const shownBy = steps.flatMap(({ list }) => list ?? []);
    const orders = steps.flatMap((step) => (step.list ? [listReason(step, step.list)] : []));
    return {
      rulesOut: RULES_OUT,
      explanation: `no order of the appends explains what was read: ${orders.join("; ")}. Together with the order of causes that is a circle.`,
      ops: mentioned(tied, index, shownBy),
      because: tied,
    };
  });
}

/** The same circle, begun where a session starts its part. */
function circleFromSession(steps: readonly ListStep[]): readonly ListStep[] {
  const start = steps.findIndex(({ kind }, i) => kind === "so" && steps.at(i - 1)?.kind !== "so");
  return start <= 0 ? steps : [...steps.slice(start), ...steps.slice(0, start)];
}
