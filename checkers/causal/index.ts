export type { DataType } from "../shared/values.ts";
export { causal } from "./causal.ts";
