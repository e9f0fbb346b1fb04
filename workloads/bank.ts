import * as fc from "fast-check";
import { bank as balances } from "../checkers/index.ts";
import { bank as spec } from "../checkers/specs/index.ts";
import type { Workload } from "../src/core/workload.ts";
import { arrivals } from "./schedule.ts";

const ACCOUNTS = 8;
const MOST = 5;

const choices = fc.record({
  reads: fc.boolean(),
  from: fc.nat({ max: ACCOUNTS - 1 }),
  /** How many accounts further on the other one is. */
  step: fc.integer({ min: 1, max: ACCOUNTS - 1 }),
  amount: fc.integer({ min: 1, max: MOST }),
});

/**
 * Eight accounts, of which the first holds 100 at first: money is moved from one to another if there is enough of it, and all
 * balances are read at once (Jepsen's bank). A read that shows another total has seen half of a transfer, or a lost one.
 */
export const bank: Workload = {
  name: "bank",
  description: "transfer money between eight accounts, and read all balances in one transaction",
  spec,
  plan: (options) =>
    arrivals(options, choices, ({ reads, from, step, amount }) =>
      reads
        ? { f: "read", input: null }
        : { f: "transfer", input: { from: `${from}`, to: `${(from + step) % ACCOUNTS}`, amount } },
    ),
  closingReads: () => [],
  // Whether all of it is one object that is linearizable takes a search, and transactions are judged elsewhere.
  checkers: [balances()],
};
