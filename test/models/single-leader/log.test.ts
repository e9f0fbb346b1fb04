import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../../src/core/random.ts";
import { Copy } from "../../../src/models/single-leader/copy.ts";
import { type Entry, ReplicationLog, takeOver } from "../../../src/models/single-leader/log.ts";
import { SimDisk } from "../../../src/runtimes/sim/disk.ts";
import { entry, leaderLogs, shapeOf } from "./logs.ts";

const newDisk = (): SimDisk => new SimDisk(true, () => {});

function logOf(entries: readonly Entry[]): ReplicationLog {
  const log = new ReplicationLog(newDisk());
  for (const each of entries) log.append(each);
  return log;
}

const command = fc.oneof(
  fc.record({ append: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ truncate: fc.nat({ max: 10 }) }),
);

describe("ReplicationLog", () => {
  test("memory, shape and disk always say the same", () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        const disk = newDisk();
        const log = new ReplicationLog(disk);
        let expected: Entry[] = [];
        let epoch = 1;
        for (const each of commands) {
          if ("append" in each) {
            epoch = Math.max(epoch, each.append);
            const next = entry(epoch, log.length + 1);
            log.append(next);
            expected.push(next);
          } else {
            log.truncate(each.truncate);
            expected = expected.slice(0, each.truncate);
          }
        }
        for (const read of [log, new ReplicationLog(disk)]) {
          expect(read.after(0)).toEqual(expected);
          expect(read.shape()).toEqual(shapeOf(expected));
          expect(read.epochAt(0)).toBe(0);
          expect(read.epochAt(expected.length)).toBe(expected.at(-1)?.epoch ?? 0);
          expect(read.epochAt(expected.length + 1)).toBeUndefined();
        }
      }),
    );
  });

  test("a crash leaves a prefix of what was not synced, and all that was", () => {
    const disk = newDisk();
    const log = new ReplicationLog(disk);
    log.append(entry(1, 1));
    disk.sync();
    disk.synced();
    log.append(entry(1, 2));
    disk.crash(new Random(1));
    expect(new ReplicationLog(disk).after(0)).toEqual([entry(1, 1)]);
  });

  test("an index that is not there is a mistake of the caller", () => {
    expect(() => logOf([entry(1, 1)]).at(2)).toThrow("the log has 1 entries, none at 2");
  });
});

/** What a leader of `epoch` may send: some of its log, and what stands before it. */
const delivery = fc.record({ leader: fc.nat(), after: fc.nat(), count: fc.nat({ max: 5 }) });

describe("takeOver (log matching: Raft §5.3 and Figure 3)", () => {
  test("late, doubled, reordered and lost messages of many leaders never tear logs that agree", () => {
    fc.assert(
      fc.property(leaderLogs, fc.array(delivery, { maxLength: 40 }), (logs, deliveries) => {
        const follower = logOf([]);
        let epoch = 0;
        for (const { leader, after, count } of deliveries) {
          const sender = leader % logs.length;
          if (sender < epoch) continue; // fenced
          epoch = sender;
          const source = logs[sender] ?? [];
          const from = after % (source.length + 1);
          if (follower.epochAt(from) !== (source[from - 1]?.epoch ?? 0)) continue; // mismatch
          const sent = source.slice(from, from + count);
          const before = follower.after(0);
          const changed = takeOver(follower, from, sent, () => {});
          const now = follower.after(0);
          expect(changed).toBe(JSON.stringify(now) !== JSON.stringify(before));
          // It holds the leader's log up to the last entry sent.
          expect(now.slice(0, from + sent.length)).toEqual(source.slice(0, from + sent.length));
          // What it held of the leader's log before, it still holds.
          let agreed = 0;
          while (agreed < before.length && before[agreed]?.epoch === source[agreed]?.epoch) agreed++;
          expect(now.length).toBeGreaterThanOrEqual(agreed);
          // Equal epochs at an index mean equal entries up to there, against every leader's log.
          for (const log of logs)
            now.forEach(({ epoch: at }, i) => {
              if (log[i]?.epoch === at) expect(log.slice(0, i + 1)).toEqual(now.slice(0, i + 1));
            });
        }
      }),
      { numRuns: 300 },
    );
  });

  test("a suffix of an earlier epoch goes, and the cut is told", () => {
    const log = logOf([entry(1, 1), entry(1, 2), entry(1, 3)]);
    const cuts: number[] = [];
    expect(takeOver(log, 1, [entry(2, 2)], (length) => cuts.push(length))).toBe(true);
    expect(log.after(0)).toEqual([entry(1, 1), entry(2, 2)]);
    expect(cuts).toEqual([1]);
  });

  test("a late message that holds less than is there changes nothing", () => {
    const log = logOf([entry(1, 1), entry(1, 2), entry(1, 3)]);
    expect(takeOver(log, 0, [entry(1, 1)], () => {})).toBe(false);
    expect(log.length).toBe(3);
  });
});

describe("Copy", () => {
  const value = (copy: Copy): unknown => {
    const outcome = copy.read({ f: "read", key: "x", input: null });
    return outcome.type === "ok" ? outcome.value : outcome;
  };

  test("shows a prefix of the log, forwards and backwards", () => {
    const log = logOf([entry(1, 1), entry(1, 2), { epoch: 2, op: null }, entry(2, 4)]);
    const copy = new Copy();
    expect(value(copy)).toBeNull();
    copy.advance(log, 3);
    expect(value(copy)).toBe("1/2");
    copy.advance(log, 4);
    expect([value(copy), copy.applied]).toEqual(["2/4", 4]);
    copy.rollBack(log, 1);
    expect([value(copy), copy.applied]).toEqual(["1/1", 1]);
    copy.rollBack(log, 3);
    expect(copy.applied).toBe(1);
  });

  test("decides a compare-and-set at its place in the log", () => {
    const cas = (from: string, to: string): Entry => ({ epoch: 1, op: { f: "cas", key: "x", input: [from, to] } });
    const log = logOf([entry(1, 1), cas("1/1", "a"), cas("1/1", "b")]);
    const outcomes: [number, string][] = [];
    new Copy().advance(log, 3, (index, { type }) => outcomes.push([index, type]));
    expect(outcomes).toEqual([
      [1, "ok"],
      [2, "ok"],
      [3, "fail"],
    ]);
  });
});
