export { NodeFailure, ProcessCluster } from "./cluster.ts";
export { findLeftovers, killLeftovers, type Leftover } from "./leftovers.ts";
export { nodeEntry } from "./node-entry.ts";
export { type ProcessOptions, startProcesses } from "./start.ts";
export { StartFailure } from "./start-failure.ts";
