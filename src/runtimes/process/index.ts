export { nodeEntry } from "../shared/real/node-entry.ts";
export { ProcessCluster } from "./cluster.ts";
export { startCommands } from "./commands.ts";
export { findLeftovers, killLeftovers, type Leftover } from "./leftovers.ts";
export { type ProcessOptions, startProcesses } from "./start.ts";
export { StartFailure } from "./start-failure.ts";
