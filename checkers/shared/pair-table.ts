import type { Json } from "../../src/core/json.ts";
import { canonical } from "./values.ts";

/**
 * Numbers pairs of an object (by its number) and a value, in order of first use. Values are equal as JSON is. Numbers, of
 * which large histories are made, are kept in an open hash table over columns; anything else in a map by its text.
 */
export class PairTable {
  #size = 0;
  #mask = 15;
  /** For each place of the table its pair + 1; 0 where it is free. Small at first, for most histories are (`IntColumn`). */
  #places = new Int32Array(16);
  #owners = new Int32Array(8);
  #numbers = new Float64Array(8);
  readonly #others = new Map<string, number>();
  readonly #float = new Float64Array(1);
  readonly #words = new Int32Array(this.#float.buffer);

  get size(): number {
    return this.#size;
  }

  id(owner: number, value: Json): number {
    if (typeof value === "number") return this.#numberId(owner, value);
    const text = `${owner} ${canonical(value)}`;
    const known = this.#others.get(text);
    if (known !== undefined) return known;
    this.#others.set(text, this.#size);
    this.#grow();
    // It stands in the map only; its row of the columns stays empty.
    return this.#size++;
  }

  #numberId(owner: number, value: number): number {
    // As JSON, 0 and -0 are the same.
    const number = value + 0;
    let place = this.#hash(owner, number) & this.#mask;
    for (let pair = this.#places[place] as number; pair !== 0; pair = this.#places[place] as number) {
      if (this.#numbers[pair - 1] === number && this.#owners[pair - 1] === owner) return pair - 1;
      place = (place + 1) & this.#mask;
    }
    this.#owners[this.#size] = owner;
    this.#numbers[this.#size] = number;
    this.#places[place] = this.#size + 1;
    this.#grow();
    return this.#size++;
  }

  #hash(owner: number, number: number): number {
    this.#float[0] = number;
    let hash =
      Math.imul((this.#words[0] as number) ^ Math.imul(owner, 0x9e3779b1), 0x85ebca6b) ^ (this.#words[1] as number);
    hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
    return hash ^ (hash >>> 13);
  }

  /** Makes room for one more pair than there will be, keeping the table at most half full. */
  #grow(): void {
    if (this.#size + 2 < this.#numbers.length) return;
    const [owners, numbers] = [this.#owners, this.#numbers];
    this.#owners = new Int32Array(2 * owners.length);
    this.#owners.set(owners);
    this.#numbers = new Float64Array(2 * numbers.length);
    this.#numbers.set(numbers);
    this.#mask = 2 * this.#mask + 1;
    const old = this.#places;
    this.#places = new Int32Array(this.#mask + 1);
    for (const pair of old) {
      if (pair === 0) continue;
      let place = this.#hash(this.#owners[pair - 1] as number, this.#numbers[pair - 1] as number) & this.#mask;
      while (this.#places[place] !== 0) place = (place + 1) & this.#mask;
      this.#places[place] = pair;
    }
  }
}
