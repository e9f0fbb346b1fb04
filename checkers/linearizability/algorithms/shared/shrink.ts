/**
 * Drops items, large chunks first, as long as what is left is still bad. `maxWork` bounds the sum of the lengths of the
 * lists that are looked at (delta debugging: Zeller & Hildebrandt, "Simplifying and isolating failure-inducing input", IEEE
 * TSE 2002).
 */
export function shrink<T>(items: readonly T[], isBad: (items: readonly T[]) => boolean, maxWork: number): readonly T[] {
  let kept = items;
  let work = 0;
  for (let size = Math.ceil(items.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = 0; at < kept.length; ) {
      const rest = [...kept.slice(0, at), ...kept.slice(at + size)];
      work += rest.length;
      if (work > maxWork) return kept;
      if (rest.length > 0 && isBad(rest)) kept = rest;
      else at += size;
    }
  return kept;
}
