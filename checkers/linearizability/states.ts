import type { Spec } from "../../src/core/spec.ts";

/** Numbers for states, so that a search compares integers. Equal states have equal numbers. */
export class States<S> {
  readonly #spec: Spec<S>;
  readonly #ids = new Map<string | number, number>();
  readonly #states: S[] = [];

  constructor(spec: Spec<S>) {
    this.#spec = spec;
  }

  get size(): number {
    return this.#states.length;
  }

  id(state: S): number {
    const key = this.#spec.key(state);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.#ids.set(key, this.#states.length);
    return this.#states.push(state) - 1;
  }

  /** The state of a number that `id` has given. */
  get(id: number): S {
    return this.#states[id] as S;
  }
}
