import type { Anomalies } from "../shared/anomalies.ts";
import type { Deadline } from "../shared/deadline.ts";
import type { Registers } from "../shared/registers.ts";
import { Clocks } from "./clocks.ts";
import { reportConflictCycles } from "./conflicts.ts";
import { Demands } from "./demands.ts";
import { judgeByPast } from "./past.ts";
import { lookup, reportCausalCycles, reportThinAir } from "./report.ts";
import { judgeViews } from "./views.ts";

/**
 * Registers whose values are unique, by bad patterns (Bouajjani et al., POPL 2017, §5): a history is causally consistent
 * (CC) if and only if it has none of CyclicCO, WriteCOInitRead, ThinAirRead and WriteCORead.
 *
 * All three return the number of reads judged.
 */
export function judgeCausal(registers: Registers, anomalies: Anomalies, deadline: Deadline): number {
  return judgeCauses(registers, anomalies, deadline).checked;
}

/** Causal convergence (CCv): the same and no CyclicCF. */
export function judgeConvergent(registers: Registers, anomalies: Anomalies, deadline: Deadline): number {
  const demands = new Demands(registers);
  const { checked, clocks } = judgeCauses(registers, anomalies, deadline, demands);
  reportConflictCycles(registers, clocks, demands, anomalies, deadline);
  return checked;
}

/** Causal memory (CM): the same as CC and, in the view of each session, no WriteHBInitRead and no CyclicHB. */
export function judgeMemory(registers: Registers, anomalies: Anomalies, deadline: Deadline): number {
  const { checked, clocks } = judgeCauses(registers, anomalies, deadline);
  // The views start from a causal order that is one, and that explains each read by itself.
  if (anomalies.list.length === 0) judgeViews(registers, registers, clocks, anomalies, deadline, "causal-cm");
  return checked;
}

function judgeCauses(registers: Registers, anomalies: Anomalies, deadline: Deadline, demands?: Demands) {
  const clocks = new Clocks(registers, deadline);
  reportThinAir(registers, anomalies);
  reportCausalCycles(registers, clocks, lookup(registers), anomalies);
  return { clocks, checked: judgeByPast(registers, clocks, anomalies, deadline, demands) };
}
