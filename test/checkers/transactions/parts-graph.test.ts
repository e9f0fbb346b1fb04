import { describe, expect, it } from "vitest";
import { dependencies, type Known } from "../../../checkers/transactions/dependencies.ts";
import {
  type Graph,
  GraphBuilder,
  HUB,
  RT,
  RW,
  RW_RT,
  RW_SO,
  SO,
  WR,
  WW,
  WW_OVER,
  WW_RT,
  WW_SO,
} from "../../../checkers/transactions/graph.ts";
import { NOTHING } from "../../../checkers/transactions/observations.ts";
import { addRealTime } from "../../../checkers/transactions/real-time.ts";
import { INITIAL, type Transactions } from "../../../checkers/transactions/transactions.ts";
import { versionCycles } from "../../../checkers/transactions/version-cycles.ts";
import type { VersionPairs } from "../../../checkers/transactions/version-order-registers.ts";
import { completed } from "../../../checkers/transactions/version-orders.ts";
import { Random } from "../../../src/core/random.ts";
import { runs } from "../../support/runs.ts";
import { knownOf, type Plain, plainOf, small } from "./by-definition.ts";
import type { Kind } from "./generate.ts";
import { sameLines } from "./lines.ts";
import { inRealTime } from "./oracle.ts";
import { sketched } from "./sketch.ts";

const HISTORIES = 300;

const NAMES = new Map(
  Object.entries({ WW, WR, RW, SO, RT, WW_OVER, WW_SO, RW_SO, WW_RT, RW_RT }).map(([name, code]) => [code, name]),
);

/** The edges between transactions, each once: those through hubs go on as they began. */
function edgesOf({ transactions, offsets, to, code }: Graph, isWanted: (code: number) => boolean): string[] {
  const found = new Set<string>();
  const follow = (from: number, node: number, of: number): void => {
    for (let e = offsets[node] as number; e < (offsets[node + 1] as number); e++) {
      const [target, own] = [to[e] as number, code[e] as number];
      if ((own === HUB) !== node >= transactions) throw new Error("only hubs are left by edges of hubs");
      const kind = own === HUB ? of : own;
      if (!isWanted(kind)) continue;
      if (target < transactions) found.add(`${NAMES.get(kind)} ${from} ${target}`);
      else follow(from, target, kind);
      if (target >= transactions) continue;
      if (target === from) throw new Error("no edge leads from a transaction to itself");
    }
  };
  for (let t = 0; t < transactions; t++) follow(t, t, -1);
  return [...found].sort();
}

