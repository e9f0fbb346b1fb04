import * as fc from "fast-check";
import { transactions, weakIsolation } from "../checkers/index.ts";
import { multiRegister } from "../checkers/specs/index.ts";
import type { Workload } from "../src/core/workload.ts";
import { schedule } from "./schedule.ts";

/** Keys of a group, each written once, one after another, by whoever comes. */
const GROUP = 6;

/**
 * Single writes, one after another, and reads of a whole group of keys: does one see a write, but not another one that had
 * been acknowledged before the first was called (Jepsen, CockroachDB beta-20160829, "causal reverse")? A store that promises
 * serializability and not the strict one may do so. A key is written once, so verdicts are exact.
 */
export const causalReverse: Workload = {
  name: "causal-reverse",
  description: "write keys of a group one after another, and read all of the group in one transaction",
  spec: multiRegister,
  kind: "rw-register",
  plan: (options) =>
    schedule(options, fc.constantFrom("read" as const, "write" as const), (f, key) => {
      const next = f === "write" ? key.lastValue++ : Math.max(0, key.lastValue - 1);
      const group = `${key.key}.${Math.floor(next / GROUP)}`;
      if (f === "write") return { f: "txn", input: [["w", `${group}.${next % GROUP}`, 1]] };
      return { f: "txn", input: Array.from({ length: GROUP }, (_, member) => ["r", `${group}.${member}`, null]) };
    }),
  closingReads: () => [],
  checkers: [...transactions("rw-register"), ...weakIsolation],
};
