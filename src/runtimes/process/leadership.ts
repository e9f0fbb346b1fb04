import type { NodeId } from "../../core/operation.ts";

/** Who claims to lead, from the well-known trace events `leader` and `follower`. */
export class Leadership {
  /** Claims that stand, oldest first: a set keeps the order in which they were made. */
  readonly #claims = new Set<NodeId>();

  /** The node that claimed last among those whose claim stands. */
  get current(): NodeId | undefined {
    return [...this.#claims].at(-1);
  }

  onTrace(node: NodeId, event: string): void {
    if (event !== "leader" && event !== "follower") return;
    this.withdraw(node);
    if (event === "leader") this.#claims.add(node);
  }

  withdraw(node: NodeId): void {
    this.#claims.delete(node);
  }
}
