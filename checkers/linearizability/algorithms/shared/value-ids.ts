import type { Json } from "../../../../src/core/json.ts";
import { Interner } from "../../../shared/values.ts";

/** Numbers values in order of first use, small integers by a table. Expects about so many values. */
export class ValueIds {
  readonly #table: Int32Array;
  readonly #others = new Interner();
  /** Ids of what `others` has numbered. */
  readonly #otherIds: number[] = [];
  #count = 0;

  constructor(expected: number) {
    this.#table = new Int32Array(4 * expected + 16).fill(-1);
  }

  /** How many values have a number. */
  get count(): number {
    return this.#count;
  }

  id(value: Json): number {
    if (typeof value === "number" && value >= 0 && value < this.#table.length && Number.isInteger(value)) {
      const known = this.#table[value] as number;
      if (known >= 0) return known;
      this.#table[value] = this.#count;
      return this.#count++;
    }
    const other = this.#others.id(value);
    let id = this.#otherIds[other];
    if (id === undefined) {
      id = this.#count++;
      this.#otherIds.push(id);
    }
    return id;
  }
}
