export { type LongForkOptions, longFork } from "./long-fork.ts";
