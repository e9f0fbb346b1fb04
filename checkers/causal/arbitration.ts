import { type Anomalies, because } from "../shared/anomalies.ts";
import type { Causes } from "../shared/causes.ts";
import { cyclicComponents, Digraph, shortestCycle } from "../shared/graph.ts";
import { type Access, type HistoryIndex, named } from "../shared/history-index.ts";
import { written } from "../shared/phrases.ts";
import type { Clocks } from "./clocks.ts";
import { type CausalEdge, mentioned, type Step, ties, turn } from "./explain.ts";
import { lookupIn } from "./list-causes.ts";

/** The read whose list shows one append right before another, or an edge of causal order. */
type Reason = CausalEdge | Access;

/** A step between appends of one key that lists show, or an edge of causal order. */
interface ListStep extends Step {
  /** The read whose list shows the two. */
  readonly list?: Access;
}

/** What the anomalies here contradict: causes are kept by some order for each read, but by none for all. */
const RULES_OUT = ["causal-ccv"] as const;

/** The one order of all operations that the causal order and the order of all lists must agree on. */
export class Arbitration {
  readonly #index: HistoryIndex;
  readonly #clocks: Clocks;
  readonly #graph: Digraph<Reason>;
  /** For each append those that some list was seen to show right after it. */
  readonly #after = new Map<Access, Set<Access>>();

  constructor(index: HistoryIndex, causes: Causes, clocks: Clocks) {
    this.#index = index;
    this.#clocks = clocks;
    this.#graph = new Digraph(causes.count);
    for (let id = 1; id < causes.count; id++)
      if (causes.session[id - 1] === causes.session[id]) this.#graph.add(id - 1, id, "so");
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
    if (last && !this.#clocks.inCycle(read.id)) this.#graph.add(last.id, read.id, "rf");
  }

  report(anomalies: Anomalies): void {
    for (const component of cyclicComponents(this.#graph)) {
      const edges = shortestCycle(this.#graph, component, (label) => (label === "so" ? 0 : 1));
      const circle = edges.map(({ from, to, label }): ListStep => ({ from, to, ...stepOf(label) }));
      const steps = this.#shorten(turn(circle, ({ kind }, before) => kind === "so" && before?.kind !== "so"));
      const [one, other] = steps;
      if (steps.length === 2 && one?.list && other?.list) this.#reportTwoOrders(one, one.list, other.list, anomalies);
      else this.#reportCircle(steps, anomalies);
    }
  }

  /** Replaces neighbouring steps through the elements of one list by a single one where some list shows both ends. */
  #shorten(steps: readonly ListStep[]): ListStep[] {
    const turned: readonly ListStep[] = turn(steps, ({ read }, before) => read !== before?.read);
    const short: ListStep[] = [];
    for (let i = 0; i < turned.length; ) {
      const first = turned[i] as ListStep;
      const run = listSteps(turned, i);
      let best = { step: first, length: 1 };
      for (const list of new Set(run.flatMap(({ list }) => list ?? []))) {
        const length = this.#forwardIn(list, run);
        const last = run[length - 1];
        if (last && length > best.length) best = { step: { ...first, to: last.to, read: list.id, list }, length };
      }
      short.push(best.step.list ? { ...best.step, reason: this.#shows(best.step, best.step.list) } : best.step);
      i += best.length;
    }
    return short;
  }

  /** How many of these steps, from the first on, lead forward in the list of `read`. */
  #forwardIn({ saw }: Access, steps: readonly ListStep[]): number {
    const position = (id: number): number => saw?.indexOf(this.#index.accesses[id]?.wrote ?? -1) ?? -1;
    let last = steps[0] ? position(steps[0].from) : -1;
    if (last < 0) return 0;
    let count = 0;
    for (const { to } of steps) {
      const next = position(to);
      if (next <= last) break;
      last = next;
      count++;
    }
    return count;
  }

  #shows({ from, to }: Pick<Step, "from" | "to">, { op }: Access): string {
    const at = lookupIn(this.#index);
    return `process ${op.process} read ${written(at(from))} before ${written(at(to))} (operation ${op.index})`;
  }

  #reportTwoOrders({ from, to }: Step, one: Access, other: Access, anomalies: Anomalies): void {
    anomalies.add("incompatible-order", () => {
      const at = lookupIn(this.#index);
      const [first, second] = [at(from), at(to)];
      const [a, b] = [written(first), written(second)];
      const { name } = one.key;
      return {
        rulesOut: RULES_OUT,
        key: name,
        explanation: `process ${one.op.process} read ${named(name)} with ${a} before ${b}, process ${other.op.process} with ${b} before ${a}: no one order of the appends explains both.`,
        ops: [first, second, one.op, other.op],
        because: [
          because(first, second, this.#shows({ from, to }, one)),
          because(second, first, this.#shows({ from: to, to: from }, other)),
        ],
      };
    });
  }

  #reportCircle(steps: readonly ListStep[], anomalies: Anomalies): void {
    anomalies.add("cyclic-arbitration", () => {
      const at = lookupIn(this.#index);
      const turned = turn(steps, ({ kind }, before) => kind === "so" && before?.kind !== "so");
      const orders = steps.flatMap(({ reason }) => reason ?? []);
      return {
        rulesOut: RULES_OUT,
        explanation: `no order of the appends explains what was read: ${orders.join("; ")}. Together with the order of causes that is a circle.`,
        ops: mentioned(
          turned,
          at,
          steps.flatMap(({ read }) => read ?? []),
        ),
        because: ties(turned, at),
      };
    });
  }
}

const stepOf = (label: Reason): Omit<ListStep, "from" | "to"> =>
  typeof label === "string" ? { kind: label } : { kind: "arb", read: label.id, list: label };

/** The steps from `start` on that go through lists of one key. */
function listSteps(steps: readonly ListStep[], start: number): ListStep[] {
  const key = steps[start]?.list?.key;
  const rest = steps.slice(start);
  const end = rest.findIndex(({ list }) => list === undefined || list.key !== key);
  return end === -1 ? rest : rest.slice(0, end);
}
