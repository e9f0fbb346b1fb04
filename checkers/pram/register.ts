import { Clocks } from "../causal/clocks.ts";
import { lookup, reportCausalCycles, reportThinAir } from "../causal/report.ts";
import { judgeViews } from "../causal/views.ts";
import type { Anomalies } from "../shared/anomalies.ts";
import type { Causes } from "../shared/causes.ts";
import type { Deadline } from "../shared/deadline.ts";
import { NO_READ, type Registers } from "../shared/registers.ts";

/** PRAM of registers whose values are unique. Returns the number of reads judged. */
export function judgeRegisters(registers: Registers, anomalies: Anomalies, deadline: Deadline): number {
  const base = swapsOnly(registers);
  const clocks = new Clocks(base, deadline);
  reportThinAir(registers, anomalies);
  reportCausalCycles(base, clocks, lookup(registers), anomalies, ["pram"]);
  if (clocks.cycles.length === 0) judgeViews(registers, base, clocks, anomalies, deadline, "pram");
  const { source, slots, key } = registers;
  let checked = 0;
  for (let id = 0; id < registers.count; id++)
    if (source[id] !== NO_READ && slots[key[id] as number] !== slots[(key[id] as number) + 1]) checked++;
  return checked;
}

/** Of all that was read only what compare-and-sets swapped: that shows in the writes themselves. */
function swapsOnly(registers: Registers): Causes {
  const { source, writes } = registers;
  return { ...registers, sources: source.map((from, id) => (writes[id] === 1 ? from : NO_READ)) };
}
