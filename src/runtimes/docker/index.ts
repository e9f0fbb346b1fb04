export { type BundledOptions, startBundled } from "./bundled.ts";
export { DockerCluster } from "./cluster.ts";
export { EngineError, EngineLost } from "./engine.ts";
