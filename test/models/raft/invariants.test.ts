import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import type { Invariant } from "../../../src/core/model.ts";
import { configurationInvariants } from "../../../src/models/raft/configuration-invariants.ts";
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
  facts.map((fact) => invariant.onTrace(...fact)).filter((ruling) => typeof ruling === "string");

/** How many facts put the invariant to the test. */
const tests = (invariant: Invariant, ...facts: readonly Fact[]): number =>
  facts.filter((fact) => invariant.onTrace(...fact) !== undefined).length;

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
  { term: 1, length, head: { index: 0, term: 0, voters: "" }, from: length - tail.length + 1, ...split(tail) },
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

test("what could not have failed is no test", () => {
  const first = [start("n1", 0), leader("n1", 1), append("n1", 1, "1:a")];
  const second = [append("n1", 2, "1:b"), append("n2", 1, "1:a", "1:b"), commit("n1", 2, 1)];
  const applied = [apply("n1", 1, 1, "a"), apply("n2", 1, 1, "a")];
  const all = [...first, ...second, ...applied];
  expect(tests(electionSafety(), ...all)).toBe(1);
  expect(tests(leaderAppendOnly(), ...first)).toBe(0);
  expect(tests(leaderAppendOnly(), ...all)).toBe(1);
  expect(tests(logMatching(), ...first)).toBe(0);
  expect(tests(logMatching(), ...all)).toBe(1);
  expect(tests(leaderCompleteness(), ...all)).toBe(0);
  expect(tests(leaderCompleteness(), ...all, leader("n2", 2))).toBe(1);
  expect(tests(stateMachineSafety(), ...all)).toBe(1);
  for (const invariant of configurationInvariants()) expect(tests(invariant, ...all)).toBe(0);
});

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

/** A snapshot of the entries up to `index`, the last of which is of `term`, takes the place of a log. */
const install = (node: string, index: number, term: number, voters = ""): Fact => [
  node,
  "install",
  { index, term, voters },
];
/** A start with a log that begins after entry `index`. */
const startAfter = (node: string, index: number, term: number, voters = ""): Fact => [
  node,
  "start",
  { term, length: index, head: { index, term, voters }, from: index + 1, ...split([]) },
];

describe("snapshots (§7)", () => {
  const committed = [append("n1", 1, "1:a", "1:b"), leader("n1", 1), commit("n1", 2, 1)];

  test("bring what they cover to a log, also where a crash left no other trace of them", () => {
    for (const brought of [install("n2", 2, 1), startAfter("n2", 2, 1)]) {
      const facts = [...committed, brought, append("n2", 3, "2:c"), leader("n2", 2)];
      expect(judge(leaderCompleteness(), ...facts)).toEqual([]);
      expect(judge(logMatching(), ...facts, append("n1", 3, "2:c"))).toEqual([]);
    }
  });

  test("may not cover what is not committed, nor what nobody applied", () => {
    const wrong = "n2 installed a snapshot up to entry 3 of term 1, which was not committed";
    expect(judge(leaderCompleteness(), ...committed, install("n2", 3, 1))).toEqual([wrong]);
    expect(judge(leaderCompleteness(), ...committed, startAfter("n2", 3, 1))).toEqual([wrong]);
    expect(judge(stateMachineSafety(), apply("n1", 1, 1, "a"), install("n2", 1, 1))).toEqual([]);
    expect(judge(stateMachineSafety(), apply("n1", 1, 1, "a"), install("n2", 1, 2))).toHaveLength(1);
    expect(judge(stateMachineSafety(), install("n2", 1, 1))).toHaveLength(1);
  });

  test("are not for leaders", () => {
    expect(judge(leaderAppendOnly(), leader("n1", 1), install("n1", 2, 1))).toEqual([
      "n1 replaced its log while it led",
    ]);
  });
});

describe("changes of configuration (§6, dissertation §4.1)", () => {
  const judgeChanges = (...facts: readonly Fact[]): string[] =>
    configurationInvariants().flatMap((invariant) => judge(invariant, ...facts));
  const change = (node: string, index: number, voters: string): Fact => [
    node,
    "append",
    { from: index, terms: [1], commands: [`voters:${voters}`] },
  ];
  const led = [leader("n1", 1), change("n1", 1, "n1,n2,n3")];

  test("one after the other, by one server or by a joint configuration", () => {
    const applied = apply("n1", 1, 1, "");
    expect(judgeChanges(...led, applied, change("n1", 2, "n1,n2,n3,n4"))).toEqual([]);
    expect(judgeChanges(...led, applied, change("n1", 2, "n3,n4,n5|n1,n2,n3"))).toEqual([]);
    expect(judgeChanges(...led, applied, change("n1", 2, "n1,n4,n5"))).toEqual([
      "n1 let {n1, n4, n5} follow {n1, n2, n3}, of which majorities may be disjoint",
    ]);
  });

  test("not before the one before is committed", () => {
    expect(judgeChanges(...led, change("n1", 2, "n1,n2"))).toEqual([
      "n1 appended a configuration at index 2 when the one at index 1 was not committed",
    ]);
    // A follower takes what it is given, and what was deleted does not count.
    expect(judgeChanges(...led, follower("n1", 2), change("n1", 2, "n1,n2"))).toEqual([]);
    const again = [follower("n1", 2), truncate("n1", 0), leader("n1", 3), change("n1", 1, "n1,n2")];
    expect(judgeChanges(...led, ...again)).toEqual([]);
  });

  test("a snapshot brings the configuration that was in force", () => {
    for (const brought of [install("n1", 9, 1, "voters:n1,n2,n3"), startAfter("n1", 9, 1, "voters:n1,n2,n3")]) {
      expect(judgeChanges(brought, leader("n1", 2), change("n1", 10, "n1,n2"))).toEqual([]);
      expect(judgeChanges(brought, leader("n1", 2), change("n1", 10, "n4,n5,n6"))).toHaveLength(1);
    }
  });
});
