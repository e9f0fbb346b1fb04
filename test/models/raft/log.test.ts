import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RaftLog } from "../../../src/models/raft/log.ts";
import type { Conflict, Entry } from "../../../src/models/raft/messages.ts";
import { SimDisk } from "../../../src/runtimes/sim/disk.ts";

const entry = (term: number, seq = 0): Entry => ({
  term,
  command: seq === 0 ? null : { client: "c0", seq, op: { f: "write", key: "x", input: seq } },
});

const disk = (): SimDisk => {
  const made: SimDisk = new SimDisk(true, () => made.synced());
  return made;
};

function logOf(terms: readonly number[]): RaftLog {
  const log = new RaftLog(disk());
  for (const term of terms) log.append(entry(term));
  return log;
}

const termsOf = (log: RaftLog): number[] => log.slice(1, 1_000_000).map(({ term }) => term);

/** Terms of a log: never falling, as leaders append their own term and terms only grow. */
const terms = fc.array(fc.nat({ max: 2 }), { maxLength: 12 }).map((steps) => {
  let term = 1;
  return steps.map((step) => {
    term += step;
    return term;
  });
});

/** The receiver's rules of Figure 2, word by word, on plain arrays. */
function naiveAccept(log: readonly number[], prev: number, prevTerm: number, entries: readonly number[]) {
  if (prev > log.length || (prev > 0 && log[prev - 1] !== prevTerm)) return undefined;
  const result = [...log];
  entries.forEach((term, i) => {
    const index = prev + 1 + i;
    if (index <= result.length && result[index - 1] !== term) result.length = index - 1;
    if (index > result.length) result.push(term);
  });
  return result;
}

