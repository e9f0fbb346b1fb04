import { compareLamport, type LamportStamp } from "../../shared/clocks/lamport.ts";
import { contextOf, type Siblings, sync } from "../../shared/clocks/siblings.ts";
import { changed, type Data, NOTHING } from "./data.ts";
import type { Resolution } from "./resolution.ts";

/** What a sibling holds. */
export type Version = {
  readonly data: Data;
  /** Logical, so that it agrees with causes; or of wall clocks. */
  readonly stamp: LamportStamp;
};

export const versionsOf = (siblings: Siblings): Version[] => siblings.map(({ value }) => value as Version);

/** The one with the latest stamp. Logical stamps only ever rise, so that what a node shows never goes back. */
export const latestOf = (siblings: Siblings): Data =>
  versionsOf(siblings).reduce<Version | undefined>(
    (best, one) => (best !== undefined && compareLamport(best.stamp, one.stamp) > 0 ? best : one),
    undefined,
  )?.data ?? NOTHING;

/**
 * Conflicts that the node resolves itself when an object is read or changed. Writes that are concurrent are kept beside each
 * other until some write overwrites them all, and `resolve` makes one of them each time. To resolve them as they arrive, and
 * keep the result alone, would not be associative: if 7 and 5 are merged to 7 before 2 arrives, which overwrote 7, then the
 * result is another than if 2 comes first.
 */
export const resolvedBy = (
  resolve: (siblings: Siblings) => Data,
  stamp: "logical" | "wall-clock" = "logical",
): Pick<Resolution<Siblings>, "update" | "merge"> => ({
  update: (copy = [], change, { dot, time, wallMs }) => {
    const at = stamp === "logical" ? time : wallMs;
    const value: Version = { data: changed(resolve(copy), change), stamp: [at, dot[0]] };
    return [{ dot, context: contextOf(copy), value }];
  },
  merge: sync,
});
