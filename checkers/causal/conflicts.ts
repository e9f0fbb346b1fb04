import type { Anomalies } from "../shared/anomalies.ts";
import type { Deadline } from "../shared/deadline.ts";
import { named } from "../shared/history-index.ts";
import { written } from "../shared/phrases.ts";
import type { Registers } from "../shared/registers.ts";
import type { Clocks } from "./clocks.ts";
import type { Demands } from "./demands.ts";
import { circleOf, type EdgesInto, mentioned, readsFrom, type Step, ties } from "./explain.ts";
import { lookup } from "./report.ts";
import { membersOf, Schedule } from "./schedule.ts";

/** CyclicCF: causal order and the order of writes that reads demand contradict each other. */
export function reportConflictCycles(
  registers: Registers,
  clocks: Clocks,
  demands: Demands,
  anomalies: Anomalies,
  deadline: Deadline,
): void {
  if (demands.size === 0) return;
  const { source } = registers;
  const schedule = new Schedule(registers, deadline);
  /** Circles of causes are reported by themselves, and every circle once. */
  const told = new Uint8Array(registers.count);
  const blocker = (id: number): number => {
    if (told[id] === 1 || clocks.inCycle(id)) return -1;
    const from = source[id] as number;
    return from >= 0 && !schedule.isDone(from) ? from : demands.firstUndone(id, schedule);
  };
  for (let waits = schedule.run(blocker); waits; waits = schedule.run(blocker)) {
    for (const id of membersOf(waits)) told[id] = 1;
    const circle = waits;
    anomalies.add("CyclicCF", () =>
      describe(registers, circleOf(registers, circle, conflictEdges(registers, demands))),
    );
  }
}

/** Reads-from, and the order that reads demand. */
const conflictEdges =
  (registers: Registers, demands: Demands): EdgesInto =>
  (id, visit) => {
    const at = lookup(registers);
    readsFrom(registers)(id, visit);
    demands.each(id, (w1, read) => {
      const [first, second] = [written(at(w1)), written(at(id))];
      const { process, index } = at(read);
      const reason = `process ${process} read ${second} (operation ${index}) with ${first} in its causal past, so ${second} comes later`;
      visit(w1, { kind: "arb", read, reason });
    });
  };

function describe(registers: Registers, steps: readonly Step[]) {
  const at = lookup(registers);
  const demanded = steps.filter((step): step is Step & { read: number } => step.read !== undefined);
  const reads = demanded.map(({ read }) => read);
  const keys = new Set(reads.map((read) => registers.keyNames[registers.key[read] as number] as string));
  const [key] = keys;
  const inWords = ({ from, to, read }: (typeof demanded)[number]): string => {
    const [first, second] = [written(at(from)), written(at(to))];
    const { process, key: name } = at(read);
    return `process ${process} read ${named(name ?? "")} = ${second} with ${first} in its causal past, so ${first} comes before ${second}`;
  };
  return {
    rulesOut: ["causal-ccv"] as const,
    ...(keys.size === 1 && key !== undefined ? { key } : {}),
    explanation: `no order of the writes explains what was read: ${demanded.map(inWords).join("; ")}. Together with the order of causes that is a circle.`,
    ops: mentioned(steps, at, reads),
    because: ties(steps, at),
  };
}
