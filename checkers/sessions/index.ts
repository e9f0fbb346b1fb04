export type { DataType } from "../shared/values.ts";
export type { SessionData } from "./data.ts";
export { monotonicReads } from "./monotonic-reads.ts";
export { monotonicWrites } from "./monotonic-writes.ts";
export { readYourWrites } from "./read-your-writes.ts";
export { writesFollowReads } from "./writes-follow-reads.ts";
