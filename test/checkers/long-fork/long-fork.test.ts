import { describe, expect, it } from "vitest";
import { longFork } from "../../../checkers/long-fork/index.ts";
import { DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Operation } from "../../../src/core/operation.ts";
import { agree, concurrently, type Opinion, opinionOf } from "../../support/agree.ts";
import { history, type Sketch } from "../../support/histories.ts";
import { runs } from "../../support/runs.ts";

const check = (sketches: readonly Sketch[], groupSize?: number): Verdict =>
  longFork(groupSize === undefined ? {} : { groupSize }).check(history(sketches), DEFAULT_BUDGET);
const write = (p: number, key: number, end: Partial<Sketch> = { ret: p + 1 }): Sketch => ({
  p,
  f: "txn",
  input: [["w", key, 1]],
  call: p,
  ...end,
});
const read = (p: number, ...found: (readonly [key: number, value: Json])[]): Sketch => ({
  p,
  f: "txn",
  input: found.map(([key]) => ["r", key, null]),
  call: p,
  ret: p + 1,
  ok: found.map(([key, value]) => ["r", key, value]),
});

/**
 * Tries every order of the writes, each read wherever it fits first: it must see the state that the writes before it have
 * made.
 */
function serializable(ops: readonly Operation[]): boolean {
  const place = (
    writes: readonly Operation[],
    reads: readonly Operation[],
    state: Readonly<Record<string, Json>>,
  ): boolean => {
    const left = reads.filter((op) => found(op).some(([, key, value]) => (state[key] ?? null) !== value));
    if (left.length === 0) return true;
    return writes.some((op) =>
      place(
        writes.filter((other) => other !== op),
        left,
        { ...state, [keyOf(op)]: 1 },
      ),
    );
  };
  const writes = ops.filter((op) => !isRead(op) && op.outcome.type !== "fail");
  return place(
    writes,
    ops.filter((op) => isRead(op) && op.outcome.type === "ok"),
    {},
  );
}

type MicroOp = [f: string, key: number, value: Json];
const isRead = ({ input }: Operation): boolean => (input as unknown as MicroOp[]).every(([f]) => f === "r");
const keyOf = ({ input }: Operation): number => (input as unknown as MicroOp[])[0]?.[1] ?? 0;
const found = ({ outcome }: Operation): MicroOp[] =>
  outcome.type === "ok" ? (outcome.value as unknown as MicroOp[]) : [];

/** The verdict only: which pairs of reads are named does not matter. */
const expected = ({ ops }: History): Opinion => {
  const reads = ops.filter((op) => isRead(op) && op.outcome.type === "ok");
  if (!serializable(ops)) return "invalid";
  const groups = reads.map((op) => Math.floor((found(op)[0]?.[1] ?? 0) / 2));
  return groups.some((group, i) => groups.indexOf(group) !== i) ? "valid" : "unknown";
};

describe("long fork (Jepsen, tests/long_fork and its test)", () => {
  it("is two reads that saw two writes in opposite orders", () => {
    const writes = [write(0, 0), write(1, 1), write(2, 2)];
    const verdict = check([...writes, read(10, [0, 1], [1, 1], [2, null]), read(11, [2, 1], [0, 1], [1, null])], 3);
    expect(verdict).toMatchObject({
      valid: false,
      checked: 2,
      anomalies: [{ kind: "long-fork", rulesOut: ["prefix", "repeatable-read"], ops: [3, 4] }],
    });
    expect(verdict.valid === false && verdict.anomalies[0].explanation).toMatch(
      /^process 10 saw the write of 1 and not that of 2, and process 11 saw that of 2 and not that of 1/,
    );
  });

  it("is none where one read saw all that the other did", () => {
    const writes = [write(0, 0), write(1, 1), write(2, 4, {})];
    const reads = [
      read(10, [0, 1], [1, null]),
      read(11, [1, 1], [0, 1]),
      read(12, [4, 1], [5, null]),
      read(13, [4, null], [5, null]),
    ];
    expect(check([...writes, ...reads])).toEqual({ valid: true, checked: 4 });
  });

  it("reports a value that nobody wrote, or whose write failed", () => {
    expect(check([read(10, [0, 1], [1, null])])).toMatchObject({
      anomalies: [{ kind: "thin-air-read", rulesOut: ["read-committed"] }],
    });
    expect(check([write(0, 0, { ret: 1, fail: "abort" }), read(10, [0, 1], [1, null])])).toMatchObject({
      anomalies: [{ kind: "aborted-read", ops: [0, 1] }],
    });
    expect(check([write(0, 0), read(10, [0, 2], [1, null])])).toMatchObject({ anomalies: [{ kind: "thin-air-read" }] });
  });

  it("is malformed where keys are written twice, groups differ or overlap, or transactions mix", () => {
    const malformed = { valid: "unknown", why: "malformed" };
    expect(check([write(0, 0), write(1, 0)])).toMatchObject(malformed);
    expect(check([write(0, 0), write(1, 0, { ret: 2, fail: "abort" })])).toMatchObject(malformed);
    expect(check([read(0, [0, null], [1, null]), read(1, [2, null])])).toMatchObject(malformed);
    expect(check([read(0, [0, null])], 2)).toMatchObject(malformed);
    expect(check([read(0, [0, null], [1, null]), read(1, [1, null], [2, null])])).toMatchObject(malformed);
    expect(check([read(0, [0, null], [0, null])])).toMatchObject(malformed);
    expect(
      check([
        {
          p: 0,
          f: "txn",
          input: [
            ["w", 0, 1],
            ["r", 1, null],
          ],
          call: 0,
        },
      ]),
    ).toMatchObject(malformed);
    expect(check([{ p: 0, f: "txn", input: [["w", 0, null]], call: 0 }])).toMatchObject(malformed);
    expect(check([{ p: 0, f: "write", input: 3, call: 0 }])).toMatchObject(malformed);
    expect(check([read(0, [0, 1], [1, null]), read(1, [0, 2], [1, null])])).toMatchObject(malformed);
  });

  it("is not judged where no group was read twice", () => {
    expect(check([write(0, 0), read(5, [0, null], [1, null]), read(7, [2, null], [3, null])])).toMatchObject({
      why: "vacuous",
    });
  });

  it("agrees with trying every order of the transactions", () => {
    const count = runs(20_000);
    agree({
      count,
      make: (random) => {
        const free = random.shuffle([0, 1, 2, 3]);
        const written: number[] = [];
        return concurrently(random, { threads: 3, max: 12 }, () => {
          const key = random.chance(0.4) ? free.pop() : undefined;
          if (key !== undefined) {
            written.push(key);
            return { f: "txn", input: [["w", key, 1]] };
          }
          const group = random.chance(0.9) ? [0, 1] : [2, 3];
          const keys = random.shuffle(group);
          const sees = (key: number): boolean => (written.includes(key) ? random.chance(0.5) : random.chance(0.06));
          return {
            f: "txn",
            input: keys.map((key) => ["r", key, null]),
            ok: keys.map((key) => ["r", key, sees(key) ? 1 : null]),
          };
        });
      },
      actual: (made) => opinionOf(longFork(), made).split(" ")[0] ?? "",
      expected,
    });
  });
});
