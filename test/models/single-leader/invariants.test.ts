import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import type { Invariant } from "../../../src/core/model.ts";
import { acknowledgedStays, logMatching, oneLeader } from "../../../src/models/single-leader/invariants.ts";
import type { Entry } from "../../../src/models/single-leader/log.ts";
import { entry, shapeOf } from "./logs.ts";

type Fact = readonly [node: string, event: string, detail: JsonObject];

/** What the invariant says, fact by fact; only the sentences. */
const judge = (invariant: Invariant, ...facts: readonly Fact[]): string[] =>
  facts.map((fact) => invariant.onTrace(...fact)).filter((ruling) => typeof ruling === "string");

/** How many facts put the invariant to the test. */
const tests = (invariant: Invariant, ...facts: readonly Fact[]): number =>
  facts.filter((fact) => invariant.onTrace(...fact) !== undefined).length;

const leader = (node: string, term: number, ...log: Entry[]): Fact => [node, "leader", { term, ...shapeOf(log) }];
const acknowledge = (node: string, epoch: number, index: number): Fact => [node, "acknowledge", { epoch, index }];
const append = (node: string, after: number, afterEpoch: number, ...entries: Entry[]): Fact => [
  node,
  "append",
  { after, afterEpoch, entries },
];

test("what could not have failed is no test", () => {
  const log = [entry(1, 1), entry(1, 2)];
  expect(tests(oneLeader(), leader("n1", 1), append("n1", 0, 0, entry(1, 1)))).toBe(1);
  expect(tests(logMatching(), append("n1", 0, 0, entry(1, 1)), append("n2", 0, 0, ...log))).toBe(1);
  // With nothing acknowledged no leader lacks anything, nor does one that only acknowledges its own.
  expect(tests(acknowledgedStays(), leader("n1", 1), leader("n2", 2, ...log))).toBe(0);
  expect(tests(acknowledgedStays(), leader("n1", 1), acknowledge("n1", 1, 2))).toBe(0);
  expect(tests(acknowledgedStays(), acknowledge("n1", 1, 2), leader("n2", 2, ...log))).toBe(1);
});

describe("one leader an epoch", () => {
  test("two of them; one that comes back is no other", () => {
    expect(judge(oneLeader(), leader("n1", 1), leader("n2", 2), leader("n1", 1))).toEqual([]);
    expect(judge(oneLeader(), leader("n1", 1), leader("n2", 1))).toEqual(["n1 and n2 both lead epoch 1"]);
  });
});

describe("log matching (Raft §5.3)", () => {
  test("one epoch and index, two operations", () => {
    const other: Entry = { epoch: 1, op: null };
    expect(judge(logMatching(), append("n1", 0, 0, entry(1, 1)), append("n2", 0, 0, entry(1, 1)))).toEqual([]);
    expect(judge(logMatching(), append("n1", 0, 0, entry(1, 1)), append("n2", 0, 0, entry(2, 1)))).toEqual([]);
    expect(judge(logMatching(), append("n1", 0, 0, entry(1, 1)), append("n2", 0, 0, other))).toEqual([
      'entry 1 of epoch 1 is {"f":"write","key":"x","input":"1/1"} on n1 but null on n2',
    ]);
  });

  test("one entry behind two others", () => {
    const logs = [append("n1", 0, 0, entry(1, 1), entry(3, 2)), append("n2", 1, 2, entry(3, 2))];
    expect(judge(logMatching(), ...logs)).toEqual(["entry 2 of epoch 3 follows epoch 1 on n1 but epoch 2 on n2"]);
  });
});

describe("what is acknowledged stays (leader completeness: Raft §5.4.3)", () => {
  const both = [entry(1, 1), entry(1, 2)];
  const lacking = "n2 leads epoch 2 without entry 2, acknowledged in epoch 1";

  test("a later leader has it, whichever comes first", () => {
    const acknowledged = acknowledge("n1", 1, 2);
    expect(judge(acknowledgedStays(), acknowledged, leader("n2", 2, ...both))).toEqual([]);
    expect(judge(acknowledgedStays(), acknowledged, leader("n2", 2, entry(1, 1)))).toEqual([lacking]);
    expect(judge(acknowledgedStays(), leader("n2", 2, entry(1, 1), entry(2, 2)), acknowledged)).toEqual([lacking]);
    expect(judge(acknowledgedStays(), leader("n2", 2, ...both), acknowledged)).toEqual([]);
  });

  test("one of an earlier epoch need not, but must have its own", () => {
    const later = acknowledge("n2", 2, 2);
    expect(judge(acknowledgedStays(), leader("n1", 1, entry(1, 1)), later)).toEqual([]);
    expect(judge(acknowledgedStays(), acknowledge("n1", 1, 2), leader("n1", 1, entry(1, 1)))).toHaveLength(1);
  });
});
