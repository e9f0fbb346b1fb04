import type { NodeId } from "../../core/operation.ts";
import { joinAll, type Objects } from "./objects.ts";
import { DELTAS_KEPT } from "./settings.ts";
import type { Delta } from "./store.ts";

/**
 * The deltas that a node has joined lately, and how many of them each peer has acknowledged: anti-entropy with
 * delta-intervals (Almeida, Shoker & Baquero 2018, Algorithm 2). Both are lost in a crash.
 *
 * An interval begins where its receiver has acknowledged all before. So the receiver then has all that this node had at the
 * interval's end, as if it had been sent the whole state: the causal delta-merging condition (Definition 6).
 */
export class Deltas {
  readonly #peers: readonly NodeId[];
  readonly #acknowledged = new Map<NodeId, number>();
  #deltas: Delta[] = [];

  constructor(peers: readonly NodeId[]) {
    this.#peers = peers;
  }

  add(delta: Delta): void {
    this.#deltas.push(delta);
    if (this.#deltas.length > DELTAS_KEPT) this.#deltas.shift();
  }

  /** A peer has all up to the delta of this number on its disk. */
  acknowledge(peer: NodeId, number: number): void {
    this.#acknowledged.set(peer, Math.max(number, this.acknowledgedBy(peer)));
    const byAll = Math.min(...this.#peers.map((one) => this.acknowledgedBy(one)));
    this.#deltas = this.#deltas.filter((delta) => delta.number > byAll);
  }

  acknowledgedBy(peer: NodeId): number {
    return this.#acknowledged.get(peer) ?? 0;
  }

  /** The join of all deltas behind the first `after`; `undefined` if they are no longer all here. */
  since(after: number): Objects | undefined {
    const [first] = this.#deltas;
    if (first === undefined || first.number > after + 1) return undefined;
    return this.#deltas
      .filter(({ number }) => number > after)
      .reduce<Objects>((joined, { objects }) => joinAll(joined, objects), []);
  }
}
