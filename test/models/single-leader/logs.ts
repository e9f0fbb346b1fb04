import * as fc from "fast-check";
import type { Entry } from "../../../src/models/single-leader/log.ts";
import type { LogShape } from "../../../src/models/single-leader/positions.ts";

/** An entry that tells who it is: the epoch and index where it was written, in its payload. */
export const entry = (epoch: number, index: number): Entry => ({
  epoch,
  op: { f: "write", key: "x", input: `${epoch}/${index}` },
});

export function shapeOf(entries: readonly Entry[]): LogShape {
  const runs: [number, number][] = [];
  entries.forEach(({ epoch }, i) => {
    if (runs.at(-1)?.[0] !== epoch) runs.push([epoch, i + 1]);
  });
  return { length: entries.length, runs };
}

/**
 * The logs that a chain of leaders leaves behind: each starts from a prefix of an earlier leader's log, perhaps a stale
 * one, and writes entries of its own epoch, epochs rising. Entry `i` of the result is the log of epoch `i + 1`.
 */
export const leaderLogs: fc.Arbitrary<Entry[][]> = fc
  .array(fc.record({ base: fc.nat(), kept: fc.nat(), writes: fc.integer({ min: 0, max: 4 }) }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((terms) => {
    const logs: Entry[][] = [];
    terms.forEach(({ base, kept, writes }, i) => {
      const origin = logs[base % Math.max(1, logs.length)] ?? [];
      const log = origin.slice(0, kept % (origin.length + 1));
      for (let k = 0; k < writes; k++) log.push(entry(i + 1, log.length + 1));
      logs.push(log);
    });
    return logs;
  });
