import { type Anomalies, because } from "../shared/anomalies.ts";
import { cyclicComponents, Digraph, shortestCycle } from "../shared/graph.ts";
import { type Access, type HistoryIndex, named } from "../shared/history-index.ts";
import { shown } from "../shared/phrases.ts";
import { RULES_OUT } from "./common.ts";
import { circle, mentioned, type Step, ties, turn } from "./explain.ts";
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
      const steps = shorten(circle(this.#index, edges, stepOf));
      const [one, other] = steps;
      if (steps.length === 2 && one?.read && other?.read) reportTwoOrders(one, one.read, other.read, anomalies);
      else reportCircle(this.#index, steps, anomalies);
    }
  }
}

const stepOf = (label: Reason): Omit<Step, "from" | "to"> =>
  typeof label === "string" ? { kind: label } : { kind: "arb", read: label };

/** Replaces neighbouring steps through the elements of one list by a single one where some list shows both ends. */
function shorten(steps: readonly Step[]): Step[] {
  const turned = turn(steps, ({ read }, before) => read !== before?.read);
  const short: Step[] = [];
  for (let i = 0; i < turned.length; ) {
    const first = turned[i] as Step;
    const run = listSteps(turned, i);
    let best = { step: first, length: 1 };
    for (const read of new Set(run.flatMap(({ read }) => read ?? []))) {
      const length = forwardIn(read, run);
      const last = run[length - 1];
      if (last && length > best.length) best = { step: { ...first, to: last.to, read }, length };
    }
    short.push(best.step.read ? { ...best.step, reason: shows(best.step, best.step.read) } : best.step);
    i += best.length;
  }
  return short;
}

/** The steps from `start` on that go through lists of one key. */
function listSteps(steps: readonly Step[], start: number): Step[] {
  const key = steps[start]?.read?.key;
  const rest = steps.slice(start);
  const end = rest.findIndex(({ read }) => read === undefined || read.key !== key);
  return end === -1 ? rest : rest.slice(0, end);
}

/** How many of these steps, from the first on, lead forward in the list of `read`. */
function forwardIn({ saw }: Access, steps: readonly Step[]): number {
  const position = ({ wrote }: Access): number => saw?.indexOf(wrote ?? -1) ?? -1;
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

const shows = ({ from, to }: Pick<Step, "from" | "to">, read: Access): string =>
  `process ${read.op.process} read ${shown(from, from.wrote ?? 0)} before ${shown(to, to.wrote ?? 0)} (operation ${read.op.index})`;

function reportTwoOrders({ from, to }: Step, one: Access, other: Access, anomalies: Anomalies): void {
  anomalies.add("incompatible-order", () => {
    const [a, b] = [shown(from, from.wrote ?? 0), shown(to, to.wrote ?? 0)];
    return {
      rulesOut: RULES_OUT,
      key: from.key.name,
      explanation: `process ${one.op.process} read ${named(from.key.name)} with ${a} before ${b}, process ${other.op.process} with ${b} before ${a}: no one order of the appends explains both.`,
      ops: [from.op, to.op, one.op, other.op],
      because: [
        because(from.op, to.op, shows({ from, to }, one)),
        because(to.op, from.op, shows({ from: to, to: from }, other)),
      ],
    };
  });
}

function reportCircle(index: HistoryIndex, steps: readonly Step[], anomalies: Anomalies): void {
  anomalies.add("cyclic-arbitration", () => {
    const tied = ties(turn(steps, ({ kind }, before) => kind === "so" && before?.kind !== "so"));
    const orders = steps.flatMap(({ reason }) => reason ?? []);
    return {
      rulesOut: RULES_OUT,
      explanation: `no order of the appends explains what was read: ${orders.join("; ")}. Together with the order of causes that is a circle.`,
      ops: mentioned(
        tied,
        index,
        steps.flatMap(({ read }) => read ?? []),
      ),
      because: tied,
    };
  });
}
