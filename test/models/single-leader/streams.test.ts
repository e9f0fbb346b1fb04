import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Env } from "../../../src/core/replica.ts";
import { Copy, streamOf } from "../../../src/models/single-leader/copy.ts";
import { type Entry, ReplicationLog } from "../../../src/models/single-leader/log.ts";
import { STREAMS } from "../../../src/models/single-leader/settings.ts";
import { Streams } from "../../../src/models/single-leader/streams.ts";
import { SimDisk } from "../../../src/runtimes/sim/disk.ts";

/** Of four streams, one each. */
const KEYS = ["a", "b", "c", "d"];

const set = (key: string, index: number): Entry => ({ epoch: 1, op: { f: "write", key, input: index } });
const setAll = (keys: readonly string[], index: number): Entry => ({
  epoch: 1,
  op: { f: "txn", input: keys.map((key) => ["w", key, index]) },
});

/** Logs in which every entry writes its own index. */
const logs = (transactions: boolean): fc.Arbitrary<Entry[]> =>
  fc
    .array(
      transactions ? fc.subarray(KEYS, { minLength: 1, maxLength: 2 }) : fc.constantFrom(...KEYS.map((key) => [key])),
      {
        maxLength: 20,
      },
    )
    .map((writes) => writes.map((keys, i) => (keys.length > 1 ? setAll(keys, i + 1) : set(keys[0] ?? "", i + 1))));

function logOf(entries: readonly Entry[]): ReplicationLog {
  const log = new ReplicationLog(new SimDisk(true, () => {}));
  for (const each of entries) log.append(each);
  return log;
}

const streamOfKey = (key: string): number => streamOf({ f: "read", key, input: null }, STREAMS) ?? -1;

const valuesOf = (copy: Copy): unknown[] =>
  KEYS.map((key) => {
    const outcome = copy.read({ f: "read", key, input: null });
    return outcome.type === "ok" ? outcome.value : outcome;
  });

/** What a key holds after the entries up to `index`: the index of the last one that writes it. */
function valueAt(entries: readonly Entry[], key: string, index: number): number | null {
  const writes = ({ op }: Entry): boolean => op?.key === key || JSON.stringify(op?.input ?? null).includes(`"${key}"`);
  const last = entries.slice(0, index).findLastIndex(writes);
  return last < 0 ? null : last + 1;
}

test("keys are dealt out among all streams, and what has keys of several belongs to none", () => {
  expect(new Set(KEYS.map(streamOfKey)).size).toBe(STREAMS);
  const streamOfBoth = (read: string, written: string, streams: number): number | undefined =>
    streamOf(
      {
        f: "txn",
        input: [
          ["r", read, null],
          ["w", written, 1],
        ],
      },
      streams,
    );
  expect(streamOfBoth("a", "b", STREAMS)).toBeUndefined();
  expect(streamOfBoth("a", "a", STREAMS)).toBe(streamOfKey("a"));
  expect(streamOfBoth("a", "b", 1)).toBe(0);
});

const step = fc.oneof(
  fc.record({ all: fc.nat() }),
  fc.record({ stream: fc.nat({ max: STREAMS - 1 }), to: fc.nat() }),
  fc.record({ cut: fc.nat() }),
);

