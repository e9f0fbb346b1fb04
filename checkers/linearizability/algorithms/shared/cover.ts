import type { Items } from "./items.ts";

/**
 * Which slots are *covered*: those in which an item is certainly in the collection, because it was put in before them and
 * its taker is called after them (Henzinger, Sezgin & Vafeiadis, "Aspect-oriented linearizability proofs", CONCUR 2013).
 *
 * Slots are covered but never uncovered, so that each is looked at about once (union of intervals by path halving).
 */
export class Cover {
  readonly #next: Int32Array;

  constructor(slots: number) {
    this.#next = new Int32Array(slots + 2);
    for (let s = 0; s < this.#next.length; s++) this.#next[s] = s;
  }

  /** The first slot from `slot` on that is not covered. */
  find(slot: number): number {
    const next = this.#next;
    let s = slot;
    for (let t = next[s] as number; t !== s; t = next[s] as number) {
      next[s] = next[t] as number;
      s = next[s] as number;
    }
    return s;
  }

  /** Covers the slots `from` to `to`, if there are any. */
  add(from: number, to: number): void {
    for (let s = this.find(from); s <= to; s = this.find(s)) this.#next[s] = s + 1;
  }
}

/** Covers the slots in which an item is certainly there. */
export function coverItem(cover: Cover, items: Items, item: number): void {
  cover.add((items.addUntil[item] as number) + 1, items.takeFrom[item] as number);
}

/** As few items as possible, of those allowed, that together cover the slots `from` to `to`, which all of them do cover. */
export function chain(items: Items, from: number, to: number, allowed: (item: number) => boolean): number[] {
  const last = (item: number): number => items.takeFrom[item] as number;
  const longest = new Int32Array(to - from + 1).fill(-1);
  for (let item = 0; item < items.count; item++) {
    const first = Math.max(from, (items.addUntil[item] as number) + 1);
    if (first > to || !allowed(item)) continue;
    const rival = longest[first - from] as number;
    if (rival < 0 || last(rival) < last(item)) longest[first - from] = item;
  }
  const links: number[] = [];
  let best = longest[0] as number;
  for (let slot = from, covered = from - 1; slot <= to; slot++) {
    const item = longest[slot - from] as number;
    if (item >= 0 && last(best) < last(item)) best = item;
    if (slot <= covered) continue;
    links.push(best);
    covered = last(best);
  }
  return links;
}

/**
 * The first taker that found nothing although the collection was not empty at any moment, with the items that show it.
 * Enough for every kind of queue: at an uncovered slot each item that is in can either be taken out before or be put in
 * after, without another item noticing.
 */
export function wronglyEmpty(
  items: Items,
  empties: Int32Array,
  until: Int32Array,
): { readonly taker: number; readonly links: readonly number[] } | undefined {
  if (empties.length === 0) return undefined;
  const cover = new Cover(items.size);
  for (let item = 0; item < items.count; item++) coverItem(cover, items, item);
  for (const taker of empties) {
    const last = until[taker] as number;
    if (cover.find(taker + 1) > last) return { taker, links: chain(items, taker + 1, last, () => true) };
  }
  return undefined;
}
