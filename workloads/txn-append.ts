import { transactions, weakIsolationOfLists } from "../checkers/index.ts";
import { multiRegister } from "../checkers/specs/index.ts";
import type { Workload } from "../src/core/workload.ts";
import { planTransactions } from "./micro-ops.ts";

/** Transactions that append to and read lists: every read shows its key's whole version order (Elle's list-append). */
export const txnAppend: Workload = {
  name: "txn-append",
  description: "transactions of appends to lists and reads of them; every read shows the order of versions",
  spec: multiRegister,
  kind: "list-append",
  plan: (options) => planTransactions(options, "append"),
  closingReads: () => [],
  checkers: [...transactions("list-append"), ...weakIsolationOfLists],
};
