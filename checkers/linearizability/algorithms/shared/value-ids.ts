import type { Json } from "../../../../src/core/json.ts";
import { DistinctValues } from "../distinct.ts";

/** Numbers values in order of first use, small integers by a table. Expects about so many values. */
export class ValueIds {
  readonly #values: DistinctValues;

  constructor(expected: number) {
    this.#values = new DistinctValues(expected);
  }

  /** How many values have a number. */
  get count(): number {
    return this.#values.size;
  }

  id(value: Json): number {
    return this.#values.id(value);
  }
}
