import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Random } from "../../../src/core/random.ts";
import { sequence } from "../shared/tiny.ts";

/**
 * A random history of two registers with two writes each and many sessions that read both, one after the other. Who reads
 * x = i and then y = j has `y = j` overwritten after `x = i` was written. If there are sessions for all four pairs, in
 * both directions, no order of the writes is left, though none of them is forced; a few changes, and there is one again.
 */
export function crossingHistory(random: Random): History {
  const writes = ["x", "y"].flatMap((key) => [1, 2].map((value) => ({ key, value })));
  if (random.chance(0.2)) writes.push({ key: "x", value: 3 });
  const writers = random.shuffle(writes).map(({ key, value }, i) => {
    const p = random.chance(0.07) ? 0 : i;
    return random.chance(0.07)
      ? { p, key, f: "cas", input: [random.pick<Json>([null, 1, 2]), value], ret: 1 }
      : { p, key, f: "write", input: value, ret: 1 };
  });
  const pairs = [0, 1, 2, 3, 4, 5, 6, 7].filter(() => !random.chance(0.04));
  const readers = random.shuffle(pairs).map((pair, i) => {
    const p = 10 + (random.chance(0.03) ? 0 : i);
    const some = (right: number): Json => (random.chance(0.03) ? random.pick<Json>([null, 1, 2, 3]) : right);
    const reads = [
      { p, key: "x", f: "read", ok: some(1 + (pair & 1)), ret: 1 },
      { p, key: "y", f: "read", ok: some(1 + ((pair >> 1) & 1)), ret: 1 },
    ];
    return pair < 4 ? reads : reads.reverse();
  });
  return sequence([...writers, ...readers.flat()]);
}
