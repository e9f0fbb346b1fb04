import type { Json, JsonObject } from "../core/json.ts";

/**
 * JSON values in typed arrays that threads share. A value is a word of 32 bits: three bits say what it is, and the other
 * 29 hold it, or say where it is.
 */
export interface PackedValues {
  /** Arrays and objects, each behind its length: words, or plain integers, or names (positions in `ends`) and words. */
  readonly words: Int32Array;
  /** Numbers that 29 bits do not hold. */
  readonly numbers: Float64Array;
  /** All strings, one behind the other, in UTF-16: a string may hold half a character, which UTF-8 cannot. */
  readonly text: Uint16Array;
  /** Where in `text` each string ends. */
  readonly ends: Float64Array;
}

const BITS = 3;
const TAG = { integer: 0, constant: 1, string: 2, number: 3, integers: 4, array: 5, object: 6 } as const;
const CONSTANTS: readonly Json[] = [null, false, true];

/** Integers in a word are below this, and at least minus this. */
const INTEGER_LIMIT = 2 ** (31 - BITS);
/** Positions in a word are below this. */
const POSITION_LIMIT = 2 ** (32 - BITS);

/** Makes the words for values. */
export class ValuePacker {
  readonly #words = new Growing(Int32Array);
  readonly #numbers = new Growing(Float64Array);
  readonly #strings = new Map<string, number>();

  /** The word for the value. Throws a `RangeError` if there are more values than words can point to (2 GB). */
  pack(value: Json): number {
    switch (typeof value) {
      case "number":
        return this.#number(value);
      case "string":
        return word(TAG.string, this.string(value));
      case "object":
        if (value === null) return word(TAG.constant, 0);
        return Array.isArray(value) ? this.#array(value) : this.#object(value as JsonObject);
      default:
        return word(TAG.constant, value ? 2 : 1);
    }
  }

  /** The number of a string; equal ones have the same. */
  string(value: string): number {
    const known = this.#strings.get(value);
    if (known !== undefined) return known;
    this.#strings.set(value, this.#strings.size);
    return this.#strings.size - 1;
  }

  /** All values so far, in memory that threads share. */
  finish(): PackedValues {
    let length = 0;
    const ends = shared(Float64Array, this.#strings.size);
    for (const [string, index] of this.#strings) ends[index] = length += string.length;
    const text = shared(Uint16Array, length);
    let at = 0;
    for (const string of this.#strings.keys())
      for (let i = 0; i < string.length; i++) text[at++] = string.charCodeAt(i);
    return { words: this.#words.finish(), numbers: this.#numbers.finish(), text, ends };
  }

  #number(value: number): number {
    if (isInteger(value) && value < INTEGER_LIMIT && value >= -INTEGER_LIMIT) return (value << BITS) | TAG.integer;
    this.#numbers.push(value);
    return word(TAG.number, this.#numbers.length - 1);
  }

  #array(items: readonly Json[]): number {
    const words = this.#words;
    if (items.every(isInteger)) {
      const start = words.length;
      words.push(items.length);
      for (const item of items) words.push(item as number);
      return word(TAG.integers, start);
    }
    const packed = items.map((item) => this.pack(item));
    const start = words.length;
    words.push(packed.length);
    for (const item of packed) words.push(item);
    return word(TAG.array, start);
  }

  #object(object: JsonObject): number {
    const fields = Object.entries(object).flatMap(([name, value]) =>
      value === undefined ? [] : [this.string(name), this.pack(value)],
    );
    const start = this.#words.length;
    this.#words.push(fields.length / 2);
    for (const field of fields) this.#words.push(field);
    return word(TAG.object, start);
  }
}

/** Makes values of words again. Equal strings are one object, and so are equal constants. */
export class ValueUnpacker {
  readonly #values: PackedValues;
  readonly #strings: (string | undefined)[];

  constructor(values: PackedValues) {
    this.#values = values;
    this.#strings = new Array<string | undefined>(values.ends.length).fill(undefined);
  }

  unpack(word: number): Json {
    const at = word >>> BITS;
    switch (word & (2 ** BITS - 1)) {
      case TAG.integer:
        return word >> BITS;
      case TAG.constant:
        return CONSTANTS[at] as Json;
      case TAG.string:
        return this.string(at);
      case TAG.number:
        return this.#values.numbers[at] as number;
      case TAG.integers:
        return this.#integers(at);
      case TAG.array:
        return this.#array(at);
      default:
        return this.#object(at);
    }
  }

  string(index: number): string {
    const known = this.#strings[index];
    if (known !== undefined) return known;
    const { text, ends } = this.#values;
    const codes = text.subarray(index === 0 ? 0 : ends[index - 1], ends[index]);
    let string = "";
    for (let from = 0; from < codes.length; from += STRING_PIECE)
      string += String.fromCharCode(...codes.subarray(from, from + STRING_PIECE));
    this.#strings[index] = string;
    return string;
  }

  #integers(at: number): Json[] {
    const { words } = this.#values;
    const items = new Array<Json>(words[at] as number);
    for (let i = 0; i < items.length; i++) items[i] = words[at + 1 + i] as number;
    return items;
  }

  #array(at: number): Json[] {
    const { words } = this.#values;
    const items = new Array<Json>(words[at] as number);
    for (let i = 0; i < items.length; i++) items[i] = this.unpack(words[at + 1 + i] as number);
    return items;
  }

  #object(at: number): Json {
    const { words } = this.#values;
    const length = words[at] as number;
    const entries: [string, Json][] = [];
    for (let i = 0; i < length; i++)
      entries.push([this.string(words[at + 1 + 2 * i] as number), this.unpack(words[at + 2 + 2 * i] as number)]);
    return Object.fromEntries(entries);
  }
}

/** How many codes are made a string at once: arguments of one call. */
const STRING_PIECE = 4096;

/** True for integers of 32 bits; -0 is none of them. */
const isInteger = (value: unknown): value is number => value === ((value as number) | 0) && !Object.is(value, -0);

function word(tag: number, payload: number): number {
  if (payload >= POSITION_LIMIT) throw new RangeError("the history is too long to be packed: its values exceed 2 GB");
  return (payload << BITS) | tag;
}

type Column = Int32Array | Float64Array | Uint16Array | Uint8Array;
type ColumnType<T> = { readonly BYTES_PER_ELEMENT: number; new (buffer: SharedArrayBuffer): T };

/** An array of zeros in memory that threads share. */
export const shared = <T extends Column>(type: ColumnType<T>, length: number): T =>
  new type(new SharedArrayBuffer(length * type.BYTES_PER_ELEMENT));

/** A typed array that grows at its end. */
class Growing<T extends Int32Array | Float64Array> {
  readonly #type: ColumnType<T>;
  #array: T;
  length = 0;

  constructor(type: ColumnType<T>) {
    this.#type = type;
    this.#array = shared(type, 1024);
  }

  push(value: number): void {
    if (this.length === this.#array.length) this.#resize(2 * this.length);
    this.#array[this.length++] = value;
  }

  /** What was pushed, without spare room. */
  finish(): T {
    this.#resize(this.length);
    return this.#array;
  }

  #resize(length: number): void {
    const resized = shared(this.#type, length);
    resized.set(this.#array.subarray(0, this.length));
    this.#array = resized;
  }
}
