import type { Json } from "../../../src/core/json.ts";
import { canonical } from "../../shared/values.ts";

/** Numbers for values, 0, 1, …, in the order in which they are added; small integers by a table. */
export class DistinctValues {
  /** For whole numbers that are not much larger than the history is long: the number of the value plus one. */
  readonly #dense: Int32Array;
  readonly #simple = new Map<Json, number>();
  readonly #compound = new Map<string, number>();
  size = 0;

  /** `expected`: about how many values there will be. */
  constructor(expected: number) {
    this.#dense = new Int32Array(4 * expected + 64);
  }

  /** The number of a new value, -1 if it was added before. */
  add(value: Json): number {
    return this.find(value) >= 0 ? -1 : this.#number(value);
  }

  /** The number of a value, which is added if it was not before. */
  id(value: Json): number {
    const known = this.find(value);
    return known >= 0 ? known : this.#number(value);
  }

  #number(value: Json): number {
    if (this.#isDense(value)) this.#dense[value] = this.size + 1;
    else if (value === null || typeof value !== "object") this.#simple.set(value, this.size);
    else this.#compound.set(canonical(value), this.size);
    return this.size++;
  }

  /** The number of a value, -1 if it was never added. */
  find(value: Json): number {
    if (this.#isDense(value)) return (this.#dense[value] as number) - 1;
    if (value === null || typeof value !== "object") return this.#simple.get(value) ?? -1;
    return this.#compound.get(canonical(value)) ?? -1;
  }

  #isDense(value: Json): value is number {
    return Number.isInteger(value) && (value as number) >= 0 && (value as number) < this.#dense.length;
  }
}
