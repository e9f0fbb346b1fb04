import type { NodeId } from "../../../core/operation.ts";

/** A moment of logical time; the node breaks ties, so that all stamps are in one order. */
export type LamportStamp = readonly [time: number, node: NodeId];

/**
 * A Lamport clock (Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System", CACM 1978): what happened
 * before has the smaller stamp. The converse does not hold; only a vector clock tells what was concurrent.
 */
export class LamportClock {
  readonly #node: NodeId;
  #time: number;

  /** @param time what the node's disk remembers, so that no stamp is given twice. */
  constructor(node: NodeId, time = 0) {
    this.#node = node;
    this.#time = time;
  }

  /** The stamp of the latest event. */
  get now(): LamportStamp {
    return [this.#time, this.#node];
  }

  /** The stamp of a new event: sending is one. */
  tick(): LamportStamp {
    this.#time++;
    return this.now;
  }

  /** The stamp of receiving what was sent at `sent`. */
  receive([time]: LamportStamp): LamportStamp {
    this.#time = Math.max(this.#time, time);
    return this.tick();
  }
}

/** Negative if `a` comes before `b` in the order of all stamps, 0 if they are the same. */
export const compareLamport = ([a, p]: LamportStamp, [b, q]: LamportStamp): number =>
  a - b || (p < q ? -1 : p > q ? 1 : 0);
