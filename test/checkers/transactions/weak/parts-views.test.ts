import { describe, expect, it } from "vitest";
import { Deadline, OutOfBudget } from "../../../../checkers/shared/deadline.ts";
import { atomicDemands } from "../../../../checkers/transactions/weak/atomic-reads.ts";
import { monotonicViewDemands } from "../../../../checkers/transactions/weak/atomic-view.ts";
import { DemandList, type Demands } from "../../../../checkers/transactions/weak/demands.ts";
import type { Facts } from "../../../../checkers/transactions/weak/facts.ts";
import type { Writes } from "../../../../checkers/transactions/weak/sessions.ts";
import { DEFAULT_BUDGET } from "../../../../src/core/checker.ts";
import { gathered, told } from "./gathered.ts";

/** What is demanded, each once. */
const toldOnce = (demands: Demands, keyNames: readonly string[]): string[] => [...new Set(told(demands, keyNames))];

/** Where a transaction wrote more keys than a reader read, the keys that were read are looked at, and not those written. */
const widths: [string, number][] = [
  ["few", 0],
  ["many", 9],
];

/** With so many more keys written by whoever writes. */
const widened = (texts: readonly string[], more: number): string[] =>
  texts.map((text, t) =>
    text.includes("w ") ? text + Array.from({ length: more }, (_, i) => `; w more${t}-${i} 1`).join("") : text,
  );

const now = (): Deadline => new Deadline(DEFAULT_BUDGET);

const A = "0: w x 1; w y 1; w u 1";
const B = "1: w x 2; w y 2";
const C = "2: w x 3; w y 3";

describe.each(widths)("a monotonic atomic view of writers of %s keys", (_, more) => {
  it.each<[string, string[], string[]]>([
    ["nothing of no transactions", [], []],
    ["nothing of a single read", [A, B, "3: r x 1"], []],
    ["nothing of reads of one transaction", [A, B, "3: r x 1; r y 1"], []],
    ["nothing where the writer did not write what was read later", ["0: w x 1", B, "3: r x 1; r y 2"], []],
    ["that what is seen is not missed later", [A, B, "3: r x 1; r y 2"], ["0 < 1"]],
    ["the same where it was first seen in the middle", [A, B, C, "3: r z null; r x 1; r y 2"], ["0 < 1"]],
    [
      "the same of another reader the other way round",
      [A, B, "3: r x 1; r y 2", "4: r x 2; r y 1"],
      ["0 < 1", "1 < 0"],
    ],
    ["nothing of what was read before", ["0: w x 1; w y 1", "1: w y 2", "3: r y 2; r x 1"], []],
    ["that what is seen is not missed later altogether", [A, "3: r x 1; r y null"], ["0 missed by 1 of y"]],
    ["nothing of a key that was found unwritten before", [A, "3: r y null; r x 1"], []],
    ["what follows from the first read that differs", [A, B, "3: r x 1; r y 1; r y 2"], ["0 < 1"]],
    ["the same where that found nothing", [A, "3: r x 1; r y 1; r y null"], ["0 missed by 1 of y"]],
    ["the same after repeated reads", [A, B, "3: r x 1; r y 1; r y 1; r y 2"], ["0 < 1"]],
    ["of several that differ only the first", [A, B, C, "3: r x 1; r y 1; r y 2; r y 3"], ["0 < 1", "1 < 2"]],
    ["what was seen twice only once", [A, B, C, "3: r x 1; r y 2; r u 1; r y 3"], ["0 < 1", "1 < 2"]],
    ["that reads of one key do not go back and forth", [A, B, "3: r x 1; r y 2; r y 1"], ["0 < 1", "1 < 0"]],
    [
      "nothing of reads of other transactions",
      ["0: w x 1; w y 1", B, "2: w q 1", "3: r q 1; r y 2", "4: r x 1; r q 1"],
      [],
    ],
    [
      "nothing of what the next reader reads",
      ["0: w x 1; w y 1", B, "2: w q 1", "3: r x 1; r q 1", "4: r y 2; r q 1"],
      [],
    ],
    ["nothing of what the next writer wrote", ["0: w x 1", "1: w y 2", "3: r x 1; r y 2"], []],
    ["nothing of what others saw change", [A, B, "3: r y 1; r y 2", "4: r x 1; r y 1"], ["0 < 1"]],
    ["nothing of the last read of another", ["0: w x 1; w y 1", B, "3: r y 2; r x 1", "4: r y 1; r x 1"], ["1 < 0"]],
  ])("demands %s", (_, texts, demands) => {
    const { facts, writes } = gathered(widened(texts, more));
    expect(toldOnce(monotonicViewDemands(facts, writes, now()), facts.txns.keyNames)).toEqual(demands);
  });
});

