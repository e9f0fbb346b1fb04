import type { NodeId } from "../../core/operation.ts";
import { hash32 } from "./hash.ts";

/** Places that each node takes on the ring ("virtual nodes"). More of them spread the load more evenly. */
export const TOKENS_PER_NODE = 8;

/**
 * Consistent hashing (DeCandia et al., "Dynamo", SOSP 2007, §4.2-4.3): nodes and keys are hashed to places on a ring. A key
 * belongs to the range that ends at the first token at or after it, and is kept by the first N distinct nodes on the walk
 * from there: its preference list.
 */
export class Ring {
  /** Ends of the ranges, in order; range i ends at token i. */
  readonly #tokens: readonly { readonly at: number; readonly node: NodeId }[];
  readonly #walks: readonly (readonly NodeId[])[];
  readonly #copies: number;

  /** @param copies N. */
  constructor(nodes: readonly NodeId[], copies: number) {
    this.#copies = copies;
    this.#tokens = nodes
      .flatMap((node) => Array.from({ length: TOKENS_PER_NODE }, (_, i) => ({ at: hash32(`${node}/${i}`), node })))
      .sort((a, b) => a.at - b.at || (a.node < b.node ? -1 : 1));
    this.#walks = this.#tokens.map((_, i) => [
      ...new Set([...this.#tokens.slice(i), ...this.#tokens.slice(0, i)].map(({ node }) => node)),
    ]);
  }

  /** How many ranges there are; they are numbered from 0. */
  get ranges(): number {
    return this.#tokens.length;
  }

  rangeOf(key: string): number {
    const at = hash32(key);
    const found = this.#tokens.findIndex((token) => token.at >= at);
    // Keys beyond the last token belong to the range that goes round to the first.
    return found < 0 ? 0 : found;
  }

  /** All nodes, in the order in which a walk from this range meets them. */
  walk(range: number): readonly NodeId[] {
    return this.#walks[range] ?? [];
  }

  /** The nodes that keep the keys of a range. */
  homes(range: number): readonly NodeId[] {
    return this.walk(range).slice(0, this.#copies);
  }
}
