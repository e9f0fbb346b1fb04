import type { Json } from "../../core/json.ts";
import { contextOf, knows, type Siblings, sync, type VersionVector } from "../shared/clocks/siblings.ts";
import { digestOf } from "./hash.ts";

/**
 * What orders the writes of a key where only the last is kept: a wall clock's milliseconds or a Lamport time, then the
 * writer, one life of a node, and its how manieth write it was. No two writes have the same.
 */
export type Stamp = readonly [time: number, writer: string, serial: number];

/** The last write of a key. */
export type Stamped = { readonly stamp: Stamp; readonly value: Json };

/** What a node has of a key: the last write, or all that nobody is known to have overwritten. */
export type Copy = Stamped | Siblings;

/** What is left of two copies once they have met. */
export type Merge = (a: Copy, b: Copy) => Copy;

/** Negative if `a` is before `b`, 0 if they are the same. */
export const compareStamps = ([t, p, i]: Stamp, [u, q, j]: Stamp): number =>
  t - u || (p < q ? -1 : p > q ? 1 : 0) || i - j;

const isStamped = (copy: Copy): copy is Stamped => !Array.isArray(copy);

/** The later write; of siblings what neither copy knows to be overwritten. */
export const mergeCopies: Merge = (a, b) => {
  if (isStamped(a)) return isStamped(b) && compareStamps(b.stamp, a.stamp) > 0 ? b : a;
  return isStamped(b) ? a : sync(a, b);
};

/** True if merging `b` into `a` would change nothing. */
export function covers(a: Copy | undefined, b: Copy | undefined): boolean {
  if (b === undefined) return true;
  if (a === undefined) return false;
  if (isStamped(a)) return isStamped(b) && compareStamps(a.stamp, b.stamp) >= 0;
  const known = contextOf(a);
  return !isStamped(b) && b.every(({ dot }) => knows(known, dot));
}

/** The time that a later write must be above. */
export const timeOf = (copy: Copy | undefined): number => (copy !== undefined && isStamped(copy) ? copy.stamp[0] : 0);

export const siblingsOf = (copy: Copy | undefined): Siblings => (copy === undefined || isStamped(copy) ? [] : copy);

/** The writes that a copy is made of, by name. */
export const nameOf = (copy: Copy): string => JSON.stringify(isStamped(copy) ? copy.stamp : copy.map(({ dot }) => dot));

export const digestOfCopy = (copy: Copy): number => digestOf(nameOf(copy));

/** The writes that somebody knows of who has read a copy. */
export const seenIn = (copy: Copy | undefined): VersionVector => contextOf(siblingsOf(copy));

/**
 * What a copy reads as; an absent one as `null`. Siblings that are sets are united, as Dynamo's shopping carts are (§4.4).
 * Of other siblings a reader can be given only one: that whose writer knew of most writes, and of these that of the last node.
 */
export function valueShown(copy: Copy | undefined): Json {
  if (copy === undefined) return null;
  if (isStamped(copy)) return copy.value;
  if (copy.every(({ value }) => Array.isArray(value))) return elementsOf(copy);
  const [first, ...others] = copy;
  if (first === undefined) return null;
  // Siblings stand in the order of their nodes.
  return others.reduce((best, one) => (writesKnown([one]) >= writesKnown([best]) ? one : best), first).value;
}

/** How many writes somebody knows of who has read these; more than whoever wrote one of them. */
export const writesKnown = (siblings: Siblings): number =>
  Object.values(contextOf(siblings)).reduce((sum, count) => sum + count, 0);

/** The elements of a set, of all siblings together. */
export function elementsOf(copy: Copy | undefined): readonly Json[] {
  if (copy === undefined) return [];
  const values = isStamped(copy) ? [copy.value] : copy.map(({ value }) => value);
  return [...new Set(values.flatMap((value) => (Array.isArray(value) ? (value as readonly Json[]) : [])))];
}
