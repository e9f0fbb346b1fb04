import type { Operation } from "../../src/core/operation.ts";
import type { Anomalies } from "../shared/anomalies.ts";
import type { Causes } from "../shared/causes.ts";
import { named } from "../shared/history-index.ts";
import { who, written } from "../shared/phrases.ts";
import type { Registers } from "../shared/registers.ts";
import type { Clocks } from "./clocks.ts";
import type { Demands } from "./demands.ts";
import { chain, circleOf, type EdgesInto, type Lookup, mentioned, type Step, ties } from "./explain.ts";
import { lookup } from "./report.ts";
import type { Wait } from "./schedule.ts";

/** The models that give each session a view of its own. */
export type ViewModel = "causal-cm" | "pram";

/** What a session's view is made of. */
export interface View {
  readonly session: number;
  /** The order that every view keeps. */
  readonly base: Causes;
  readonly clocks: Clocks;
  readonly demands: Demands;
}

/** What every view keeps, in words. */
export const KEPT: Record<ViewModel, string> = {
  "causal-cm": "keeps causes before effects",
  pram: "keeps the writes of each session in its order",
};

/** WriteHBInitRead: a session read nothing although its view has a write by then. */
export function reportViewInitRead(
  registers: Registers,
  view: View,
  write: number,
  read: number,
  anomalies: Anomalies,
  model: ViewModel,
): void {
  anomalies.add("WriteHBInitRead", () => {
    const at = lookup(registers);
    const steps = chain(registers, write, read, edgesOf(registers, view, read));
    const parts = [steps, ...proofsOf(registers, view, steps)];
    return {
      rulesOut: [model],
      key: registers.keyNames[registers.key[read] as number] as string,
      explanation: `${who(at(read))}, as if it had never been written; but ${who(at(write))}, and that must have been seen by process ${at(read).process} by then: each order of the writes that ${KEPT[model]} and explains its other reads has it before this one.`,
      ops: allMentioned(parts, at),
      because: parts.flatMap((part) => ties(part, at)),
    };
  });
}

/** CyclicHB: no order of the writes explains what one session read. */
export function reportViewCircle(
  registers: Registers,
  view: View,
  waits: readonly Wait[],
  anomalies: Anomalies,
  model: ViewModel,
): void {
  anomalies.add("CyclicHB", () => {
    const at = lookup(registers);
    const circle = circleOf(registers, waits, edgesOf(registers, view, -1));
    const demanded = circle.filter((step): step is Step & { read: number } => step.read !== undefined);
    const parts = [circle, ...proofsOf(registers, view, circle)];
    const keys = new Set(demanded.map(({ read }) => registers.keyNames[registers.key[read] as number] as string));
    const [key] = keys;
    const process = at(registers.first[view.session] as number).process;
    const orders = demanded.map((step) => inWords(at(step.from), at(step.to), at(step.read)));
    return {
      rulesOut: [model],
      ...(keys.size === 1 && key !== undefined ? { key } : {}),
      explanation: `no order of the writes that ${KEPT[model]} explains what process ${process} read${orders.length > 0 ? `: ${orders.join("; ")}` : ""}. Together that is a circle.`,
      ops: allMentioned(parts, at),
      because: parts.flatMap((part) => ties(part, at)),
    };
  });
}

/**
 * Why the earlier write of each order that reads demand had been seen by the time of the read, where causes alone do not
 * tell. Such a chain rests on what later reads demand, and that is proven in turn.
 */
function proofsOf(registers: Registers, view: View, steps: readonly Step[]): Step[][] {
  const proofs: Step[][] = [];
  const proven = new Set<string>();
  const unproven = [...steps];
  for (const { from, read } of unproven) {
    if (read === undefined || view.clocks.knows(read, from) || proven.has(`${from} ${read}`)) continue;
    proven.add(`${from} ${read}`);
    const why = chain(registers, from, read, edgesOf(registers, view, read));
    proofs.push(why);
    unproven.push(...why);
  }
  return proofs;
}

/** What any of several chains mentions, in the order of the history. */
const allMentioned = (parts: readonly (readonly Step[])[], at: Lookup): Operation[] =>
  parts
    .flatMap((part) =>
      mentioned(
        part,
        at,
        part.flatMap(({ read }) => read ?? []),
      ),
    )
    .sort((a, b) => a.index - b.index);

const inWords = (first: Operation, second: Operation, { process, key }: Operation): string =>
  `process ${process} read ${named(key ?? "")} = ${written(second)} when ${written(first)} was there before, so ${written(first)} comes before ${written(second)}`;

/**
 * The edges of a view: the base, what the session read from, and the orders that its reads after `after` demand. Those of
 * earlier reads rest on what comes before the later ones, and are no reason for it.
 */
const edgesOf =
  (registers: Registers, { session, base, demands }: View, after: number): EdgesInto =>
  (id, visit) => {
    const at = lookup(registers);
    const causes = registers.session[id] === session ? registers : base;
    const from = causes.sources[causes.sourcesAt[id] as number] as number;
    if (from >= 0) visit(from, { kind: "rf" });
    demands.each(id, (w1, read) => {
      if (read <= after) return;
      const { process, index } = at(read);
      const reason = `process ${process} read ${written(at(id))} (operation ${index}) when ${written(at(w1))} was there before, so ${written(at(id))} comes later`;
      visit(w1, { kind: "arb", read, reason });
    });
  };
