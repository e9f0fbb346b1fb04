import type { Json } from "../core/json.ts";

/** How many names and strings are remembered; a power of two. A history has a few dozen. */
const TEXTS = 512;
/** Longer ones are hardly met twice. */
const MAX_TEXT_BYTES = 32;
/** How many vectors are remembered; a power of two. Those of the operations that are under way, and some more. */
const VECTORS = 2048;

/**
 * Gives what recurs in a history of millions of events as one object, which spares memory and the collector's time. A
 * slot for each hash holds what had it last: a miss costs memory, and nothing else.
 */
export class Recurring {
  readonly #texts = new Array<string>(TEXTS).fill("");
  readonly #lengths = new Uint8Array(TEXTS);
  /** The UTF-8 of the texts, slot by slot: bytes are compared faster than characters. */
  readonly #bytes = new Uint8Array(TEXTS * MAX_TEXT_BYTES);
  readonly #vectors = new Array<readonly Json[]>(VECTORS).fill([]);
  /** Their hashes: to look at the vectors themselves costs memory accesses. */
  readonly #hashes = new Int32Array(VECTORS);
  /** Apart from the others, for V8 represents arrays of small integers in a way of its own. */
  readonly #integers = new Array<readonly number[]>(VECTORS).fill([]);
  readonly #integersHashes = new Int32Array(VECTORS);

  /**
   * The name, or the text of a string, that stands from `from` to `end` and has this hash. A name is internalized: V8 then
   * compares it by address, and need not look it up for every map. For texts that differ all the time that takes too long.
   */
  text(bytes: Buffer, from: number, end: number, hash: number, isName: boolean): string {
    const length = end - from;
    if (length > MAX_TEXT_BYTES) return bytes.toString("utf8", from, end);
    const slot = slotOf(hash, TEXTS);
    if (this.#lengths[slot] === length && this.#isAt(slot, bytes, from, length)) return this.#texts[slot] as string;
    const text = bytes.toString("utf8", from, end);
    const [kept = text] = isName ? Object.keys({ [text]: null }) : [];
    this.#texts[slot] = kept;
    this.#lengths[slot] = length;
    this.#bytes.set(bytes.subarray(from, end), slot * MAX_TEXT_BYTES);
    return kept;
  }

  #isAt(slot: number, bytes: Buffer, from: number, length: number): boolean {
    const known = slot * MAX_TEXT_BYTES;
    for (let i = 0; i < length; i++) if (this.#bytes[known + i] !== bytes[from + i]) return false;
    return true;
  }

  /** A vector of the items from `base` up to `top`, which have this hash. Nobody may change it. */
  vector(items: readonly Json[], base: number, top: number, hash: number): readonly Json[] {
    const slot = slotOf(hash, VECTORS);
    if (this.#hashes[slot] === hash) {
      const known = this.#vectors[slot] as readonly Json[];
      if (isRange(known, items, base, top)) return known;
    }
    const vector = vectorOf(items, base, top);
    this.#hashes[slot] = hash;
    this.#vectors[slot] = vector;
    return vector;
  }

  /** The same for the first `count` items, which are small integers. */
  integers(items: readonly number[], count: number, hash: number): readonly number[] {
    const slot = slotOf(hash, VECTORS);
    if (this.#integersHashes[slot] === hash) {
      const known = this.#integers[slot] as readonly number[];
      if (areIntegers(known, items, count)) return known;
    }
    const vector = items.slice(0, count);
    this.#integersHashes[slot] = hash;
    this.#integers[slot] = vector;
    return vector;
  }
}

/** The hash of what was hashed so far and one thing more (FNV-1a, but for things of any size). */
export const hashed = (hash: number, next: number): number => Math.imul(hash ^ next, 0x01000193);

/** The upper bits of such a hash are better than the lower ones. */
const slotOf = (hash: number, slots: number): number => (hash ^ (hash >>> 15)) & (slots - 1);

/** True if the items of `known` are the very ones from `base` up to `top`. */
function isRange(known: readonly Json[], items: readonly Json[], base: number, top: number): boolean {
  if (known.length !== top - base) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== items[base + i]) return false;
  return true;
}

function areIntegers(known: readonly number[], items: readonly number[], count: number): boolean {
  if (known.length !== count) return false;
  // Lists grow at their ends, where they differ first.
  for (let i = count - 1; i >= 0; i--) if (known[i] !== items[i]) return false;
  return true;
}

/** A new vector of the items. Literals are faster than the general way for the lengths that fill a history. */
export function vectorOf(items: readonly Json[], base: number, top: number): Json[] {
  switch (top - base) {
    case 0:
      return [];
    case 1:
      return [items[base] as Json];
    case 2:
      return [items[base] as Json, items[base + 1] as Json];
    case 3:
      return [items[base] as Json, items[base + 1] as Json, items[base + 2] as Json];
    case 4:
      return [items[base] as Json, items[base + 1] as Json, items[base + 2] as Json, items[base + 3] as Json];
    default:
      return items.slice(base, top);
  }
}