describe.each<Kind>(["list-append", "rw-register"])("%s: the graph of transactions", (kind) => {
  it("leads from each transaction to the next one of its session, and to all that were called after it returned", () => {
    for (let seed = 0; seed < runs(HISTORIES); seed++) {
      const of = small(kind, seed);
      const { plain } = of;
      const known = knownOf(of, true);
      const graph = dependencies(known);
      const counting = [...plain.keys()].filter((t) => known.seen.counts[t] === 1);
      const inTime = counting.flatMap((a) =>
        counting.flatMap((b) => {
          const [one, other] = [plain[a], plain[b]];
          return one !== undefined && other !== undefined && inRealTime(one, other) ? [`RT ${a} ${b}`] : [];
        }),
      );
      sameLines(
        of,
        edgesOf(graph, (code) => code === RT),
        inTime.sort(),
      );
      const sessions = counting.flatMap((a, i) => {
        const next = counting.slice(i + 1).find((b) => plain[b]?.process === plain[a]?.process);
        return next === undefined ? [] : [`SO ${a} ${next}`];
      });
      sameLines(
        of,
        edgesOf(graph, (code) => code === SO),
        sessions.sort(),
      );
    }
  });

  it("has the dependencies that follow from what is known of the orders of versions", () => {
    const tally = new Map<string, number>();
    for (let seed = 0; seed < runs(HISTORIES); seed++) {
      const of = small(kind, seed);
      const partly = knownOf(of, true);
      const { txns, seen, readers } = partly;
      const rank = Int32Array.from(new Random(seed, "rank").shuffle([...new Array(txns.count).keys()]));
      const wholly: Known = { txns, seen, readers, orders: completed(txns, partly.orders, seen, rank) };
      for (const known of [partly, wholly]) {
        const found = edgesOf(dependencies(known), (code) => code !== SO && code !== RT);
        sameLines(of, found, demanded(of, known));
        for (const edge of found) {
          const name = edge.split(" ")[0] ?? "";
          tally.set(name, (tally.get(name) ?? 0) + 1);
        }
      }
    }
    const sorts =
      kind === "list-append" ? ["RW", "WR", "WW", "WW_OVER"] : ["RW", "RW_RT", "RW_SO", "WR", "WW", "WW_RT"];
    expect([...tally.keys()]).toEqual(expect.arrayContaining(sorts));
  });

  it("sees past what may not have committed, to others that surely did, at the end of what is known too", () => {
    const write = kind === "list-append" ? "a" : "w";
    const of = plainOf(
      kind,
      sketched(
        `${write} x 1; ${write} x 2`,
        { does: `${write} x 3; ${write} y 1`, fate: "info" },
        { does: `${write} x 4; ${write} z 1`, fate: "info" },
        `${write} x 5`,
        kind === "list-append" ? "r x [1,3]; r y [1]; r z [1]" : "r x 3; r y 1; r z 1",
      ),
    );
    const known = knownOf(of, true);
    const found = edgesOf(dependencies(known), (code) => code !== SO && code !== RT);
    sameLines(of, found, demanded(of, known));
    expect(found.filter((edge) => edge.startsWith("WW_OVER"))).toEqual(kind === "list-append" ? ["WW_OVER 0 1"] : []);
    if (kind === "rw-register") return;
    // No transaction comes before itself, even where something stands between its own appends.
    const torn = plainOf(kind, sketched("a x 1; a x 2", { does: "a x 3", fate: "info" }, "r x [1,3,2]"));
    const graph = dependencies(knownOf(torn, true));
    expect(edgesOf(graph, (code) => code === WW || code === WW_OVER)).toEqual(["WW 0 2", "WW 2 0"]);
  });

  /** Adya's dependencies, from the order of each key: its chain, then its tail in any order. */
  function demanded({ plain }: Plain, { txns, seen, orders, pairs }: Known): string[] {
    const edges = new Set<string>();
    const add = (name: string, from: number | undefined, to: number | undefined): void => {
      if (from !== undefined && to !== undefined && from !== to) edges.add(`${name} ${from} ${to}`);
    };
    const writerOf = (v: number): number | undefined => {
      const t = seen.writer[v] as number;
      return t >= 0 && seen.counts[t] === 1 ? t : undefined;
    };
    const readersIn = (k: number, v: number): number[] =>
      [...txns.key].flatMap((other, m) => {
        const isIt = other === k && seen.seen[m] === v && v !== NOTHING;
        return isIt ? [[...txns.first].findLastIndex((start) => start <= m)] : [];
      });
    for (const [v, k] of txns.versionKey.entries())
      if (seen.isAmbiguous[k] === 0) for (const t of readersIn(k, v)) add("WR", writerOf(v), t);
    for (const k of txns.keyNames.keys()) {
      if (orders.isUnordered[k] === 1) continue;
      const chain = [INITIAL, ...orders.chain.subarray(orders.chainAt[k], orders.chainAt[k + 1])];
      const tail = [...orders.tail.subarray(orders.tailAt[k], orders.tailAt[k + 1])].map(writerOf);
      const writers = chain.map((v) => (v === INITIAL ? undefined : writerOf(v)));
      for (const [i, v] of chain.entries()) {
        const next = writers.findIndex((t, j) => j > i && t !== undefined);
        const nexts = next === -1 ? tail : [writers[next]];
        for (const t of readersIn(k, v)) for (const by of nexts) add("RW", t, by);
        const own = writers[i];
        if (own === undefined) continue;
        for (const by of nexts) add("WW", own, by);
        if (plain[own]?.status !== "ok") continue;
        // The next one that surely committed, over such that may not have.
        const sure = writers.findIndex((t, j) => j > i && t !== undefined && plain[t]?.status === "ok");
        const between = writers.slice(i + 1, sure === -1 ? undefined : sure).filter((t) => t !== undefined);
        if (between.length === 0) continue;
        for (const by of sure === -1 ? tail : [writers[sure]])
          if (by !== undefined && plain[by]?.status === "ok") add("WW_OVER", own, by);
      }
    }
    for (const [i, before] of pairs?.before.entries() ?? []) {
      const after = pairs?.after[i] as number;
      const suffix = ["", "_SO", "_RT"][pairs?.level[i] as number];
      if (after === INITIAL) continue;
      add(`WW${suffix}`, writerOf(before), writerOf(after));
      for (const t of readersIn(txns.versionKey[before] as number, before)) add(`RW${suffix}`, t, writerOf(after));
    }
    return [...edges].sort();
  }
});

