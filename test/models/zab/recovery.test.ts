import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NodeId } from "../../../src/core/operation.ts";
import { compareVotes } from "../../../src/models/zab/election.ts";
import type { Transaction, Vote } from "../../../src/models/zab/messages.ts";
import { Bench, type Stored } from "./bench.ts";
import { compareStored, type World, worlds } from "./worlds.ts";

const COUNT = 3;
const NAMES = ["n1", "n2", "n3"];

/** What is left behind, and a quorum or more that comes back. */
const restarts = fc.record({ world: worlds(COUNT), down: fc.subarray(NAMES, { maxLength: 1 }) });

const best = (stored: Readonly<Record<NodeId, Stored>>, up: readonly NodeId[]): NodeId =>
  up.reduce((one, other) => (compareStored(stored[other] as Stored, stored[one] as Stored) >= 0 ? other : one));

describe("recovery (Junqueira et al. 2011, §4.1-4.2; Medeiros 2012, §3.2-3.4)", () => {
  it("elects the most up-to-date server, in an epoch that is new to a quorum, and makes every history its own", () => {
    let differed = 0;
    let cut = 0;
    fc.assert(
      fc.property(restarts, ({ world: { stored, committed }, down }) => {
        const bench = new Bench(COUNT, { stored, down });
        bench.run(400);
        const expected = best(stored, bench.up);
        const { history } = stored[expected] as Stored;
        expect(bench.leaders.at(-1)?.node).toBe(expected);
        for (const name of bench.up) {
          expect(bench.history(name)).toEqual(history);
          if (stored[name]?.history.length !== history.length) differed++;
          if (stored[name]?.history.some(({ zxid }, i) => String(zxid) !== String(history[i]?.zxid))) cut++;
        }
        // Nothing that was committed is lost (§3, agreement).
        expect(history.slice(0, committed.length)).toEqual(committed);
        const { epoch = 0 } = bench.leaders.at(-1) ?? {};
        for (const name of bench.up) expect(epoch).toBeGreaterThan(stored[name]?.accepted ?? 0);
      }),
      { numRuns: 200 },
    );
    expect(differed).toBeGreaterThan(25);
    expect(cut).toBeGreaterThan(2);
  });

  it("brings up to date who comes later", () => {
    fc.assert(
      fc.property(restarts, ({ world: { stored }, down }) => {
        const bench = new Bench(COUNT, { stored, down });
        bench.run(400);
        const [first] = bench.up;
        for (const name of down) bench.start(name);
        bench.run(400);
        for (const name of NAMES) expect(bench.history(name)).toEqual(bench.history(first as NodeId));
      }),
      { numRuns: 30 },
    );
  });

  it("loses what was committed if the highest id is elected (elected-by-id)", () => {
    expectBroken("elected-by-id", ({ committed }, histories) =>
      histories.every((history) => history.length >= committed.length),
    );
  });

  it("leaves histories that differ if followers keep what only an old leader proposed (no-truncation)", () => {
    expectBroken("no-truncation", (_, histories) => new Set(histories.map((one) => JSON.stringify(one))).size === 1);
  });
});

/** Finds a restart after which a property that holds without the bug does not. */
function expectBroken(
  bug: string,
  property: (world: World, histories: readonly (readonly Transaction[])[]) => boolean,
): void {
  const found = fc.check(
    fc.property(restarts, ({ world, down }) => {
      const bench = new Bench(COUNT, { stored: world.stored, down, bug });
      bench.run(400);
      const histories = bench.up.map((name) => bench.history(name));
      return property(world, histories);
    }),
    { numRuns: 1000, endOnFailure: true },
  );
  expect(found.failed).toBe(true);
}

describe("votes (Medeiros 2012, §4.1)", () => {
  it("go to the latest epoch, then the latest transaction, then the highest id", () => {
    const votes: fc.Arbitrary<Vote> = fc.record({
      leader: fc.constantFrom(...NAMES),
      epoch: fc.nat({ max: 2 }),
      zxid: fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 })),
    });
    const rank = ({ leader, epoch, zxid: [e, c] }: Vote): number =>
      ((epoch * 3 + e) * 3 + c) * NAMES.length + NAMES.indexOf(leader);
    fc.assert(
      fc.property(votes, votes, (a, b) => {
        expect(Math.sign(compareVotes(NAMES, a, b))).toBe(Math.sign(rank(a) - rank(b)));
      }),
      { numRuns: 300 },
    );
  });
});
