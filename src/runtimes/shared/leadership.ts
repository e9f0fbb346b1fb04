import type { NodeId } from "../../core/operation.ts";

/** Who claims to lead, from the well-known trace events `leader` and `follower`. */
export class Leadership {
  /** Claims that stand, oldest first. */
  #claims: readonly NodeId[] = [];

  /** The node that claimed last among those whose claim stands. */
  get current(): NodeId | undefined {
    return this.#claims.at(-1);
  }

  onTrace(node: NodeId, event: string): void {
    if (event === "leader") this.#claims = [...this.#others(node), node];
    else if (event === "follower") this.withdraw(node);
  }

  withdraw(node: NodeId): void {
    if (this.#claims.includes(node)) this.#claims = this.#others(node);
  }

  #others(node: NodeId): NodeId[] {
    return this.#claims.filter((other) => other !== node);
  }
}
