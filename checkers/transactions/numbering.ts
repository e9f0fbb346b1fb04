import type { Json } from "../../src/core/json.ts";
import { canonical } from "../shared/values.ts";
import { Grower } from "./grower.ts";

/** How far beyond the table of its group a natural number may be for the table to grow up to it. */
const MAX_GAP = 64;
const FIRST_SIZE = 8;

/**
 * Numbers pairs of a group and a value, from 0 in order of their first use; equal pairs have the same number. Groups are
 * numbered from 0 too. Most values are small natural numbers: those of a group are looked up in a table, without any hash.
 */
export class Numbering {
  /** Tables of all groups: of the values 0, 1, 2, … their numbers plus 1, or 0. One that grows moves to the end. */
  readonly #tables: Grower<Int32Array>;
  /** Of each group where its table stands, and how many values fit in. */
  readonly #at = Grower.ints(64);
  readonly #size = Grower.ints(64);
  /** Of groups that have them: all other values that are no compound ones. */
  readonly #simple = new Map<number, Map<Json, number>>();
  readonly #compound = new Map<string, number>();
  /** Of each number the value, if that is an integer of 32 bits. */
  readonly #integers: Grower<Int32Array>;
  readonly #others = new Map<number, Json>();

  /** So many pairs fit in at first. */
  constructor(expected: number) {
    this.#tables = Grower.ints(4 * expected);
    this.#integers = Grower.ints(expected);
  }

  /** How many numbers were given. */
  get count(): number {
    return this.#integers.length;
  }

  /** The number of a pair, which is a new one if and only if it is the `count` before. */
  of(group: number, value: Json): number {
    if (typeof value === "number" && value >>> 0 === value) return this.#ofNatural(group, value);
    if (typeof value === "object" && value !== null) {
      const name = `${group} ${canonical(value)}`;
      return this.#compound.get(name) ?? this.#learn(this.#compound, name, value);
    }
    return this.#ofSimple(group, value);
  }

  valueOf(number: number): Json {
    const other = this.#others.get(number);
    return other === undefined ? this.#integers.at(number) : other;
  }

  #ofNatural(group: number, value: number): number {
    if (group >= this.#at.length) {
      const missing = group + 1 - this.#at.length;
      this.#at.extend(missing);
      this.#size.extend(missing);
    }
    let size = this.#size.at(group);
    if (value >= size) {
      // A value that was out of reach once stays where it is.
      if (value > size + MAX_GAP || this.#simple.get(group)?.has(value)) return this.#ofSimple(group, value);
      size = this.#growTable(group, value);
    }
    const place = this.#at.at(group) + value;
    const known = this.#tables.at(place);
    if (known !== 0) return known - 1;
    const far = this.#simple.get(group)?.get(value);
    if (far !== undefined) return far;
    const number = this.#give(value);
    this.#tables.set(place, number + 1);
    return number;
  }

  /** Makes room for `value`, and returns the new size. */
  #growTable(group: number, value: number): number {
    const [from, size] = [this.#at.at(group), this.#size.at(group)];
    const to = this.#tables.length;
    const larger = Math.max(FIRST_SIZE, 2 * size, value + 1);
    this.#tables.extend(larger);
    for (let i = 0; i < size; i++) this.#tables.set(to + i, this.#tables.at(from + i));
    this.#at.set(group, to);
    this.#size.set(group, larger);
    return larger;
  }

  #ofSimple(group: number, value: Json): number {
    let known = this.#simple.get(group);
    if (known === undefined) {
      known = new Map();
      this.#simple.set(group, known);
    }
    return known.get(value) ?? this.#learn(known, value, value);
  }

  #learn<Name>(known: Map<Name, number>, name: Name, value: Json): number {
    const number = this.#give(value);
    known.set(name, number);
    return number;
  }

  #give(value: Json): number {
    const number = this.#integers.length;
    const isInteger = typeof value === "number" && (value | 0) === value;
    this.#integers.push(isInteger ? value : 0);
    // An imported history may lack a value.
    if (!isInteger) this.#others.set(number, value ?? null);
    return number;
  }
}