describe("the graph of many transactions at once", () => {
  const many = (count: number, does: (i: number) => string) => Array.from({ length: count }, (_, i) => does(i));
  const graphOf = (kind: Kind, ...txns: readonly string[]): Graph =>
    dependencies(knownOf(plainOf(kind, sketched(...txns)), true));

  it("leads from all that saw a version to all that wrote later ones, with an edge or two for each", () => {
    const write = { "list-append": "a", "rw-register": "w" };
    for (const kind of ["list-append", "rw-register"] as const) {
      const readers = many(30, () => "r x null");
      const graph = graphOf(kind, ...many(40, (i) => `${write[kind]} x ${i}`), ...readers);
      const expected = many(30, (r) => `RW ${40 + r}`).flatMap((from) => many(40, (w) => `${from} ${w}`));
      expect(edgesOf(graph, () => true)).toEqual(expected.sort());
      expect(graph.to.length).toBeLessThanOrEqual(70);
    }
  });

  it("goes through a hub where that is less", () => {
    for (const readers of [1, 2, 3, 4])
      for (const writers of [1, 2, 3, 4]) {
        const graph = graphOf("list-append", ...many(readers, () => "r x []"), ...many(writers, (i) => `a x ${i}`));
        expect(edgesOf(graph, () => true).length).toBe(readers * writers);
        const size = graph.to.length + graph.nodes - graph.transactions;
        expect(size).toBe(Math.min(readers * writers, readers + writers + 1));
      }
  });

  it("leads from few of those that all wrote over the same version: one more loses its update", () => {
    const updates = graphOf("list-append", ...many(20, (i) => `r x []; a x ${i}`));
    const expected = many(8, (a) => `RW ${a}`).flatMap((from, a) =>
      many(20, (b) => `${from} ${b}`).filter((_, b) => b !== a),
    );
    expect(edgesOf(updates, () => true)).toEqual(expected.sort());
    const registers = graphOf("rw-register", "w x 100", ...many(20, (i) => `r x 100; w x ${i}`));
    const over = edgesOf(registers, (code) => code === WW);
    expect(over).toEqual(many(8, (i) => `WW 0 ${i + 1}`));
    // That these came later is known from real time alone.
    const later = many(20, (i) => `w x ${i}`).map((does) => ({ does, at: [10, 20] as const }));
    const apart = dependencies(
      knownOf(plainOf("rw-register", sketched({ does: "w x 100", at: [0, 5] }, ...later)), true),
    );
    expect(edgesOf(apart, (code) => code === WW_RT)).toEqual(many(20, (i) => `WW_RT 0 ${i + 1}`).sort());
  });
});

describe("real time", () => {
  /** Transactions with these times, of unknown outcome where there is no return. */
  const timed = (times: readonly (readonly [number, number])[]): Transactions => {
    const { txns } = plainOf("list-append", sketched());
    const columns = { callNs: times.map(([call]) => call), returnNs: times.map(([, ret]) => ret) };
    return {
      ...txns,
      count: times.length,
      callNs: Float64Array.from(columns.callNs),
      returnNs: Float64Array.from(columns.returnNs),
    };
  };

  it("takes no more than three edges a transaction, however many are called after one another", () => {
    const random = new Random(1, "times");
    for (let round = 0; round < 20; round++) {
      const times = Array.from({ length: 60 }, (): [number, number] => {
        const call = random.below(80);
        return [call, random.chance(0.1) ? Number.POSITIVE_INFINITY : call + random.below(30)];
      });
      times.sort(([a], [b]) => a - b);
      const counts = Uint8Array.from(times, () => (random.chance(0.9) ? 1 : 0));
      const builder = new GraphBuilder(times.length, 16);
      addRealTime(timed(times), counts, builder);
      const graph = builder.build();
      expect(graph.to.length).toBeLessThanOrEqual(3 * times.length);
      const expected = times.flatMap(([, ret], a) =>
        times.flatMap(([call], b) => (counts[a] === 1 && counts[b] === 1 && ret < call ? [`RT ${a} ${b}`] : [])),
      );
      expect(edgesOf(graph, () => true)).toEqual(expected.sort());
    }
  });

  it("has one hub for all that were called after the same ones had returned", () => {
    const times = [[0, 1] as const, [0, 2] as const, ...Array.from({ length: 30 }, () => [5, 9] as const)];
    const builder = new GraphBuilder(times.length, 16);
    addRealTime(timed(times), new Uint8Array(times.length).fill(1), builder);
    const { nodes, to } = builder.build();
    expect([nodes, to.length]).toEqual([33, 32]);
  });
});