describe("a copy in several streams", () => {
  test("shows of each key the prefix that its stream has come to, forwards and backwards", () => {
    fc.assert(
      fc.property(logs(false), fc.array(step, { maxLength: 12 }), (entries, steps) => {
        const log = logOf(entries);
        const copy = new Copy(STREAMS);
        const done = Array<number>(STREAMS).fill(0);
        for (const each of steps) {
          if ("all" in each) {
            const to = each.all % (log.length + 1);
            copy.advance(log, to);
            done.forEach((index, stream) => {
              done[stream] = Math.max(index, to);
            });
          } else if ("stream" in each) {
            const to = each.to % (log.length + 1);
            copy.advanceStream(log, each.stream, to);
            done[each.stream] = Math.max(done[each.stream] ?? 0, to);
          } else {
            const to = each.cut % (log.length + 1);
            log.truncate(to);
            copy.rollBack(log, to);
            done.forEach((index, stream) => {
              done[stream] = Math.min(index, to);
            });
          }
          expect(valuesOf(copy)).toEqual(KEYS.map((key) => valueAt(entries, key, done[streamOfKey(key)] ?? 0)));
          expect(copy.applied).toBe(Math.min(...done));
        }
      }),
    );
  });

  test("tells the outcome of what it applies once", () => {
    const log = logOf([set("a", 1), set("b", 2), setAll(["a", "b"], 3)]);
    const copy = new Copy(STREAMS);
    copy.advanceStream(log, streamOfKey("b"), 2);
    const told: number[] = [];
    copy.advance(log, 2, (index) => told.push(index));
    copy.advance(log, 3, (index) => told.push(index));
    expect(told).toEqual([1, 3]);
    expect(valuesOf(copy)).toEqual([3, 3, null, null]);
  });
});

/** Streams on a node of which the test says when timers fire. */
function pace(
  log: ReplicationLog,
  onProgress: (done: readonly number[]) => void,
): { streams: Streams; timers: string[] } {
  const timers: string[] = [];
  const env = { random: () => 0.5, setTimer: (name: string) => timers.push(name) } satisfies Partial<Env>;
  return { streams: new Streams(env as unknown as Env, log, onProgress), timers };
}

const event = fc.oneof({ weight: 3, arbitrary: fc.record({ timer: fc.nat() }) }, fc.record({ goal: fc.nat() }));

describe("the pace of streams", () => {
  test("each goes on by itself, but none passes an entry of several before all have come to it", () => {
    let apart = 0;
    fc.assert(
      fc.property(logs(true), fc.array(event, { maxLength: 40 }), (entries, events) => {
        const log = logOf(entries);
        const shared = entries.flatMap(({ op }, i) =>
          op !== null && streamOf(op, STREAMS) === undefined ? [i + 1] : [],
        );
        const copy = new Copy(STREAMS);
        let last: readonly number[] = Array<number>(STREAMS).fill(0);
        const { streams, timers } = pace(log, (done) => {
          expect(done.every((index, stream) => index >= (last[stream] ?? 0))).toBe(true);
          const together = (at: number): boolean => [0, STREAMS].includes(done.filter((index) => index >= at).length);
          expect(shared.filter((at) => !together(at))).toEqual([]);
          if (Math.max(...done) > Math.min(...done)) apart++;
          last = [...done];
          copy.advance(log, Math.min(...done));
          for (const [stream, index] of done.entries()) copy.advanceStream(log, stream, index);
        });
        const fire = (which: number): void => streams.onTimer(timers.splice(which % timers.length, 1)[0] ?? "");
        for (const each of events)
          if ("goal" in each) streams.advance(each.goal % (log.length + 1), copy.applied);
          else if (timers.length > 0) fire(each.timer);
        streams.advance(log.length, copy.applied);
        while (timers.length > 0) fire(0);
        expect(copy.applied).toBe(log.length);
        expect(valuesOf(copy)).toEqual(KEYS.map((key) => valueAt(entries, key, log.length)));
      }),
    );
    expect(apart).toBeGreaterThan(0);
  });

  test("what was cut off is not waited for, nor done", () => {
    const log = logOf([set("a", 1), set("b", 2), set("c", 3)]);
    const done: number[][] = [];
    const { streams, timers } = pace(log, (now) => done.push([...now]));
    streams.advance(3, 0);
    log.truncate(1);
    streams.rollBack(1);
    for (const timer of timers.splice(0)) streams.onTimer(timer);
    expect(done.at(-1)).toEqual([1, 1, 1, 1]);
    expect(timers).toEqual([]);
  });
});
