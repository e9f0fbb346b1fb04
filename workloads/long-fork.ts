import * as fc from "fast-check";
import { transactions, weakIsolation } from "../checkers/index.ts";
import { multiRegister } from "../checkers/specs/index.ts";
import type { Workload } from "../src/core/workload.ts";
import { schedule } from "./schedule.ts";

/** Keys that are read together, each written once. */
const GROUP = 2;

const choices = fc.oneof(
  { weight: 3, arbitrary: fc.constant("read" as const) },
  { weight: 1, arbitrary: fc.constant("write" as const) },
);

const nameOf = (group: number, member: number): string => `${group}.${member}`;

/**
 * Single writes, and reads of a few keys at once while these are written: do all see the writes in one order (Sovran et al.,
 * SOSP 2011, §4; Jepsen, `tests/long_fork`)? A key is written once, so its versions have one order, and verdicts are exact.
 * Nothing is read at the end: that would be of single keys.
 */
export const longFork: Workload = {
  name: "long-fork",
  description: "write single keys, and read a few keys in one transaction while they are written",
  spec: multiRegister,
  kind: "rw-register",
  plan: (options) =>
    schedule(options, choices, (f, key) => {
      if (f === "write") {
        const [group, member] = [Math.floor(key.lastValue / GROUP), key.lastValue % GROUP];
        key.lastValue++;
        return { f: "txn", input: [["w", `${key.key}.${nameOf(group, member)}`, 1]] };
      }
      const group = Math.floor(Math.max(0, key.lastValue - 1) / GROUP);
      const reads = Array.from({ length: GROUP }, (_, member) => ["r", `${key.key}.${nameOf(group, member)}`, null]);
      return { f: "txn", input: reads };
    }),
  closingReads: () => [],
  checkers: [...transactions("rw-register"), ...weakIsolation],
};
