import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Snapshot, type Stamp, Versions } from "../../../src/models/isolation/versions.ts";

const KEYS = ["x", "y"];
const LANES = [0, 1, 2];

type Action =
  | { readonly does: "begin"; readonly lane: number; readonly key: string }
  | { readonly does: "commit"; readonly which: number }
  | { readonly does: "take over"; readonly lane: number; readonly from: number };

const lane = fc.constantFrom(...LANES);
const runs = fc.array(
  fc.oneof(
    fc.record<Action>({ does: fc.constant("begin"), lane, key: fc.constantFrom(...KEYS) }),
    fc.record<Action>({ does: fc.constant("commit"), which: fc.nat() }),
    fc.record<Action>({ does: fc.constant("take over"), lane, from: lane }),
  ),
  { minLength: 10, maxLength: 40 },
) as fc.Arbitrary<Action[]>;

/** A commit by the definition of parallel snapshot isolation: it saw a set of others. */
interface Commit {
  readonly stamp: Stamp;
  readonly key: string;
  readonly value: number;
  readonly saw: ReadonlySet<Commit>;
}

const shows = (snapshot: Snapshot, { stamp }: Commit): boolean => stamp.number <= (snapshot[stamp.lane] ?? 0);

describe("the versions of a store with lanes (Sovran et al., SOSP 2011, PSI)", () => {
  it("show sets of commits that hold all that these saw, and of each key the one that saw all the others", () => {
    let [forks, conflicts] = [0, 0];
    fc.assert(
      fc.property(runs, (actions) => {
        const versions = new Versions(LANES.length);
        const commits: Commit[] = [];
        const open: { lane: number; key: string; snapshot: Snapshot; saw: Set<Commit> }[] = [];
        const shownBy = (snapshot: Snapshot): Set<Commit> => new Set(commits.filter((one) => shows(snapshot, one)));
        for (const action of actions) {
          if (action.does === "begin") {
            const snapshot = versions.view(action.lane);
            open.push({ ...action, snapshot, saw: shownBy(snapshot) });
          } else if (action.does === "take over") {
            if (action.lane !== action.from) versions.takeOver(action.lane, action.from);
          } else {
            const [txn] = open.splice(action.which % Math.max(1, open.length), 1);
            if (txn === undefined) continue;
            const isNewest = commits.every((one) => one.key !== txn.key || txn.saw.has(one));
            expect(versions.isNewest(txn.key, txn.snapshot)).toBe(isNewest);
            if (!isNewest) conflicts++;
            if (!isNewest) continue;
            const value = commits.length;
            const stamp = versions.commit(txn.lane, txn.snapshot, [[txn.key, value]]);
            // A commit follows those of its lane that came before it, too.
            const saw = new Set([...txn.saw, ...commits.filter((one) => one.stamp.lane === txn.lane)]);
            commits.push({ stamp, key: txn.key, value, saw });
          }
          const shown = LANES.map((each) => shownBy(versions.view(each)));
          expect(shown.every((set) => [...set].every((one) => [...one.saw].every((cause) => set.has(cause))))).toBe(
            true,
          );
          const last = (set: ReadonlySet<Commit>, key: string): number | null => {
            const ofKey = [...set].filter((one) => one.key === key);
            return ofKey.find((one) => ofKey.every((other) => other === one || one.saw.has(other)))?.value ?? null;
          };
          expect(LANES.map((each) => KEYS.map((key) => versions.read(key, versions.view(each))))).toEqual(
            shown.map((set) => KEYS.map((key) => last(set, key))),
          );
          const [a = new Set<Commit>(), b = new Set<Commit>()] = shown;
          if ([...a].some((one) => !b.has(one)) && [...b].some((one) => !a.has(one))) forks++;
        }
        // In the end every lane sees everything.
        for (const _ of commits) for (const to of LANES) for (const from of LANES) versions.takeOver(to, from);
        for (const each of LANES) expect(shownBy(versions.view(each)).size).toBe(commits.length);
      }),
      { numRuns: 100 },
    );
    expect(forks).toBeGreaterThan(20);
    expect(conflicts).toBeGreaterThan(20);
  });

  it("are all shown in every lane after a restart", () => {
    const versions = new Versions(3, [[["x", 1]], [["x", 2]], [["y", 3]]]);
    for (const each of LANES) {
      expect(KEYS.map((key) => versions.read(key, versions.view(each)))).toEqual([2, 3]);
      expect(versions.isNewest("x", versions.view(each))).toBe(true);
    }
  });
});
