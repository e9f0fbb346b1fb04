import type { Json } from "../core/json.ts";

/** How many names are remembered, and how many vectors; a power of two. A history has a few dozen at a time. */
const SLOTS = 512;
/** Longer ones are hardly met twice. */
const MAX_LENGTH = 32;

/** Gives what recurs in a history of millions of events as one object, which spares memory and the collector's time. */
export class Recurring {
  readonly #names = new Array<string>(SLOTS).fill("");
  readonly #vectors = new Array<readonly Json[]>(SLOTS).fill([]);

  /** The keyword `text.slice(from, end)`, which is not empty and has this hash. */
  name(text: string, from: number, end: number, hash: number): string {
    const slot = (hash ^ (hash >>> 9)) & (SLOTS - 1);
    const known = this.#names[slot] as string;
    if (isAt(known, text, from, end)) return known;
    const name = detached(text.slice(from, end));
    if (name.length > MAX_LENGTH) return name;
    // As a key it is internalized: V8 then compares it by address, and need not look it up for every map.
    const [internalized = name] = Object.keys({ [name]: null });
    this.#names[slot] = internalized;
    return internalized;
  }

  /** The vector of a name, a small integer and nil: the read of a key that is asked for (`[:r 6 nil]`). */
  reading(f: string, key: number): Json {
    const slot = (Math.imul(key, 31) + f.length) & (SLOTS - 1);
    const known = this.#vectors[slot] as readonly Json[];
    if (known[0] === f && known[1] === key) return known;
    const vector = [f, key, null];
    this.#vectors[slot] = vector;
    return vector;
  }
}

/** A loop, because for a few characters it is faster than `startsWith`. */
function isAt(name: string, text: string, from: number, end: number): boolean {
  if (name.length !== end - from) return false;
  for (let i = 0; i < name.length; i++) if (name.charCodeAt(i) !== text.charCodeAt(from + i)) return false;
  return true;
}

/** From this length on V8 represents a slice as a view that keeps the whole text alive. */
const VIEW_LENGTH = 13;

/** The same string, but with memory of its own. */
export const detached = (slice: string): string => (slice.length < VIEW_LENGTH ? slice : `${slice} `.slice(0, -1));
