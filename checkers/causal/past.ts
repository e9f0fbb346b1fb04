import type { Anomalies } from "../shared/anomalies.ts";
import type { Deadline } from "../shared/deadline.ts";
import { INITIAL, NO_READ, type Registers, THIN_AIR } from "../shared/registers.ts";
import type { Clocks } from "./clocks.ts";
import type { Demands } from "./demands.ts";
import { reportInitRead, reportOverwritten } from "./report.ts";

/**
 * What each read returned against the writes in its causal past: the bad patterns WriteCOInitRead and WriteCORead
 * (Bouajjani et al., POPL 2017, §5). Of each session only the last write of the key that is in the past matters, and it
 * moves on with the reader, so that it is found in constant time (as in Møldrup & Pavlogiannis, AWDIT, PLDI 2025). Where
 * `demands` is given, notes which writes must be arbitrated before the one that was read (the conflict order).
 *
 * Returns the number of reads judged.
 */
export function judgeByPast(
  registers: Registers,
  clocks: Clocks,
  anomalies: Anomalies,
  deadline: Deadline,
  demands?: Demands,
): number {
  const { first, source, key, slots, slotSession, slotAt, slotWrites } = registers;
  /** For each slot how far the session in hand knows it, and which session that was. */
  const known = new Int32Array(slotSession.length);
  const knownBy = new Int32Array(slotSession.length).fill(-1);
  const seen = new Int32Array(slotSession.length);
  let checked = 0;
  for (let s = 0; s + 1 < first.length; s++) {
    for (let id = first[s] as number; id < (first[s + 1] as number); id++) {
      deadline.step();
      const from = source[id] as number;
      const k = key[id] as number;
      if (from === NO_READ || from === THIN_AIR || slots[k] === slots[k + 1] || clocks.inCycle(id)) continue;
      checked++;
      let count = 0;
      for (let slot = slots[k] as number; slot < (slots[k + 1] as number); slot++) {
        if (knownBy[slot] !== s) {
          knownBy[slot] = s;
          known[slot] = slotAt[slot] as number;
        }
        const bound = clocks.knownOf(id, slotSession[slot] as number);
        const end = slotAt[slot + 1] as number;
        let at = known[slot] as number;
        while (at < end && (slotWrites[at] as number) < bound) at++;
        known[slot] = at;
        if (at === slotAt[slot] || slotWrites[at - 1] === from) continue;
        seen[count++] = slotWrites[at - 1] as number;
      }
      if (from === INITIAL) {
        if (count > 0) reportInitRead(registers, clocks, seen[0] as number, id, anomalies);
      } else if (!foundOverwritten(registers, clocks, seen.subarray(0, count), from, id, anomalies) && demands) {
        for (let i = 0; i < count; i++)
          if (!clocks.knows(from, seen[i] as number)) demands.add(seen[i] as number, from, id);
      }
    }
  }
  return checked;
}

/** Reports if one of the writes in the past of a read has the write that was read in its own past. */
function foundOverwritten(
  registers: Registers,
  clocks: Clocks,
  seen: Int32Array,
  from: number,
  read: number,
  anomalies: Anomalies,
): boolean {
  for (const over of seen) {
    if (!clocks.knows(over, from)) continue;
    reportOverwritten(registers, clocks, from, over, read, anomalies);
    return true;
  }
  return false;
}
