import { describe, expect, it, vi } from "vitest";
import { type Conflict, Conflicts } from "../../../checkers/transactions/conflicts.ts";
import { dependencies, type Known } from "../../../checkers/transactions/dependencies.ts";
import { type Graph, OF_ITEMS } from "../../../checkers/transactions/graph.ts";
import { replay } from "../../../checkers/transactions/replay.ts";
import { schedule } from "../../../checkers/transactions/schedule.ts";
import type { Json } from "../../../src/core/json.ts";
import { Random } from "../../../src/core/random.ts";
import { history } from "../../support/histories.ts";
import { runs } from "../../support/runs.ts";
import { knownOf, type Plain, plainOf } from "./by-definition.ts";

const HISTORIES = 300;

/** Register transactions that ran one after the other on few keys, in an order that nothing tells. */
function serialHistory(random: Random, count: number, keys: number): Plain {
  const state = new Map<string, number>();
  let written = 0;
  const all = Array.from({ length: count }, () =>
    Array.from({ length: 1 + random.below(3) }, (): Json => {
      const key = `k${random.below(keys)}`;
      if (random.chance(0.5)) return ["r", key, state.get(key) ?? null];
      state.set(key, ++written);
      return ["w", key, written];
    }),
  );
  // Half of them in another order of real time, which is not to be kept.
  const step = random.pick([0, 10]);
  const ops = random
    .shuffle(all)
    .map((micros, p) => ({ p, f: "txn", input: micros, call: step * p, ret: step * p + 5, ok: micros }));
  return plainOf("rw-register", history(ops));
}

/** Every order of the transactions in which each read sees the last write. */
function* serialOrders({ plain }: Plain, placed: readonly number[] = []): Generator<readonly number[]> {
  const state = new Map<string, Json>();
  for (const t of placed)
    for (const { f, key, value } of plain[t]?.micros ?? [])
      if (f === "w") state.set(key, value);
      else if ((state.get(key) ?? null) !== value) return;
  if (placed.length === plain.length) yield placed;
  else for (const t of plain.keys()) if (!placed.includes(t)) yield* serialOrders({ plain } as Plain, [...placed, t]);
}

/** True if a dependency leads from one to the other, or several after one another do. */
function leadsTo({ offsets, to, code }: Graph, one: number, other: number): boolean {
  const reached = new Set([one]);
  for (const node of reached)
    for (let e = offsets[node] as number; e < (offsets[node + 1] as number); e++)
      if ((OF_ITEMS & (1 << (code[e] as number))) !== 0) reached.add(to[e] as number);
  return reached.has(other);
}

/** In a random order as far as that goes. */
const scheduled = (known: Known, random: Random): Int32Array | undefined =>
  schedule(
    known,
    dependencies(known),
    OF_ITEMS,
    Float64Array.from(known.seen.counts, () => random.unit()),
  );

describe("an order of transactions that can be had", () => {
  it.each([
    [8, 2],
    [14, 3],
    [20, 4],
    [20, 2],
  ])("is found for hardly all of %i on %i keys, though the wrong ones were placed first", (count, keys) => {
    let found = 0;
    for (let seed = 0; seed < runs(HISTORIES); seed++) {
      const random = new Random(seed, "serial");
      const known = knownOf(serialHistory(random, count, keys), true);
      const order = scheduled(known, random);
      if (order === undefined) continue;
      found++;
      if (!replay(known, order).isSerial) expect.fail(`seed ${seed}: ${order} is no serial order`);
    }
    expect(found).toBeGreaterThan(runs(HISTORIES) * 0.99);
  });

  it("has one of the ways out of every circle of waits", () => {
    const find = Conflicts.prototype.find;
    const told: (readonly Conflict[])[] = [];
    const spy = vi.spyOn(Conflicts.prototype, "find").mockImplementation(function (this: Conflicts) {
      const conflicts = find.call(this);
      told.push(conflicts);
      return conflicts;
    });
    try {
      let [single, several] = [0, 0];
      for (let seed = 0; seed < runs(HISTORIES); seed++) {
        const random = new Random(seed, "circles");
        const of = serialHistory(random, 8, 2);
        told.length = 0;
        scheduled(knownOf(of, true), random);
        // Later ones rest on what was guessed before.
        const [first] = told;
        if (first === undefined) continue;
        if (first.length > 1) several++;
        else single++;
        const graph = dependencies(knownOf(of, true));
        for (const { early, late } of first)
          if (leadsTo(graph, late, early)) expect.fail(`seed ${seed}: ${late} comes before ${early} anyway`);
        for (const order of serialOrders(of))
          if (!first.some(({ early, late }) => order.indexOf(early) < order.indexOf(late)))
            expect.fail(`seed ${seed}: ${JSON.stringify(first)} is not so in ${order}`);
      }
      expect(single).toBeGreaterThan(runs(HISTORIES) / 100);
      expect(several).toBeGreaterThan(0);
    } finally {
      spy.mockRestore();
    }
  });
});
