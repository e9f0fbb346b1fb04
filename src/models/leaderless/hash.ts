import { fnv1a } from "../shared/hash.ts";

/**
 * A 32-bit hash of a text: FNV-1a, finished by the mixer of MurmurHash3 (Appleby), without which names
 * that differ in their last letter land side by side on a ring. Not cryptographic: nodes trust each other (Dynamo, §2).
 */
export function hash32(text: string, seed = 0): number {
  let hash = fnv1a(text, seed);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A digest of 53 bits, the most that a JSON number holds. */
export const digestOf = (text: string): number => (hash32(text, 1) >>> 11) * 0x1_0000_0000 + hash32(text, 2);
