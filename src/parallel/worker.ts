/** A thread that does tasks until none is left, and reports what came of each. See `judgeInParallel`. */

import { parentPort, workerData } from "node:worker_threads";
import { handFor, type WorkOrder } from "./tasks.ts";

for (const result of handFor(workerData as WorkOrder).takeAll()) parentPort?.postMessage(result);
