export type { DataType } from "../shared/values.ts";
export { causal, causalCc, causalCm } from "./causal.ts";
