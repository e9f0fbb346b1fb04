import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import type { Outcome } from "../../../src/core/operation.ts";
import type { BugName } from "../../../src/models/dynamodb/bugs.ts";
import type { Item, StreamRecord } from "../../../src/models/dynamodb/messages.ts";
import {
  isLater,
  itemCell,
  positionIn,
  recordsAfter,
  recordsIn,
  replicate,
  tableMachine,
  type Update,
  updateItem,
} from "../../../src/models/dynamodb/table.ts";
import type { Machine } from "../../../src/models/shared/group.ts";
import type { Contents } from "../../../src/models/shared/key-value.ts";

const KEYS = ["x", "y"];
const REGIONS = ["east", "west"] as const;

const machineOf = (region: string, bug?: BugName): Machine =>
  tableMachine({ region, streamed: true, bug, trace: () => {} });

const itemsOf = (copy: Contents): (Json | undefined)[] => KEYS.map((key) => copy.get(itemCell(key)));

describe("writes of clients (Elhemali et al., ATC 2022, §3)", () => {
  const write = fc.record({
    client: fc.constantFrom("c0", "c1"),
    seq: fc.integer({ min: 1, max: 4 }),
    key: fc.constantFrom(...KEYS),
    write: fc.oneof(
      fc.record({ f: fc.constant("increment"), input: fc.constant(1) }),
      fc.record({ f: fc.constant("cas"), input: fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 })) }),
    ),
    nowMs: fc.nat({ max: 9 }),
  });
  type Write = typeof write extends fc.Arbitrary<infer T> ? T : never;
  const run = (log: readonly Write[], bug?: BugName): { copy: Contents; outcomes: Outcome[] } => {
    const copy: Contents = new Map();
    const machine = machineOf("east", bug);
    const outcomes = log.map(({ key, client, seq, write: { f, input }, nowMs }) =>
      machine(copy, updateItem(key, { client, seq, f, input, nowMs } as Update)),
    );
    return { copy, outcomes };
  };

  test("a log with retries has the effect of the same log without them, and they are answered alike", () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 20 }), (log) => {
        const newest = new Map<string, number>();
        const first = log.map(({ client, seq }) => {
          const isNew = seq > (newest.get(client) ?? 0);
          if (isNew) newest.set(client, seq);
          return isNew;
        });
        const { copy, outcomes } = run(log);
        const plain = run(log.filter((_, i) => first[i]));
        expect(itemsOf(copy)).toEqual(itemsOf(plain.copy));
        expect(recordsAfter(copy, 0, 100)).toEqual(recordsAfter(plain.copy, 0, 100));
        expect(outcomes.filter((_, i) => first[i])).toEqual(plain.outcomes);
        for (const [i, { client, seq }] of log.entries()) {
          const original = log.findIndex((one, j) => first[j] && one.client === client && one.seq === seq);
          const isNewest = log.slice(0, i).every((one) => one.client !== client || one.seq <= seq);
          if (isNewest) expect(outcomes[i]).toEqual(outcomes[original]);
          else expect(outcomes[i]?.type).toBe("info");
        }
      }),
      { numRuns: 300 },
    );
  });

  test("a condition that does not hold leaves the item, its stamp and the stream as they were", () => {
    const copy: Contents = new Map();
    const machine = machineOf("east");
    const update = (seq: number, f: string, input: Json): Outcome =>
      machine(copy, updateItem("x", { client: "c0", seq, f, input, nowMs: seq }));
    expect(update(1, "write", 7).type).toBe("ok");
    const before = itemsOf(copy);
    expect(update(2, "cas", [8, 9]).type).toBe("fail");
    expect([itemsOf(copy), recordsIn(copy)]).toEqual([before, 1]);
    expect(update(3, "cas", [7, 9]).type).toBe("ok");
    expect(recordsAfter(copy, 0, 9).map(({ value }) => value)).toEqual([7, 9]);
  });
});

/** A client of a region writes, or some records of the other region's stream arrive: from before or after what is due. */
interface Step {
  readonly what: "write" | "records";
  readonly region: 0 | 1;
  readonly key: string;
  readonly nowMs: number;
  readonly offset: number;
  readonly length: number;
}

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    what: fc.constantFrom("write", "records"),
    region: fc.constantFrom(0 as const, 1 as const),
    key: fc.constantFrom(...KEYS),
    nowMs: fc.nat({ max: 5 }),
    offset: fc.integer({ min: -2, max: 1 }),
    length: fc.nat({ max: 3 }),
  }),
  { maxLength: 24 },
);

