import type { Budget } from "../../src/core/checker.ts";

/** Thrown where a checker's budget is used up; caught where its verdict is made, so that it never leaves a checker. */
export class OutOfBudget extends Error {}

/** Reading the clock costs about as much as a small step, so it is read every so many steps only. */
const STEPS_PER_LOOK = 256;

/** The time that a checker has left. */
export class Deadline {
  readonly #timeMs: number;
  readonly #endMs: number;
  #steps = 0;

  constructor({ timeMs }: Budget) {
    this.#timeMs = timeMs;
    this.#endMs = performance.now() + timeMs;
  }

  /** To be called in every loop over the history, once a step. Throws `OutOfBudget` when there is none left. */
  step(): void {
    if (this.#steps++ % STEPS_PER_LOOK === 0 && performance.now() > this.#endMs)
      this.giveUp(`${this.#timeMs} ms were not enough`);
  }

  /** Ends the check for want of something else, such as memory. */
  giveUp(why: string): never {
    throw new OutOfBudget(why);
  }
}