describe("circles of versions", () => {
  const { txns } = plainOf("rw-register", sketched("w x 1; w x 2; w x 3; w y 1; w y 2; w y 3; w y 4"));
  const LEVELS = ["read-committed", "causal-ccv", "strong-snapshot-isolation"] as const;

  /** Random pairs of versions of the same key. */
  function randomPairs(random: Random): (readonly [number, number, 0 | 1 | 2])[] {
    const count = 1 + random.below(9);
    return Array.from({ length: count }, () => {
      const before = random.below(txns.versionKey.length);
      const k = txns.versionKey[before];
      const others = [...txns.versionKey.keys()].filter((v) => v !== before && txns.versionKey[v] === k);
      const after = random.chance(0.1) ? INITIAL : random.pick(others);
      return [before, after, random.pick([0, 0, 1, 2] as const)];
    });
  }

  const columns = (of: readonly (readonly [number, number, 0 | 1 | 2])[]): VersionPairs => ({
    before: Int32Array.from(of, ([before]) => before),
    after: Int32Array.from(of, ([, after]) => after),
    level: Uint8Array.from(of, ([, , level]) => level),
  });

  it("are found where there are any, of the weakest sort that there is", () => {
    const tally = new Map<string, number>();
    for (let seed = 0; seed < runs(HISTORIES); seed++) {
      const random = new Random(seed, "pairs");
      const given = randomPairs(random);
      const follows = (level: number, of: number, key: number): Set<string> => {
        const node = (v: number): string => (v === INITIAL ? `initial ${key}` : `${v}`);
        const edges = given
          .filter(([before, , at]) => at <= level && txns.versionKey[before] === key)
          .flatMap(([a, b]) =>
            b === INITIAL
              ? [
                  [node(a), node(b)],
                  [node(b), node(a)],
                ]
              : [[node(a), node(b)]],
          );
        const reached = new Set<string>();
        let front = [node(of)];
        while (front.length > 0) {
          const next = edges.flatMap(([a = "", b = ""]) => (front.includes(a) && !reached.has(b) ? [b] : []));
          for (const b of next) reached.add(b);
          front = next;
        }
        return reached;
      };
      const onCircle = (level: number, v: number): boolean =>
        follows(level, v, txns.versionKey[v] as number).has(`${v}`);
      const level = [0, 1, 2].find((at) => [...txns.versionKey.keys()].some((v) => onCircle(at, v)));
      const found = versionCycles(txns, columns(given), false);
      if (found.length > 0 !== (level !== undefined)) expect.fail(`seed ${seed}: ${JSON.stringify([given, found])}`);
      if (level === undefined) continue;
      for (const { versions, key, rulesOut } of found) {
        const steps = versions.map((v, i) => [v, versions[(i + 1) % versions.length] as number] as const);
        const isThere = steps.every(([a, b]) =>
          a === INITIAL
            ? given.some(([before, after]) => before === b && after === INITIAL)
            : given.some(([before, after, at]) => before === a && after === b && at <= level),
        );
        const isOfKey = versions.every((v) => v === INITIAL || txns.versionKey[v] === key);
        const isSimple = new Set(versions).size === versions.length;
        if (!isThere || !isOfKey || !isSimple || versions.length < 2 || rulesOut[0] !== LEVELS[level])
          expect.fail(`seed ${seed}: ${JSON.stringify([given, found])}`);
      }
      // One of each key that has any.
      const keys = [0, 1].filter((k) =>
        [...txns.versionKey.keys()].some((v) => txns.versionKey[v] === k && onCircle(level, v)),
      );
      expect([...new Set(found.map(({ key }) => key))].sort()).toEqual(keys);
      tally.set(LEVELS[level as 0 | 1 | 2], (tally.get(LEVELS[level as 0 | 1 | 2]) ?? 0) + 1);
    }
    expect([...tally.keys()].sort()).toEqual([...LEVELS].sort());
  });

  it("leave no order of writes at all where the orders of keys were assumed", () => {
    const given = columns([
      [0, 1, 0],
      [1, 0, 0],
    ]);
    expect(versionCycles(txns, given, true).map(({ rulesOut }) => rulesOut)).toEqual([["read-uncommitted"]]);
    expect(versionCycles(txns, given, false).map(({ rulesOut }) => rulesOut)).toEqual([["read-committed"]]);
  });

  it("are told of a few keys", () => {
    const many = plainOf("rw-register", sketched(...Array.from({ length: 20 }, (_, i) => `w x${i} 1; w x${i} 2`)));
    const pairs = Array.from({ length: 20 }, (_, k) => [
      [2 * k, 2 * k + 1, 0] as const,
      [2 * k + 1, 2 * k, 0] as const,
    ]).flat();
    expect(versionCycles(many.txns, columns(pairs), false).length).toBe(8);
  });
});
