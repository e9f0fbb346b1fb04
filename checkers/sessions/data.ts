import type { DataType } from "../shared/values.ts";

/** The data types whose sessions can be judged. */
export type SessionData = DataType | "counter";

/** Why nothing can be said of the order in which writes of registers, or increments of counters, are seen. */
export const ONE_VALUE =
  "a read of a register shows only one of the writes it sees, so no history of registers can break this";
export const ONE_NUMBER = "a read of a counter shows only a sum, so no history of counters can break this";
