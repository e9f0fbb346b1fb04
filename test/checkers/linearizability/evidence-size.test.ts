import { describe, expect, it } from "vitest";
import { buildProblem, counts } from "../../../checkers/linearizability/problem.ts";
import { cutOff, Prover } from "../../../checkers/linearizability/refutation.ts";
import { Removal } from "../../../checkers/linearizability/removal.ts";
import { search } from "../../../checkers/linearizability/search.ts";
import { shrink } from "../../../checkers/linearizability/shrink.ts";
import { generate } from "./algorithms/harness.ts";
import { isWellFormed, WORLDS } from "./evidence-worlds.ts";

const UNLIMITED = { deadlineMs: Number.POSITIVE_INFINITY, maxConfigurations: Number.POSITIVE_INFINITY };
const HISTORIES = 30;

/**
 * Of the histories below, how many operations are left when one of them is left out, two, what is about the value of one, or
 * all but one; and in all cores. Whoever lets more be left out, with right, lowers these numbers.
 */
const MOST: Readonly<Record<string, readonly number[]>> = {
  register: [749, 638, 878, 206, 17],
  "cas-register": [579, 490, 679, 197, 12],
  "multi-register": [342, 314, 380, 269, 25],
  kv: [756, 666, 856, 214, 16],
  counter: [876, 848, 909, 739, 23],
  set: [916, 810, 555, 257, 16],
  bag: [847, 661, 941, 281, 24],
  "fifo-queue": [729, 590, 764, 271, 26],
  stack: [808, 663, 854, 262, 34],
  "priority-queue": [828, 682, 871, 266, 20],
  "append-list": [868, 720, 952, 180, 19],
  log: [843, 774, 931, 521, 34],
  mutex: [683, 585, 801, 312, 21],
  "reentrant-mutex": [504, 421, 611, 237, 23],
  "fenced-lock": [504, 415, 625, 205, 16],
  bank: [699, 631, 784, 420, 26],
  "unique-ids": [904, 745, 929, 207, 28],
};

describe("as much may be left out as before", () => {
  it.each(WORLDS)("of $name", (world) => {
    const { spec, name } = world;
    const left = [0, 0, 0, 0, 0];
    for (let run = 0; run < HISTORIES; run++) {
      // Linearizable in turn with one that is mostly not.
      const history = generate(world, 6 * (run >> 1) + 5 * (run & 1));
      const ops = history.ops.filter((op) => counts(spec, op));
      if (!ops.every(isWellFormed)) continue;
      const removal = new Removal(spec, ops);
      const count = (kind: number, { length }: readonly unknown[]): void => {
        left[kind] = (left[kind] ?? 0) + length;
      };
      for (const [i, op] of ops.entries()) {
        count(0, removal.without(ops, [op]));
        count(1, removal.without(ops, ops.slice(i, i + 2)));
        count(2, removal.erase(ops, [op]));
        count(3, removal.without(ops, removal.allBut([op])));
      }
      const { at } = search(buildProblem(spec, ops), UNLIMITED);
      if (at === undefined) continue;
      const prover = new Prover(spec, UNLIMITED, Number.POSITIVE_INFINITY);
      const refutation = cutOff(prover, ops, at.op);
      count(4, shrink(prover, new Removal(spec, refutation.ops, ops), refutation));
    }
    const now = `${name}: [${left}]`;
    for (const [kind, count] of left.entries()) {
      const most = MOST[name]?.[kind] ?? 0;
      expect(count, now).toBeLessThanOrEqual(most);
      // Much less is good news, after which these numbers guard nothing.
      expect(count, now).toBeGreaterThan(most / 2);
    }
  });
});
