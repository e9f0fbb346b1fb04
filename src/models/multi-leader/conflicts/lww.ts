import { compareLamport, type LamportStamp } from "../../shared/clocks/lamport.ts";
import { changed, type Data, NOTHING, shownData } from "./data.ts";
import type { Resolution } from "./resolution.ts";

/** The latest write of an object. */
export type Latest = {
  readonly data: Data;
  /** The wall clock of the node that took it, milliseconds since the epoch; the node breaks ties. */
  readonly stamp: LamportStamp;
  /** Its number there: of two writes that a node took in one instant the second is the later. */
  readonly number: number;
};

const compare = (a: Latest, b: Latest): number => compareLamport(a.stamp, b.stamp) || a.number - b.number;

/**
 * Last write wins (Thomas's write rule: Thomas, "A Majority Consensus Approach to Concurrency Control for Multiple Copy
 * Databases", TODS 1979; as in Cassandra): the write with the latest wall clock is all that is left. Where clocks differ
 * that is not the last one: a write that a client made after another, and even after it had read it, is acknowledged and
 * dropped if its node's clock is behind.
 */
export const lww: Resolution<Latest> = {
  update: (copy, change, { dot: [node, number], wallMs }) => ({
    data: changed(copy?.data ?? NOTHING, change),
    stamp: [wallMs, node],
    number,
  }),
  merge: (a, b) => (compare(a, b) >= 0 ? a : b),
  show: ({ data }) => shownData(data),
};

const seconds = ({ stamp }: Latest): number => Math.floor(stamp[0] / 1000);

/** The bug `tie-keeps-present`. */
export const lwwBySeconds: Resolution<Latest> = {
  ...lww,
  merge: (a, b) => (seconds(a) >= seconds(b) ? a : b),
};
