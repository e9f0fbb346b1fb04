import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AntiDependencies } from "../../../src/models/isolation/anti-dependencies.ts";

const KEYS = ["x", "y", "z"];
const AT_ONCE = 4;

type Does = "read" | "write" | "commit" | "abort";

const actions = fc.array(
  fc.record({
    who: fc.nat({ max: AT_ONCE - 1 }),
    does: fc.constantFrom<Does>("read", "read", "read", "write", "write", "write", "commit", "commit", "abort"),
    key: fc.constantFrom(...KEYS),
  }),
  { minLength: 10, maxLength: 40 },
);

interface Ran {
  readonly start: number;
  commit: number;
  readonly reads: Set<string>;
  readonly writes: Set<string>;
}

/** Lets transactions run, each seat one after the other. Gives those that committed, and how many had to abort. */
function run(actionsInTurn: readonly { who: number; does: Does; key: string }[], forgetsReads: boolean) {
  const tracker = new AntiDependencies({ forgetsReads });
  const seats = new Map<number, { readonly txn: number; readonly ran: Ran }>();
  const committed: Ran[] = [];
  let [aborted, next] = [0, 1];
  for (const [now, { who, does, key }] of actionsInTurn.entries()) {
    const seat = seats.get(who);
    if (seat === undefined) {
      const txn = next++;
      tracker.begin(txn);
      const ran = { start: now, commit: Number.POSITIVE_INFINITY, reads: new Set<string>(), writes: new Set<string>() };
      seats.set(who, { txn, ran });
      continue;
    }
    const { txn, ran } = seat;
    const goesOn = does === "abort" ? true : tracker[does](txn, key);
    if (!goesOn) aborted++;
    if (does === "abort" || !goesOn) tracker.abort(txn);
    else if (does === "read") ran.reads.add(key);
    else if (does === "write") ran.writes.add(key);
    else {
      ran.commit = now;
      committed.push(ran);
    }
    if (does === "abort" || does === "commit" || !goesOn) seats.delete(who);
  }
  return { committed, aborted };
}

/** True if concurrent transactions read what this one overwrote, and overwrote what it read. */
function isPivot(one: Ran, all: readonly Ran[]): boolean {
  const concurrent = all.filter((other) => other !== one && other.start < one.commit && one.start < other.commit);
  const meet = (reads: ReadonlySet<string>, writes: ReadonlySet<string>): boolean =>
    [...reads].some((key) => writes.has(key));
  return (
    concurrent.some(({ reads }) => meet(reads, one.writes)) && concurrent.some(({ writes }) => meet(one.reads, writes))
  );
}

describe("anti-dependencies (Cahill, Röhm & Fekete 2008, §3)", () => {
  it("let no pivot commit", () => {
    let [aborted, committed] = [0, 0];
    fc.assert(
      fc.property(actions, (turns) => {
        const ran = run(turns, false);
        expect(ran.committed.filter((one) => isPivot(one, ran.committed))).toEqual([]);
        aborted += ran.aborted;
        committed += ran.committed.length;
      }),
      { numRuns: 300 },
    );
    expect(Math.min(aborted, committed)).toBeGreaterThan(30);
  });

  it("abort nobody who runs alone", () => {
    const alone = actions.map((turns) => turns.map((turn) => ({ ...turn, who: 0 })));
    fc.assert(
      fc.property(alone, (turns) => {
        expect(run(turns, false).aborted).toBe(0);
      }),
    );
  });

  it("are remembered of those that committed while others still run (§3.2)", () => {
    const turn = (who: number, does: Does, key = "") => ({ who, does, key });
    const skew = [
      ...[turn(0, "read"), turn(1, "read")],
      ...[turn(0, "read", "x"), turn(1, "read", "y"), turn(0, "write", "y"), turn(0, "commit")],
      ...[turn(1, "write", "x"), turn(1, "commit")],
    ];
    expect(run(skew, false)).toMatchObject({ aborted: 1, committed: { length: 1 } });
    const { committed } = run(skew, true);
    expect(committed.filter((one) => isPivot(one, committed))).toHaveLength(2);
  });
});
