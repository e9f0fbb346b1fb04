import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import type { Invariant } from "../../../src/core/model.ts";
import {
  electionSafety,
  leaderAppendOnly,
  leaderCompleteness,
  logMatching,
  stateMachineSafety,
} from "../../../src/models/raft/invariants.ts";

type Fact = readonly [node: string, event: string, detail: JsonObject];

/** What the invariant says, fact by fact; only the sentences. */
const judge = (invariant: Invariant, ...facts: readonly Fact[]): string[] =>
  facts.flatMap(([node, event, detail]) => invariant.onTrace(node, event, detail) ?? []);

const leader = (node: string, term: number): Fact => [node, "leader", { term }];
const follower = (node: string, term: number): Fact => [node, "follower", { term }];
const truncate = (node: string, length: number): Fact => [node, "truncate", { length }];
const commit = (node: string, index: number, term: number): Fact => [node, "commit", { index, term }];
/** Entries as `term:command`. */
const append = (node: string, from: number, ...entries: string[]): Fact => [
  node,
  "append",
  { from, ...split(entries) },
];
const start = (node: string, length: number, ...tail: string[]): Fact => [
  node,
  "start",
  { term: 1, length, from: length - tail.length + 1, ...split(tail) },
];
const split = (entries: readonly string[]) => ({
  terms: entries.map((entry) => Number(entry.split(":")[0])),
  commands: entries.map((entry) => entry.split(":")[1] ?? ""),
});
const apply = (node: string, index: number, term: number, command: string): Fact => [
  node,
  "apply",
  { index, term, command },
];

describe("election safety", () => {
  test("two leaders in a term", () => {
    expect(judge(electionSafety(), leader("n1", 1), follower("n1", 2), leader("n2", 2))).toEqual([]);
    expect(judge(electionSafety(), leader("n1", 1), leader("n2", 1))).toEqual([
      "n1 and n2 were both elected in term 1",
    ]);
    expect(judge(electionSafety(), leader("n1", 1), leader("n1", 1))).toEqual(["n1 was elected twice in term 1"]);
  });
});

describe("leader append-only", () => {
  const led: Fact[] = [start("n1", 0), append("n1", 1, "1:a", "1:b"), leader("n1", 2)];

  test("a leader that deletes or overwrites", () => {
    expect(judge(leaderAppendOnly(), ...led, truncate("n1", 1))).toEqual([
      "n1 deleted entries 2 to 2 of its log while it led",
    ]);
    expect(judge(leaderAppendOnly(), ...led, append("n1", 2, "2:c"))).toEqual([
      "n1 overwrote entries 2 to 2 of its log while it led",
    ]);
  });

  test("a leader may append; a follower, or one that was restarted, may delete", () => {
    expect(judge(leaderAppendOnly(), ...led, append("n1", 3, "2:c"), truncate("n1", 3))).toEqual([]);
    expect(judge(leaderAppendOnly(), ...led, follower("n1", 3), truncate("n1", 1))).toEqual([]);
    expect(judge(leaderAppendOnly(), ...led, start("n1", 2), truncate("n1", 1))).toEqual([]);
  });
});

describe("log matching", () => {
  test("the same index and term, but another command", () => {
    expect(judge(logMatching(), append("n1", 1, "1:a"), append("n2", 1, "1:b"))).toEqual([
      "entry 1 of term 1 is command a on n1 but command b on n2",
    ]);
  });

  test("a shared entry after different ones", () => {
    const facts = [append("n1", 1, "1:a", "3:c"), append("n2", 1, "2:b"), append("n2", 2, "3:c")];
    expect(judge(logMatching(), ...facts)).toEqual([
      "n1 and n2 share entry 2 of term 3, but before it one has term 1, the other term 2",
    ]);
  });

  test("logs may differ where they share no later entry, and a follower may replace what conflicts", () => {
    const facts = [
      append("n1", 1, "1:a", "3:c"),
      append("n2", 1, "1:a", "2:b", "2:d"),
      truncate("n2", 1),
      append("n2", 2, "3:c", "3:e"),
      append("n1", 3, "3:e"),
    ];
    expect(judge(logMatching(), ...facts)).toEqual([]);
  });

  test("a restart gives back what the crash had kept of the last handler", () => {
    const facts = [append("n1", 1, "1:a"), start("n1", 3, "1:a", "1:b", "1:c"), append("n1", 4, "1:d")];
    expect(judge(logMatching(), ...facts, append("n2", 1, "1:a", "1:b", "1:c", "1:d"))).toEqual([]);
  });
});

describe("leader completeness", () => {
  const committed = [
    append("n1", 1, "1:a", "1:b"),
    leader("n1", 1),
    append("n2", 1, "1:a", "1:b"),
    append("n3", 1, "1:a"),
    commit("n1", 2, 1),
  ];

  test("a later leader without a committed entry", () => {
    expect(judge(leaderCompleteness(), ...committed, leader("n2", 2), leader("n3", 3))).toEqual([
      "n3 leads term 3 without entry 2, which was committed in term 1",
    ]);
  });

  test("a later leader with another entry in its place, or one that lost it in a crash", () => {
    const other = [append("n3", 2, "2:c"), leader("n3", 3)];
    expect(judge(leaderCompleteness(), ...committed, ...other)).toHaveLength(1);
    expect(judge(leaderCompleteness(), ...committed, start("n2", 1), leader("n2", 2))).toHaveLength(1);
  });

  test("a deposed leader that commits what its successor does not have", () => {
    const facts = [append("n1", 1, "1:a"), leader("n1", 1), leader("n2", 2), commit("n1", 1, 1)];
    expect(judge(leaderCompleteness(), ...facts)).toEqual([
      "n2 leads term 2 without entry 1, which was committed in term 1",
    ]);
  });

  test("a leader of an earlier term owes nothing", () => {
    expect(
      judge(leaderCompleteness(), append("n1", 1, "2:a"), leader("n1", 2), commit("n1", 1, 2), leader("n3", 1)),
    ).toEqual([]);
  });
});

describe("state machine safety", () => {
  test("two servers apply different entries at an index", () => {
    const facts = [apply("n1", 1, 1, "a"), apply("n2", 1, 1, "a"), apply("n2", 2, 2, ""), apply("n1", 2, 3, "b")];
    expect(judge(stateMachineSafety(), ...facts)).toEqual([
      "at index 2 n2 applied a no-op of term 2, but n1 command b of term 3",
    ]);
  });
});
