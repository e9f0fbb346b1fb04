import { transactions, weakIsolation } from "../checkers/index.ts";
import { multiRegister } from "../checkers/specs/index.ts";
import type { Workload } from "../src/core/workload.ts";
import { planTransactions } from "./micro-ops.ts";

/** Transactions that write and read registers; the order of versions is inferred (Elle's rw-register). */
export const txnRegister: Workload = {
  name: "txn-register",
  description: "transactions of writes and reads of registers; values are unique per key",
  spec: multiRegister,
  kind: "rw-register",
  plan: (options) => planTransactions(options, "w"),
  closingReads: () => [],
  checkers: [...transactions("rw-register"), ...weakIsolation],
};
