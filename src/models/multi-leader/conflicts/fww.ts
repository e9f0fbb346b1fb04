import { compareLamport } from "../../shared/clocks/lamport.ts";
import type { Siblings } from "../../shared/clocks/siblings.ts";
import { type Data, NOTHING, shownData } from "./data.ts";
import type { Resolution } from "./resolution.ts";
import { resolvedBy, type Version, versionsOf } from "./versions.ts";

const firstOf = (siblings: Siblings): Data =>
  versionsOf(siblings).reduce<Version | undefined>(
    (first, one) => (first !== undefined && compareLamport(first.stamp, one.stamp) < 0 ? first : one),
    undefined,
  )?.data ?? NOTHING;

/**
 * First write wins (the "earliest timestamp" of Oracle's multi-master replication): of concurrent writes the one with the
 * earliest wall clock is shown, and what the next write is made from. The others were acknowledged, too.
 */
export const fww: Resolution<Siblings> = {
  ...resolvedBy(firstOf, "wall-clock"),
  show: (copy) => shownData(firstOf(copy)),
};
