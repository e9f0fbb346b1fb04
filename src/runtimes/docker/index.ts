export { type AttachOptions, attach } from "./attach.ts";
export { type BundledOptions, startBundled } from "./bundled.ts";
export { DockerCluster } from "./cluster.ts";
export { composeContainers } from "./compose.ts";
export { connectEngine, EngineError, EngineLost } from "./engine.ts";
export { NODE_IMAGE_VARIABLE } from "./images.ts";
export { type DockerLeftover, findDockerLeftovers, removeLeftovers } from "./leftovers.ts";
export { type EngineFinding, probeEngine } from "./probe-engine.ts";
export { type SystemClusterOptions, startSystem } from "./system.ts";