describe.each(widths)("atomic reads of writers of %s keys", (_, more) => {
  it.each<[string, string[], string[]]>([
    ["nothing of no transactions", [], []],
    ["nothing of a single read", [A, B, "3: r x 1"], []],
    ["nothing of reads of one transaction", [A, B, "3: r x 1; r y 1"], []],
    ["nothing where the writer did not write what else was read", ["0: w x 1", "1: w y 2", "3: r x 1; r y 2"], []],
    ["that what is seen is not missed later", ["0: w x 1; w y 1", "1: w y 2", "3: r x 1; r y 2"], ["0 < 1"]],
    ["that what is seen was not missed before", ["0: w x 1; w y 1", "1: w y 2", "3: r y 2; r x 1"], ["0 < 1"]],
    ["nothing of what the next writer wrote", ["0: w x 1", "1: w y 2", "3: r x 1; r y 2"], []],
    [
      "nothing of what the next reader reads",
      ["0: w x 1; w y 1", "1: w y 2", "2: w q 1", "3: r x 1; r q 1", "4: r y 2; r q 1"],
      [],
    ],
    ["both of two that wrote the same", [A, B, "3: r x 1; r y 2"], ["0 < 1", "1 < 0"]],
    ["that a key is not found unwritten before", [A, "3: r y null; r x 1"], ["0 missed by 1 of y"]],
    ["that a key is not found unwritten later", [A, "3: r x 1; r y null"], ["0 missed by 1 of y"]],
    ["nothing of two keys that were found unwritten", [A, "3: r x null; r y null"], []],
    ["nothing of repeated reads, which are told by themselves", [A, B, "3: r x 1; r y 1; r y 2"], []],
    [
      "all keys of a writer",
      ["0: w x 1; w y 1; w z 1", "1: w y 2", "2: w z 2", "3: r x 1; r y 2; r z 2"],
      ["0 < 1", "0 < 2"],
    ],
    [
      "nothing of reads of other transactions",
      ["0: w x 1; w y 1", B, "2: w q 1", "3: r q 1; r y 2", "4: r x 1; r q 1"],
      [],
    ],
    ["nothing of what was not read", ["0: w q 1", "1: r x 1; r q 1", "2: w x 1; w y 1"], []],
    ["nothing of a reader's session", ["0: w x 1", "0: r x null; r y null", "0: r x null"], []],
  ])("demand %s", (_, texts, demands) => {
    const { facts, writes } = gathered(widened(texts, more));
    expect(toldOnce(atomicDemands(facts, writes, undefined, now()), facts.txns.keyNames)).toEqual(demands);
  });
});

describe.each<[string, number, (facts: Facts, writes: Writes) => Demands]>([
  ["a monotonic atomic view", 1, (facts, writes) => monotonicViewDemands(facts, writes, now())],
  ["atomic reads", 2, (facts, writes) => atomicDemands(facts, writes, undefined, now())],
])("what is looked at for %s", (_, lookUps, demandsOf) => {
  /** How many times a written key was looked at. */
  function looks(texts: readonly string[]): number {
    const { facts, writes } = gathered(texts);
    let count = 0;
    const key = new Proxy(writes.key, {
      get(keys, at) {
        count++;
        return Reflect.get(keys, at);
      },
    });
    demandsOf(facts, { ...writes, key });
    return count;
  }

  it("is each key that was written, where these are fewer than those that were read, or as many", () => {
    const keys = Array.from({ length: 100 }, (_, i) => `k${i} 1`);
    const reader = `100: ${keys.map((key) => `r ${key}`).join("; ")}`;
    expect(looks([...keys.map((key, i) => `${i}: w ${key}`), reader])).toBe(100);
    expect(looks(["0: w x 1; w y 1", "1: r x 1; r y 1"])).toBe(2);
  });

  it("is whether those that were read were written, where these are fewer", () => {
    const before = Array.from({ length: 1_000 }, (_, i) => `r a${i} null`).join("; ");
    const written = Array.from({ length: 1_000 }, (_, i) => `w b${i} 1`).join("; ");
    // Each is found by halving, in eleven steps at most.
    expect(looks([`0: ${before}`, `1: ${written}`, "2: r b0 1; r b500 1", "3: r z null"])).toBeLessThan(12 * lookUps);
  });
});

