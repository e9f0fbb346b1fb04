export type { DataType } from "../shared/values.ts";
export { durability } from "./durability.ts";
