import { describe, expect, it } from "vitest";
import {
  GraphBuilder,
  IN_REAL_TIME,
  IN_SESSIONS,
  OF_ITEMS,
  OF_READS,
  RW_RT,
} from "../../../checkers/transactions/graph.ts";
import { topological } from "../../../checkers/transactions/topological.ts";
import { Random } from "../../../src/core/random.ts";
import { plainGraph } from "./graphs.ts";

const GRAPHS = 800;

describe("orders of a graph of transactions", () => {
  it("keep its edges, and among what may come next take what is due first", () => {
    const count = { complete: 0, broken: 0 };
    for (let seed = 0; seed < GRAPHS; seed++) {
      const { graph, edges } = plainGraph(seed);
      const random = new Random(seed, "due");
      const mask = random.pick([OF_READS, OF_ITEMS, IN_SESSIONS, IN_REAL_TIME]);
      const all = Array.from({ length: graph.transactions }, (_, t) => t);
      const due = Float64Array.from(random.shuffle(all));
      // Transactions that do not count have no edges.
      const counts = Uint8Array.from(all, (t) =>
        edges.some(({ from, to }) => from === t || to === t) || random.chance(0.5) ? 1 : 0,
      );
      const left = new Set(all.filter((t) => counts[t] === 1));
      const expected: number[] = [];
      let isAsGiven = true;
      while (left.size > 0) {
        const free = [...left].filter(
          (t) => !edges.some(({ from, to, code }) => to === t && ((mask >> code) & 1) === 1 && left.has(from)),
        );
        if (free.length === 0) isAsGiven = false;
        const next = (free.length > 0 ? free : [...left]).sort((a, b) => (due[a] ?? 0) - (due[b] ?? 0))[0] as number;
        expected.push(next);
        left.delete(next);
      }
      const { order, isComplete } = topological(graph, mask, counts, due);
      count[isAsGiven ? "complete" : "broken"]++;
      if (String(order) !== String(expected) || isComplete !== isAsGiven)
        expect.fail(`seed ${seed}: ${order} (${isComplete}), not ${expected} (${isAsGiven})`);
    }
    expect(Math.min(count.complete, count.broken)).toBeGreaterThan(GRAPHS / 10);
  });
});

describe("a graph in rows", () => {
  it("has all edges, each in the row of the node from which it leads, in the order in which they were added", () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = new Random(seed, "rows");
      const transactions = 1 + random.below(5);
      const builder = new GraphBuilder(transactions, random.below(30));
      const rows: string[][] = Array.from({ length: transactions }, () => []);
      for (let left = random.below(60); left > 0; left--) {
        if (random.chance(0.1)) {
          expect(builder.hub()).toBe(rows.length);
          rows.push([]);
        }
        const [from, to, code] = [random.below(rows.length), random.below(rows.length), random.below(RW_RT + 1)];
        builder.add(from, to, code);
        rows[from]?.push(`${to} ${code}`);
      }
      const { nodes, offsets, to, code, ...rest } = builder.build();
      expect([nodes, rest.transactions]).toEqual([rows.length, transactions]);
      const edges = [...to].map((target, e) => `${target} ${code[e]}`);
      expect(rows.map((_, node) => edges.slice(offsets[node], offsets[node + 1]))).toEqual(rows);
      expect([offsets[0], offsets.length, code.length]).toEqual([0, nodes + 1, rows.flat().length]);
    }
  });
});