describe("atomic reads in sessions", () => {
  it.each<[string, string[], string[]]>([
    ["nothing of no transactions", [], []],
    ["that a session does not miss its own write altogether", ["0: w x 1", "0: r x null"], ["0 missed by 1 of x"]],
    ["that a session sees its own write or a later one", ["0: w x 1", "1: w x 2", "0: r x 2"], ["0 < 1"]],
    ["only of the last write of a session", ["0: w x 1", "0: w x 3", "1: w x 2", "0: r x 2"], ["1 < 2"]],
    ["nothing of a session that sees its own write", ["0: w x 1", "1: w x 2", "0: r x 1"], []],
    ["nothing of a session that sees it first", ["0: w x 1", "1: w x 2", "0: r x 1; r x 2"], []],
    ["nothing of what another session wrote", ["0: w x 1", "1: r x null"], []],
    ["nothing of what nobody wrote", ["0: w y 1", "1: r x null"], []],
    ["nothing of what another session wrote, although this one wrote too", ["0: w x 1", "1: w y 1", "1: r x null"], []],
    ["nothing of other keys", ["0: w x 1", "1: w y 2", "0: r y 2"], []],
    ["nothing of what a transaction writes after it read", ["1: w x 2", "0: r x 2; w x 1"], []],
    ["nothing of what a session writes later", ["1: w x 2", "0: r x 2", "0: w x 1"], []],
    ["every key that a transaction wrote", ["0: w x 1; w y 1", "0: r y null"], ["0 missed by 1 of y"]],
    ["every read", ["0: w x 1; w y 1", "1: w y 2", "0: r z null; r y 2"], ["0 < 1"]],
    [
      "besides what was seen",
      ["0: w x 1; w y 1", "1: w z 1", "1: r x 1; r y null; r z null"],
      ["0 missed by 2 of y", "1 missed by 2 of z"],
    ],
    [
      "what was read of an early session by a late one",
      ["0: w x 1", "1: w x 2", "1: r x 1", "0: r x 2"],
      ["0 < 1", "1 < 0"],
    ],
  ])("demand %s", (_, texts, demands) => {
    const { facts, sessions, writes } = gathered(texts);
    expect(toldOnce(atomicDemands(facts, writes, sessions, now()), facts.txns.keyNames)).toEqual(demands);
  });
});

describe("demands", () => {
  it("are kept one by one, also when they are the same", () => {
    const list = new DemandList();
    for (const [earlier, later] of [
      [2, 0],
      [0, 1],
      [2, 0],
    ] as const)
      list.add(earlier, later);
    const { layer, missed } = list.demands(3);
    expect([...layer.heads]).toEqual([0, 1, 1, 3]);
    expect([...layer.targets]).toEqual([1, 0, 0]);
    expect(missed).toEqual([]);
  });

  it("are kept of the first few writes that were missed", () => {
    const list = new DemandList();
    const misses = Array.from({ length: 10 }, (_, i) => ({ writer: i, reader: 10 + i, key: 20 + i }));
    for (const { writer, reader, key } of misses) list.miss(writer, reader, key);
    expect(list.demands(30).missed).toEqual(misses.slice(0, 8));
  });

  it("are not looked for longer than there is time", () => {
    const { facts, sessions, writes } = gathered(["0: w x 1", "0: r x 1"]);
    const late = (): Deadline => new Deadline({ ...DEFAULT_BUDGET, timeMs: -1 });
    expect(() => monotonicViewDemands(facts, writes, late())).toThrow(OutOfBudget);
    expect(() => atomicDemands(facts, writes, undefined, late())).toThrow(OutOfBudget);
    expect(() => atomicDemands(facts, writes, sessions, late())).toThrow(OutOfBudget);
  });
});
