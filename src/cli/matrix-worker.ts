/** A thread that measures one row of the matrix for each message. See `spread`. */

import { parentPort } from "node:worker_threads";
import { measureRow, type RowPlan } from "./matrix-row.ts";

parentPort?.on("message", async (plan: RowPlan) => {
  parentPort?.postMessage(await measureRow(plan));
});