interface Ended {
  readonly copies: readonly [Contents, Contents];
  /** True if an item's stamp ever fell, or the position in a stream did. */
  readonly wentBack: boolean;
}

/** Two regions; in the end all records arrive. Every write writes a value of its own. */
function execute(taken: readonly Step[], bug?: BugName): Ended {
  const copies: [Contents, Contents] = [new Map(), new Map()];
  const machines = REGIONS.map((region) => machineOf(region, bug));
  let wentBack = false;
  let written = 0;
  const apply = (region: 0 | 1, op: Parameters<Machine>[1]): void => {
    const before = itemsOf(copies[region]) as (Item | undefined)[];
    const position = positionIn(copies[region]);
    machines[region]?.(copies[region], op);
    if (positionIn(copies[region]) < position) wentBack = true;
    for (const [i, item] of (itemsOf(copies[region]) as (Item | undefined)[]).entries()) {
      const held = before[i];
      if (held !== undefined && item !== undefined && isLater(held, item)) wentBack = true;
    }
  };
  const bring = (region: 0 | 1, after: number, limit: number): void => {
    const records = recordsAfter(copies[region === 0 ? 1 : 0], after, limit);
    if (records.length > 0) apply(region, replicate({ after, records }));
  };
  for (const { what, region, key, nowMs, offset, length } of taken) {
    if (what === "records") bring(region, Math.max(0, positionIn(copies[region]) + offset), length);
    else {
      const seq = ++written;
      apply(region, updateItem(key, { client: "c0", seq, f: "write", input: seq, nowMs }));
    }
  }
  for (const region of [0, 1] as const) bring(region, positionIn(copies[region]), 100);
  return { copies, wentBack };
}

/** Slowly: of all that was recorded in either region, what has the latest stamp. */
const latestOf = (copies: readonly Contents[]): (Item | undefined)[] =>
  KEYS.map((key) => {
    const versions = copies.flatMap((copy) => recordsAfter(copy, 0, 100)).filter((record) => record.key === key);
    const [latest] = versions.toSorted((a, b) => b.atMs - a.atMs || (a.region < b.region ? 1 : -1));
    if (latest === undefined) return undefined;
    const { key: _, ...item } = latest satisfies StreamRecord;
    return item;
  });

const holdsFor = ({ copies, wentBack }: Ended): boolean => {
  const wanted = JSON.stringify(latestOf(copies));
  return !wentBack && copies.every((copy) => JSON.stringify(itemsOf(copy)) === wanted);
};

describe("two regions (Developer Guide, global tables: last writer wins)", () => {
  test("end with the latest version of each item, whatever arrives twice, late or too early, and neither stamp nor position ever falls", () => {
    let conflicts = 0;
    fc.assert(
      fc.property(steps, (taken) => {
        const ended = execute(taken);
        const [east, west] = ended.copies;
        expect(itemsOf(east)).toEqual(latestOf(ended.copies));
        expect(itemsOf(west)).toEqual(latestOf(ended.copies));
        expect(ended.wentBack).toBe(false);
        expect([positionIn(east), positionIn(west)]).toEqual([recordsIn(west), recordsIn(east)]);
        if (recordsIn(east) > 0 && recordsIn(west) > 0) conflicts++;
      }),
      { numRuns: 400 },
    );
    expect(conflicts).toBeGreaterThan(100);
  });

  test.each(["arrival-order", "timestamp-goes-back", "stream-drops-on-failover"] as const)("%s breaks that", (bug) => {
    const { failed } = fc.check(
      fc.property(steps, (taken) => holdsFor(execute(taken, bug))),
      { numRuns: 2000, seed: 1 },
    );
    expect(failed).toBe(true);
  });

  test("a copy gives the records that follow a number, a few at a time", () => {
    const { copies } = execute(
      [1, 2, 3].map((nowMs) => ({ what: "write", region: 0, key: "x", nowMs, offset: 0, length: 0 })),
    );
    expect(recordsAfter(copies[0], 1, 1).map(({ atMs }) => atMs)).toEqual([2]);
    expect(recordsAfter(copies[0], 3, 9)).toEqual([]);
  });
});
