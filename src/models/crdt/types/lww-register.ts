import type { Json } from "../../../core/json.ts";
import { compareLamport, type LamportStamp } from "../../shared/clocks/lamport.ts";
import type { DataType } from "./data-type.ts";

/** The write with the latest stamp. */
export type LwwRegister = { readonly value: Json; readonly stamp: LamportStamp };

/**
 * A register of which the last write wins (Shapiro et al. 2011, §3.2.1). Stamps are unique, or copies would differ for ever
 * where two are equal; and they are logical, for they must agree with causes, which skewed wall clocks do not.
 */
export const lwwRegister: DataType<LwwRegister> = {
  bottom: { value: null, stamp: [0, ""] },
  update: (_, { f, input }, site) => (f === "write" ? { value: input, stamp: site.stamp() } : undefined),
  join: (a, b) => (lwwRegister.covers(a, b) ? a : b),
  covers: (a, b) => compareLamport(a.stamp, b.stamp) >= 0,
  value: ({ value }) => value,
  stamp: ({ stamp }) => stamp,
};
