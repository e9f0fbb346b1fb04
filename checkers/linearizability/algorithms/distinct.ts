import type { Json } from "../../../src/core/json.ts";
import { canonical } from "../../shared/values.ts";
import { TextNumbers } from "./texts.ts";

/** Numbers for values, 0, 1, …, in the order in which they are added; small integers by a table. */
export class DistinctValues {
  /** For whole numbers that are not much larger than the history is long: the number of the value plus one. */
  #dense = new Int32Array(64);
  readonly #denseEnd: number;
  readonly #texts = new TextNumbers();
  readonly #simple = new Map<Json, number>();
  readonly #compound = new Map<string, number>();
  /** The text that was met last, which mostly is met again before another one. */
  #last: string | undefined;
  #lastNumber = -1;
  size = 0;

  /** `expected`: about how many values there will be. */
  constructor(expected: number) {
    this.#denseEnd = 4 * expected + 64;
  }

  /** The number of a new value, -1 if it was added before. */
  add(value: Json): number {
    if (typeof value === "string") return this.#texts.add(value, this.size) ? this.#met(value, this.size++) : -1;
    return this.find(value) >= 0 ? -1 : this.#number(value);
  }

  /** The number of a value, which is added if it was not before. */
  id(value: Json): number {
    const known = this.find(value);
    return known >= 0 ? known : this.#number(value);
  }

  #number(value: Json): number {
    if (this.#isDense(value)) {
      if (value >= this.#dense.length) this.#widen(value);
      this.#dense[value] = this.size + 1;
    } else if (typeof value === "string") {
      this.#texts.add(value, this.size);
      this.#met(value, this.size);
    } else if (value === null || typeof value !== "object") this.#simple.set(value, this.size);
    else this.#compound.set(canonical(value), this.size);
    return this.size++;
  }

  /** The number of a value, -1 if it was never added. */
  find(value: Json): number {
    if (this.#isDense(value)) return (this.#dense[value] ?? 0) - 1;
    if (typeof value === "string") {
      if (value === this.#last) return this.#lastNumber;
      const number = this.#texts.get(value);
      return number < 0 ? -1 : this.#met(value, number);
    }
    if (value === null || typeof value !== "object") return this.#simple.get(value) ?? -1;
    return this.#compound.get(canonical(value)) ?? -1;
  }

  #widen(value: number): void {
    const wider = new Int32Array(Math.min(this.#denseEnd, Math.max(2 * this.#dense.length, value + 1)));
    wider.set(this.#dense);
    this.#dense = wider;
  }

  #met(text: string, number: number): number {
    this.#last = text;
    this.#lastNumber = number;
    return number;
  }

  #isDense(value: Json): value is number {
    return Number.isInteger(value) && (value as number) >= 0 && (value as number) < this.#denseEnd;
  }
}
