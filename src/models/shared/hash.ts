/**
 * A 32-bit hash of a text, a signed integer: FNV-1a (Fowler, Noll & Vo). Not cryptographic. Texts that differ in their last
 * letter only lie side by side.
 */
export function fnv1a(text: string, seed = 0): number {
  let hash = (0x811c9dc5 ^ seed) | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
