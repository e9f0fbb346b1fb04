import type { NodeId } from "../../core/operation.ts";
import { majorityOf } from "../shared/majority.ts";
import type { BugName } from "./bugs.ts";

/** What of a quorum is counted, and how wrongly. */
export interface Counting {
  readonly nodes: number;
  readonly bug: BugName | undefined;
}

/** The answers of acceptors in one phase of one ballot: of each the first, in the order in which they came. */
export class Quorum<Answer> {
  readonly #counting: Counting;
  readonly #answers = new Map<NodeId, Answer>();
  #messages = 0;

  constructor(counting: Counting) {
    this.#counting = counting;
  }

  get answers(): readonly Answer[] {
    return [...this.#answers.values()];
  }

  /** Takes an answer; says if a majority has answered now. */
  add(from: NodeId, answer: Answer): boolean {
    this.#messages++;
    if (!this.#answers.has(from)) this.#answers.set(from, answer);
    const { nodes, bug } = this.#counting;
    const counted = bug === "duplicates-counted" ? this.#messages : this.#answers.size;
    return counted >= (bug === "half-is-majority" ? Math.ceil(nodes / 2) : majorityOf(nodes));
  }
}
