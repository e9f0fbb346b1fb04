import { describe, expect, it } from "vitest";
import { availability, availabilityByNode } from "../../../checkers/availability/index.ts";
import { bank } from "../../../checkers/bank/index.ts";
import { causalReverse } from "../../../checkers/causal-reverse/index.ts";
import { convergence } from "../../../checkers/convergence/index.ts";
import { counter } from "../../../checkers/counters/index.ts";
import { durability } from "../../../checkers/durability/index.ts";
import { fencing, mutualExclusion } from "../../../checkers/locks/index.ts";
import { longFork } from "../../../checkers/long-fork/index.ts";
import { totalQueue } from "../../../checkers/queues/index.ts";
import { set, setFull, setTimeline } from "../../../checkers/sets/index.ts";
import { summarizeIds, uniqueIds } from "../../../checkers/unique-ids/index.ts";
import { type Checker, DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { Json } from "../../../src/core/json.ts";
import { Random } from "../../../src/core/random.ts";
import { history } from "../../support/histories.ts";
import { runs } from "../../support/runs.ts";
import { failed, final, of, type Step, unknown } from "./told.ts";

const check = (checker: Checker, ...steps: readonly Step[]): Verdict => checker.check(of(...steps), DEFAULT_BUDGET);
const vacuous = (about: string) => ({ valid: "unknown", why: "vacuous", detail: expect.stringContaining(about) });
const malformed = (about: string) => ({ valid: "unknown", why: "malformed", detail: expect.stringContaining(about) });
const S = 1_000_000_000;

it.each([
  [() => availability(), "available"],
  [() => bank(), "balanced"],
  [() => causalReverse(), ""],
  [() => convergence(), "eventual"],
  [() => counter(), "counter-bounds"],
  [() => durability("set"), "durable"],
  [() => fencing(), "fencing"],
  [() => longFork(), "serializable"],
  [() => mutualExclusion(), "mutual-exclusion"],
  [() => set(), "durable"],
  [() => setFull(), "durable"],
  [() => totalQueue(), "durable"],
  [() => uniqueIds(), "linearizable"],
] as const)("vouches for what it tests, and no more (%#)", (make, model) => {
  expect(make().tests.join()).toBe(model);
});

describe("durability", () => {
  it("says why it has nothing to say", () => {
    const read: Step = [9, "read", null, [], final];
    expect(check(durability("list"), [0, "append", 1])).toMatchObject(vacuous("no key was read at the end by enough"));
    expect(check(durability("list"), read)).toMatchObject(vacuous("had an acknowledged append that must"));
    expect(check(durability("set"), read)).toMatchObject(vacuous("had an acknowledged add that must"));
    expect(check(durability("register"), [9, "read", null, 1, final])).toMatchObject(
      vacuous("had an acknowledged write, or"),
    );
  });

  it("takes no failed write for that of what was found", () => {
    const steps: Step[] = [
      [0, "write", 1, null, failed],
      [0, "write", 2],
      [9, "read", null, 1, final],
    ];
    expect(check(durability("register"), ...steps)).toMatchObject(vacuous("cannot be told"));
  });
});

describe("sets", () => {
  it("excuse what a remove may have taken out, and nothing that failed or only asked", () => {
    const [add, empty]: Step[] = [
      [0, "add", 5],
      [1, "read", null, []],
    ] as Step[];
    const around = (step: Step) => check(setFull(), add as Step, step, empty as Step);
    expect(around([0, "remove", 5])).toMatchObject(vacuous("no read began"));
    expect(around([0, "remove", 5, null, unknown])).toMatchObject(vacuous("no read began"));
    for (const step of [
      [0, "remove", 5, null, failed],
      [0, "remove", 6],
      [0, "contains", 5, true],
      [0, "frobnicate", 5, null, failed],
    ] as Step[])
      expect(around(step)).toMatchObject({ valid: false, checked: 1 });
    expect(around([0, "frobnicate", 5])).toMatchObject(malformed("a set knows add, remove, contains and read"));
  });

  it("know an element by the first acknowledgement or read of it", () => {
    const steps: Step[] = [
      [0, "add", 5, null, unknown],
      [1, "add", 5],
      [2, "read", null, [5]],
      [3, "read", null, []],
      [3, "read", null, [5]],
      [4, "add", 6],
      [3, "read", null, [5]],
      [3, "read", null, [5]],
      [3, "read", null, [5, 6]],
    ];
    const { elements, stableLatencyNs } = setTimeline(of(...steps));
    expect(elements.map(({ fate, acknowledged, stale }) => [fate, acknowledged, stale])).toEqual([
      ["stable", true, true],
      ["stable", true, true],
    ]);
    expect(elements.map(({ known }) => known?.index)).toEqual([1, 5]);
    expect(elements.map(({ add }) => add.index)).toEqual([0, 5]);
    // Acknowledged at 1.5 s and missed by a read that began at 3 s; at 5.5 s and at 7 s.
    expect(stableLatencyNs).toEqual({ min: 1.5 * S, p50: 1.5 * S, p95: 1.5 * S, p99: 1.5 * S, max: 1.5 * S });
  });

  it("sort the times that elements took", () => {
    const adds = [3, 1, 2].map((value, i): Step => [0, "add", value, null, { call: i, ret: i + 1 }]);
    const reads = [[], [1], [1, 2], [1, 2, 3]].map(
      (ok, i): Step => [1, "read", null, ok, { call: 10 * i + 10, ret: 10 * i + 11 }],
    );
    expect(setTimeline(of(...adds, ...reads)).stableLatencyNs).toMatchObject({ min: 8, p50: 17, max: 29 });
    expect(setTimeline(of([0, "add", 1, null, unknown], [1, "read", null, [1]])).elements).toMatchObject([
      { fate: "stable", acknowledged: false, known: { index: 1 } },
    ]);
    expect(setTimeline(of([0, "read", null, []])).stableLatencyNs).toBeUndefined();
  });
});

describe("queues", () => {
  it("are emptied only when the last enqueue was over, or called", () => {
    const emptied = (...steps: Step[]) => check(totalQueue(), [0, "enqueue", 1], ...steps);
    const empty: Step = [2, "dequeue", null, null];
    expect(emptied(empty)).toMatchObject({ valid: false, checked: 1 });
    expect(emptied(empty, [0, "enqueue", 2, null, unknown])).toMatchObject(vacuous("no queue was emptied"));
    expect(emptied(empty, [0, "enqueue", 2, null, failed])).toMatchObject({ valid: false });
    expect(emptied([2, "dequeue", null, null, { call: S / 2, ret: S }])).toMatchObject(vacuous("no queue was emptied"));
    expect(emptied([2, "dequeue", null, null, { fail: "empty" }])).toMatchObject({ valid: false });
    expect(emptied([2, "dequeue", null, null, failed])).toMatchObject(vacuous("no queue was emptied"));
  });

  it("are emptied by the last that found them so; who came later took nothing", () => {
    const steps: Step[] = [
      [0, "enqueue", 1],
      [1, "dequeue", null, null, { call: S, ret: 9 * S }],
      [2, "dequeue", null, null, { call: 2 * S, ret: 3 * S }],
    ];
    expect(check(totalQueue(), ...steps)).toMatchObject({ anomalies: [{ ops: [0, 1] }] });
    const taker = (call: number): Step => [3, "dequeue", null, null, { ...unknown, call }];
    expect(check(totalQueue(), ...steps, taker(9 * S + 1))).toMatchObject({ valid: false });
    expect(check(totalQueue(), ...steps, taker(9 * S))).toMatchObject({
      valid: "unknown",
      detail: expect.stringMatching(/^1 value never came out of x, but 1 taker of/),
    });
    const two: Step[] = [
      [0, "enqueue", 1],
      [0, "enqueue", 2],
      [3, "drain", null, null, unknown],
      [4, "dequeue", null, null],
    ];
    expect(check(totalQueue(), ...two)).toMatchObject({
      valid: "unknown",
      detail: expect.stringMatching(/^2 values never .* 1 taker of/),
    });
  });
});

describe("counters", () => {
  it("are told with the last eight additions before a read, and none that failed or came later", () => {
    const adds = Array.from({ length: 10 }, (): Step => [0, "add", 1]);
    const verdict = check(counter(), ...adds, [0, "add", 1, null, failed], [1, "read", null, 9], [0, "add", 5]);
    expect(verdict).toMatchObject({ anomalies: [{ kind: "missing-additions", ops: [2, 3, 4, 5, 6, 7, 8, 9, 11] }] });
    expect(check(counter(), [0, "frobnicate", 1, null, failed], [0, "add", 1], [1, "read", null, 1])).toMatchObject({
      valid: true,
    });
  });
});

describe("fencing", () => {
  it("needs two tokens, and looks over who got none", () => {
    expect(check(fencing(), [0, "acquire", null, 1])).toMatchObject(vacuous("no two fencing tokens"));
    expect(
      check(fencing(), [0, "acquire", null, 1], [0, "acquire", null, null], [0, "acquire", null, 7, failed]),
    ).toMatchObject(vacuous("no two"));
    expect(check(fencing(), [0, "acquire", null, 1], [0, "release", null], [0, "acquire", null, 2])).toEqual({
      valid: true,
      checked: 2,
    });
    expect(check(fencing(), [0, "acquire", null, "a"])).toMatchObject(malformed("must be an integer"));
  });

  it("does not hold a session's own reads against its write's order", () => {
    // The resource took the older write after the newer one, but a read is all that shows it.
    const shown = check(
      fencing(),
      [0, "write", { token: 2 }],
      [1, "write", { token: 1 }, null, unknown],
      [0, "read", null, { token: 1 }],
    );
    expect(shown).toMatchObject({
      anomalies: [{ kind: "stale-token-accepted", rulesOut: ["fencing"], ops: [0, 1, 2] }],
    });
  });
});

describe("long fork", () => {
  const read = (p: number, ...found: (readonly [Json, Json])[]): Step => [
    p,
    "txn",
    null,
    found.map(([key, value]) => ["r", key, value]),
  ];
  const write = (key: Json, value: Json): Step => [0, "txn", [["w", key, value]]];

  it("takes nothing for a transaction that is none", () => {
    for (const wrong of ["ab", 7, ["r"], [["r", "a"]], [["x", "a", 1]], [["r", "a", null], 3]] as Json[])
      expect(check(longFork(), [0, "txn", wrong, wrong])).toMatchObject(malformed("must be a list of"));
    expect(
      check(longFork(), [
        0,
        "txn",
        [
          ["w", "a", 1],
          ["w", "b", 1],
        ],
      ]),
    ).toMatchObject(malformed("either write one key or only read"));
    expect(
      check(longFork(), [
        0,
        "txn",
        [
          ["w", "a", 1],
          ["r", "b", 1],
        ],
      ]),
    ).toMatchObject(malformed("either write one key"));
    expect(check(longFork(), write("a", null))).toMatchObject(malformed("a write of null"));
    expect(check(longFork(), write("a", 1), write("a", 2))).toMatchObject(
      malformed('"a" is written by operation 0, too'),
    );
    expect(check(longFork(), read(0, ["a", null], ["b", null], ["a", null]))).toMatchObject(malformed("each key once"));
  });

  it("keeps groups apart", () => {
    const ab = read(0, ["a", null], ["b", null]);
    expect(check(longFork(), ab, read(1, ["b", null], ["a", null]))).toEqual({ valid: true, checked: 2 });
    expect(check(longFork(), ab, read(1, ["c", null], ["d", null]))).toMatchObject(vacuous("read twice"));
    expect(check(longFork(), ab, read(1, ["a", null]))).toMatchObject(
      malformed("must read all 2 keys of a group, not 1"),
    );
    expect(check(longFork(), ab, read(1, ["a", null], ["c", null]))).toMatchObject(
      malformed('reads "a", which is read with other keys'),
    );
    expect(check(longFork(), ab, read(1, ["c", null], ["b", null]))).toMatchObject(
      malformed("which is read with other keys"),
    );
    expect(check(longFork(), ab, read(1, ["c", null], ["d", null]), read(1, ["d", null], ["a", null]))).toMatchObject(
      malformed("must not overlap"),
    );
    expect(check(longFork(), [0, "txn", [], []], read(1, ["a", null]))).toMatchObject(
      malformed("must read all 0 keys"),
    );
  });

  it("compares values as JSON, and finds one key with two of them", () => {
    const value = { v: 1, w: 2 };
    const steps: Step[] = [
      write("a", value),
      read(1, ["a", { w: 2, v: 1 }], ["b", null]),
      read(2, ["b", null], ["a", value]),
    ];
    expect(check(longFork(), ...steps)).toEqual({ valid: true, checked: 2 });
    expect(check(longFork(), ...steps, read(3, ["b", null], ["a", { v: 1 }]))).toMatchObject(
      malformed('"a" has another value than in operation'),
    );
    expect(
      check(longFork(), write("a", 1), read(1, ["a", 1], ["b", null]), read(1, ["a", 2], ["b", null])),
    ).toMatchObject(malformed("another value"));
  });

  it("puts reads in a row by what they saw, however they stand in the history", () => {
    const writes = ["a", "b", "c"].map((key) => write(key, 1));
    const see = (p: number, ...keys: string[]): Step =>
      read(p, ...["c", "a", "b"].map((key) => [key, keys.includes(key) ? 1 : null] as const));
    expect(check(longFork(), ...writes, see(1, "a", "b", "c"), see(2, "a"), see(3), see(4, "a", "b"))).toEqual({
      valid: true,
      checked: 4,
    });
    const forked = check(longFork(), ...writes, see(1, "a", "c"), see(2, "b"), see(3));
    expect(forked).toMatchObject({ valid: false, anomalies: [{ kind: "long-fork", ops: [3, 4] }] });
  });
});

describe("causal reverse", () => {
  it("compares only what was acknowledged with the latest of the writes seen", () => {
    const write = (value: number, more = {}): Step => [value, "write", value, null, more];
    expect(check(causalReverse(), write(1, unknown), write(2), [9, "read", null, [2]])).toEqual({
      valid: true,
      checked: 1,
    });
    expect(check(causalReverse(), write(1, failed), write(2), [9, "read", null, [2]])).toEqual({
      valid: true,
      checked: 1,
    });
    expect(check(causalReverse(), write(1), write(2), [9, "read", null, [2], failed], [9, "read", null, [1]])).toEqual({
      valid: true,
      checked: 1,
    });
    expect(check(causalReverse(), write(1), [9, "read", null, []])).toMatchObject(vacuous("no read saw a value"));
    expect(check(causalReverse(), write(1), write(2), [9, "read", null, [2], final], [9, "read", null, [1]])).toEqual({
      valid: true,
      checked: 1,
    });
    expect(check(causalReverse(), [0, "frobnicate", 1, null, failed], write(1), [9, "read", null, [1]])).toMatchObject({
      valid: true,
    });
    expect(check(causalReverse(), [0, "frobnicate", 1, [1]])).toMatchObject(
      malformed("must be read or one of write, add, insert"),
    );
  });
});

describe("the bank", () => {
  it("knows its accounts by the first read and by transfers that may have happened", () => {
    const first: Step = [0, "read", null, { a: 5 }];
    const move = (more = {}): Step => [0, "transfer", { from: "a", to: "b", amount: 1 }, null, more];
    const second: Step = [1, "read", null, { a: 4, b: 1 }];
    expect(check(bank(), first, move(), second)).toEqual({ valid: true, checked: 2 });
    expect(check(bank(), first, move(unknown), second)).toEqual({ valid: true, checked: 2 });
    expect(check(bank(), first, move(failed), second)).toMatchObject({ anomalies: [{ kind: "unexpected-account" }] });
    expect(check(bank(), first, [1, "read", null, { a: 9 }, final])).toEqual({ valid: true, checked: 1 });
    for (const input of [
      null,
      [1],
      { to: "b", amount: 1 },
      { from: "a", amount: 1 },
      { from: "a", to: "b", amount: 0.5 },
      { from: [], to: "b", amount: 1 },
    ] as Json[])
      expect(check(bank(), [0, "transfer", input])).toMatchObject(malformed("{from, to, amount}"));
    for (const value of [null, 7, [5], { a: "5" }, { a: 0.5 }] as Json[])
      expect(check(bank(), [0, "read", null, value])).toMatchObject({ why: "malformed" });
    expect(check(bank({ negativeBalances: true }), first, [0, "read", null, { a: 6, b: -1 }])).toMatchObject({
      anomalies: [{ kind: "unexpected-account" }],
    });
    expect(check(bank({ negativeBalances: true }), first, move(), [0, "read", null, { a: 6, b: -1 }])).toMatchObject({
      valid: true,
    });
  });
});

describe("unique identifiers", () => {
  it("are counted, and numbers stand before texts", () => {
    const generate = (value: Json, more = {}): Step => [0, "generate", null, value, more];
    const summary = summarizeIds(
      of(
        generate("b"),
        generate(3),
        generate("a"),
        generate(1),
        generate("c"),
        generate(3),
        generate([1]),
        [1, "generate", null, 9, unknown],
        generate(9, failed),
        [0, "other", null],
      ),
    );
    expect(summary).toEqual({ attempted: 9, acknowledged: 7, duplicated: 1, range: [1, "c"] });
    expect(summarizeIds(of(generate("a"), generate(2)))).toMatchObject({ range: [2, "a"] });
    expect(summarizeIds(of(generate(null), generate([1])))).toMatchObject({ range: undefined });
    expect(check(uniqueIds(), generate(1), [0, "other", null, null, failed], generate(2))).toEqual({
      valid: true,
      checked: 2,
    });
    expect(check(uniqueIds(), generate(1), generate(1, failed))).toMatchObject(vacuous("fewer than two"));
    expect(check(uniqueIds(), generate(1), generate(null))).toMatchObject(malformed("not null"));
    expect(check(uniqueIds(), [0, "other", null])).toMatchObject(malformed("identifiers know generate"));
  });
});

describe("availability", () => {
  it("excuses exactly what overlaps the time in which a node was down", () => {
    for (let seed = 0; seed < runs(300); seed++) {
      const random = new Random(seed);
      const spans = Array.from({ length: random.below(5) }, () => {
        const startNs = random.below(30);
        return { startNs, endNs: startNs + random.below(8), nodes: random.pick([["a"], ["b"], ["a", "b"], []]) };
      });
      const faults = spans.map(({ startNs, endNs, nodes }) => ({
        startNs,
        endNs,
        value: { kind: "pause", nodes } as const,
      }));
      const asked = Array.from({ length: 8 }, (_, p) => {
        const call = random.below(40);
        return { p, node: random.pick(["a", "b", ""]), f: "read", call, ret: call + random.below(4), fail: "abort" };
      });
      const served = availabilityByNode({ ...history(asked), faults }, { boundMs: 1 });
      for (const { node, excused, refused } of served) {
        const mine = asked.filter((op) => op.node === node);
        const isDown = ({ call, ret }: { call: number; ret: number }): boolean =>
          spans.some(
            ({ startNs, endNs, nodes }) =>
              (node === "" ? nodes.length > 0 : nodes.includes(node)) && startNs <= ret && endNs >= call,
          );
        expect(excused, `seed ${seed}`).toBe(mine.filter(isDown).length);
        expect(refused).toBe(mine.length - excused);
      }
    }
  });
});