describe("the AppendEntries consistency check (§5.3, Figure 2)", () => {
  test("agrees with the naive rules on any log and message", () => {
    fc.assert(
      fc.property(
        terms,
        terms,
        fc.nat(),
        fc.nat(),
        fc.option(fc.nat({ max: 8 }), { nil: undefined }),
        (mine, theirs, at, count, wrongTerm) => {
          const prev = at % (theirs.length + 1);
          const prevTerm = wrongTerm ?? theirs[prev - 1] ?? 0;
          fc.pre(prev > 0 || prevTerm === 0);
          const sent = theirs.slice(prev, prev + (count % 5));
          const expected = naiveAccept(mine, prev, prevTerm, sent);
          const log = logOf(mine);
          const result = log.accept(
            prev,
            prevTerm,
            sent.map((term) => entry(term)),
          );
          if (!expected) {
            expect(result).toHaveProperty("conflictIndex");
            expect(termsOf(log)).toEqual(mine);
          } else {
            expect(result).toMatchObject({ matchIndex: prev + sent.length });
            expect(termsOf(log)).toEqual(expected);
            if ("from" in result)
              expect(termsOf(log).slice(result.from - 1, result.from - 1 + result.appended.length)).toEqual(
                result.appended.map(({ term }) => term),
              );
          }
          expect(log.lastTerm).toBe(termsOf(log).at(-1) ?? 0);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("a message that comes again, or late, deletes nothing", () => {
    const log = logOf([1, 1, 2, 2]);
    expect(log.accept(1, 1, [entry(1)])).toEqual({ matchIndex: 2, from: 3, appended: [] });
    expect(log.accept(2, 1, [])).toEqual({ matchIndex: 2, from: 3, appended: [] });
    expect(termsOf(log)).toEqual([1, 1, 2, 2]);
  });

  test("a conflicting entry is deleted with all that follow it", () => {
    const log = logOf([1, 1, 2, 2]);
    expect(log.accept(2, 1, [entry(3)])).toMatchObject({ matchIndex: 3, truncatedTo: 2, from: 3 });
    expect(termsOf(log)).toEqual([1, 1, 3]);
  });

  test("the bug truncate-on-append deletes entries that match", () => {
    const log = logOf([1, 1, 2, 2]);
    log.accept(1, 1, [entry(1)], true);
    expect(termsOf(log)).toEqual([1, 1]);
  });
});

describe("the log on disk", () => {
  test("is what a restart loads, runs of terms included", () => {
    fc.assert(
      fc.property(terms, fc.nat(), (all, cut) => {
        const on = disk();
        const log = new RaftLog(on);
        for (const term of all) log.append(entry(term, term));
        log.truncate(Math.min(all.length, cut % 13));
        const again = new RaftLog(on);
        expect(termsOf(again)).toEqual(termsOf(log));
        expect(again.lastTerm).toBe(log.lastTerm);
        for (let index = 0; index <= all.length + 1; index++) expect(again.termAt(index)).toBe(log.termAt(index));
      }),
    );
  });
});

/** Both parts of §5.3's dialogue, until the logs meet; gives the number of refusals. */
function backUpUntilAccepted(leader: RaftLog, follower: RaftLog): number {
  let nextIndex = leader.lastIndex + 1;
  for (let refusals = 0; refusals <= leader.lastIndex + 1; refusals++) {
    const prev = nextIndex - 1;
    const result = follower.accept(prev, leader.termAt(prev) ?? 0, leader.slice(nextIndex, 1_000_000));
    if (!("conflictIndex" in result)) return refusals;
    const backed = leader.backUp(nextIndex, result);
    expect(backed).toBeLessThan(nextIndex);
    nextIndex = backed;
  }
  throw new Error("backing up did not end");
}

describe("fast backup (§5.3, end)", () => {
  test("always ends, with the follower's log equal to the leader's", () => {
    fc.assert(
      fc.property(terms, terms, terms, (shared, mine, theirs) => {
        // By log matching two logs share a prefix, and beyond it no entry at the same index: here one has odd terms there.
        const floor = 2 * (shared.at(-1) ?? 1);
        const common = shared.map((term) => 2 * term);
        const leader = logOf([...common, ...theirs.map((term) => floor + 2 * term)]);
        const follower = logOf([...common, ...mine.map((term) => floor + 2 * term + 1)]);
        backUpUntilAccepted(leader, follower);
        expect(termsOf(follower).slice(0, leader.lastIndex)).toEqual(termsOf(leader));
        if (theirs.length > 0) expect(follower.lastIndex).toBe(leader.lastIndex);
      }),
      { numRuns: 500 },
    );
  });

  test("needs at most one refusal for each term in which the logs differ", () => {
    const leader = logOf([1, ...Array<number>(100).fill(5), ...Array<number>(100).fill(6)]);
    const follower = logOf([1, ...Array<number>(90).fill(2), ...Array<number>(90).fill(3), 4]);
    expect(backUpUntilAccepted(leader, follower)).toBeLessThanOrEqual(4);
  });

  test("never goes below the log's start, whatever the follower claims", () => {
    fc.assert(
      fc.property(
        terms,
        fc.integer({ min: 1, max: 20 }),
        fc.nat({ max: 9 }),
        fc.nat({ max: 20 }),
        (all, next, t, i) => {
          const claim: Conflict = { conflictTerm: t, conflictIndex: i };
          const backed = logOf(all).backUp(next, claim);
          expect(backed).toBeGreaterThanOrEqual(1);
          if (next > 1) expect(backed).toBeLessThan(next);
        },
      ),
    );
  });
});

describe("a log without its first entries (§7)", () => {
  const always = () => {};

  test("answers as the whole log does, on any message and after a restart, unless asked for what is gone", () => {
    fc.assert(
      fc.property(terms, terms, fc.nat(), fc.nat(), fc.nat(), (mine, theirs, at, count, cut) => {
        // As committed entries only are compacted, the leader has them all.
        const gone = mine.length === 0 ? 0 : cut % (mine.length + 1);
        const sentLog = [...mine.slice(0, gone), ...theirs.map((term) => term + (mine[gone - 1] ?? 0))];
        const prev = at % (sentLog.length + 1);
        const sent = sentLog.slice(prev, prev + (count % 9)).map((term) => entry(term));
        const whole = logOf(mine);
        const on = disk();
        const compacted = new RaftLog(on);
        for (const term of mine) compacted.append(entry(term));
        let head = compacted.head;
        compacted.compact(gone, (published) => {
          head = published;
        });
        const expected = whole.accept(prev, sentLog[prev - 1] ?? 0, sent);
        const result = compacted.accept(prev, sentLog[prev - 1] ?? 0, sent);
        expect("conflictIndex" in result).toBe("conflictIndex" in expected);
        if ("matchIndex" in result && "matchIndex" in expected) {
          expect(result.matchIndex).toBe(expected.matchIndex);
          expect(result.appended).toEqual(expected.appended);
          expect(result.truncatedTo).toBe(expected.truncatedTo);
        }
        for (const log of [compacted, new RaftLog(on, head)]) {
          expect([log.lastIndex, log.lastTerm]).toEqual([whole.lastIndex, whole.lastTerm]);
          for (let index = gone; index <= whole.lastIndex + 1; index++)
            expect(log.termAt(index)).toBe(whole.termAt(index));
          expect(log.slice(gone + 1, 1_000_000)).toEqual(whole.slice(gone + 1, 1_000_000));
          for (let index = 1; index < gone; index++) expect(log.termAt(index)).toBeUndefined();
        }
      }),
      { numRuns: 300 },
    );
  });

  test("may be compacted again and again, and truncated in between", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 9 })), { maxLength: 8 }), (steps) => {
        const on = disk();
        const log = new RaftLog(on);
        const plain: number[] = [];
        let head = log.head;
        for (const [keep, more] of steps) {
          for (let i = 0; i < more; i++) {
            plain.push(plain.length + 1);
            log.append(entry(plain.length));
          }
          const end = Math.max(log.head.index, log.lastIndex - (keep % 3));
          log.truncate(end);
          plain.length = end;
          log.compact(Math.max(log.head.index, log.lastIndex - keep), (published) => {
            head = published;
          });
        }
        for (const one of [log, new RaftLog(on, head)]) {
          expect(one.slice(one.head.index + 1, 1000).map(({ term }) => term)).toEqual(plain.slice(one.head.index));
          expect(one.lastTerm).toBe(plain.at(-1) ?? 0);
        }
      }),
      { numRuns: 100 },
    );
  });

  test("keeps the latest configuration, and takes one back with its entry (§6)", () => {
    const log = new RaftLog(disk());
    const configured = (term: number, ...voters: string[]): Entry => ({
      term,
      command: null,
      configuration: { voters },
    });
    for (const one of [configured(1, "n1", "n2"), entry(1), configured(1, "n1"), entry(1)]) log.append(one);
    log.compact(2, always);
    expect(log.configuration).toEqual({ voters: ["n1"] });
    expect(log.configurationAt(2)).toEqual({ voters: ["n1", "n2"] });
    expect([log.mayVoteSince(2, "n2"), log.mayVoteSince(3, "n2"), log.mayVoteSince(3, "n1")]).toEqual([
      true,
      false,
      true,
    ]);
    log.truncate(2);
    expect(log.configuration).toEqual({ voters: ["n1", "n2"] });
    log.startAfter({ index: 9, term: 3, configuration: null }, always);
    expect([log.configuration, log.lastIndex, log.lastTerm]).toEqual([null, 9, 3]);
  });
});

test("a log of 200,000 entries takes appends, checks and truncation in its stride", () => {
  const log = new RaftLog(new SimDisk(false, () => {}));
  for (let i = 0; i < 200_000; i++) log.append(entry(1 + Math.floor(i / 50)));
  for (let i = 0; i < 20_000; i++) {
    log.accept(log.lastIndex, log.lastTerm, []);
    log.accept(log.lastIndex - 1, 1, []);
    log.slice(log.lastIndex, 256);
  }
  log.truncate(199_000);
  expect(log.lastIndex).toBe(199_000);
  // A copy of the log at each of these steps would take minutes.
});
