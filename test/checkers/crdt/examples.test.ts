import { describe, expect, it } from "vitest";
import { CRDT_TYPES, type CrdtType, crdt } from "../../../checkers/crdt/index.ts";
import { DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { Json } from "../../../src/core/json.ts";
import { history, type Sketch } from "../../support/histories.ts";

const check = (type: CrdtType, sketches: readonly Sketch[], maxConfigurations = 1000): Verdict =>
  crdt(type).check(history(sketches, { nodes: ["n1", "n2", "n3"] }), { ...DEFAULT_BUDGET, maxConfigurations });
const op = (p: number, f: string, input: Json, call: number, end: Partial<Sketch> = { ret: call + 1 }): Sketch => ({
  p,
  f,
  input,
  call,
  ...end,
});
const read = (p: number, ok: Json, call: number): Sketch => ({ p, f: "read", ok, call, ret: call + 1 });
const ending = (...values: Json[]): Sketch[] =>
  values.map((ok, i) => ({ p: 900 + i, f: "read", node: `n${i + 1}`, call: 100 + i, ret: 101 + i, ok, final: true }));
const anomalies = (verdict: Verdict): unknown[] =>
  verdict.valid === false ? verdict.anomalies.map(({ kind, rulesOut, ops }) => [kind, rulesOut[0], ops]) : [];

describe("counters (Maelstrom, g-counter and pn-counter)", () => {
  const adds = [
    op(0, "add", 3, 0),
    op(1, "add", 4, 2),
    op(2, "add", 10, 4, {}),
    op(3, "add", 100, 6, { ret: 7, fail: "abort" }),
  ];

  it("come to the sum of what was acknowledged, and any of what is unknown", () => {
    for (const sum of [7, 17])
      expect(check("g-counter", [...adds, ...ending(sum, 7)])).toEqual({ valid: true, checked: 2 });
    expect(
      check("pn-counter", [...adds, op(0, "decrement", 5, 8), op(0, "increment", null, 10), ...ending(3, 13)]),
    ).toEqual({ valid: true, checked: 4 });
  });

  it("have lost an addition where all copies show less", () => {
    const verdict = check("g-counter", [...adds, ...ending(3, 4, 3)]);
    expect(anomalies(verdict)).toEqual([["lost-update", "durable", [1, 4, 5, 6]]]);
    expect(verdict.valid === false && verdict.anomalies[0].explanation).toBe(
      "at the end n1 holds 3, n2 holds 4, n3 holds 3, but the 2 acknowledged additions to the object make 7.",
    );
    expect(anomalies(check("g-counter", [...adds, ...ending(3, 7)]))).toEqual([["lost-update", "eventual", [1, 4]]]);
  });

  it("are wrong where they show what no additions make", () => {
    const verdict = check("g-counter", [...adds, ...ending(8, 8)]);
    expect(anomalies(verdict)).toEqual([["wrong-sum", "eventual", [1, 4, 5]]]);
    expect(verdict.valid === false && verdict.anomalies[0].explanation).toMatch(
      /make 7, and with any of the 1 of unknown outcome 7 or 17\.$/,
    );
    // Something lost or something done twice: nobody can say, unless the counter only grows.
    const taken = op(2, "decrement", 1, 3);
    expect(check("pn-counter", [...adds, taken, ...ending(5, 5)])).toMatchObject({
      anomalies: [{ kind: "wrong-sum", rulesOut: ["eventual"] }],
    });
    expect(anomalies(check("pn-counter", [...adds, ...ending(6, 6)]))).toEqual([["lost-update", "durable", [1, 4, 5]]]);
  });

  it("give up where too many sums are possible", () => {
    const doubling = Array.from({ length: 12 }, (_, i) => op(10 + i, "add", 2 ** (2 * i), 10 + i, {}));
    expect(check("g-counter", [op(0, "add", 1, 0), ...doubling, ...ending(1, 1)])).toMatchObject({ why: "budget" });
    expect(check("g-counter", [op(0, "add", 1, 0), ...doubling, ...ending(2, 1)], 10_000)).toMatchObject({
      valid: true,
    });
  });

  it("are malformed where a g-counter shrinks or something is no integer", () => {
    expect(check("g-counter", [op(0, "decrement", 1, 0), ...ending(1, 1)])).toMatchObject({ why: "malformed" });
    expect(check("pn-counter", [op(0, "add", 1, 0), ...ending("1", 1)])).toMatchObject({ why: "malformed" });
  });
});

describe("sets (Shapiro et al., 2011, §3.3)", () => {
  it("keep what was added and not removed, and what was added again", () => {
    const edits = [
      op(0, "add", "a", 0),
      op(1, "add", "b", 2),
      op(1, "remove", "b", 4),
      op(2, "add", "b", 6),
      op(3, "add", "c", 8, {}),
    ];
    expect(check("or-set", [...edits, ...ending(["a", "b"], ["b", "a", "c"])])).toEqual({ valid: true, checked: 4 });
    expect(anomalies(check("or-set", [...edits, ...ending(["a"], ["a", "b"])]))).toEqual([
      ["lost-element", "eventual", [3, 5]],
    ]);
    expect(anomalies(check("g-set", [...edits.slice(0, 2), ...ending(["a"], ["a"])]))).toEqual([
      ["lost-element", "durable", [1, 2, 3]],
    ]);
  });

  it("may keep or drop an element whose add and remove did not know of each other", () => {
    const edits = [op(0, "add", "a", 0), op(1, "remove", "a", 5)];
    for (const end of [["a"], []])
      expect(check("or-set", [...edits, ...ending(end, end)])).toEqual({ valid: true, checked: 2 });
  });

  it("do not bring back what a remove had seen in its session", () => {
    const own = check("or-set", [op(0, "add", "a", 0), op(0, "remove", "a", 5), ...ending(["a"], ["a"])]);
    expect(anomalies(own)).toEqual([["resurrected-element", "durable", [1, 2, 3]]]);
    expect(own.valid === false && own.anomalies[0].explanation).toMatch(
      /^at the end n1 holds \["a"\], n2 holds \["a"\], but process 0 removed "a", which was acknowledged, and its session knew of every add of it: the element has come back\.$/,
    );
    expect(
      anomalies(
        check("or-set", [op(0, "add", "a", 0), read(1, ["a"], 3), op(1, "remove", "a", 5), ...ending(["a"], [])]),
      ),
    ).toEqual([["resurrected-element", "eventual", [2, 3]]]);
    // Somebody else has added it, too, and the remove may not have seen that.
    expect(
      check("or-set", [op(0, "add", "a", 0), op(2, "add", "a", 0), op(0, "remove", "a", 5), ...ending(["a"], ["a"])]),
    ).toMatchObject({ valid: true });
    // On another node the session may have met a copy without it.
    expect(
      check("or-set", [op(0, "add", "a", 0), { ...op(0, "remove", "a", 5), node: "n2" }, ...ending(["a"], ["a"])]),
    ).toMatchObject({ valid: true });
  });

  it("hold nothing that nobody added, and a g-set knows no remove", () => {
    expect(anomalies(check("g-set", [op(0, "add", 1, 0), ...ending([1, 9], [1])]))).toEqual([
      ["unexpected-element", "causal-cc", [1]],
    ]);
    expect(check("g-set", [op(0, "add", 1, 0), op(0, "remove", 1, 4), ...ending([1], [1])])).toMatchObject({
      why: "malformed",
    });
    expect(check("or-set", [op(0, "add", 1, 0), ...ending(1, 1)])).toMatchObject({ why: "malformed" });
  });
});

describe("registers (Shapiro et al., 2011, §3.2)", () => {
  it("end with a value that no later write has seen", () => {
    const writes = [op(0, "write", "a", 0), op(0, "write", "b", 2), op(1, "write", "c", 0)];
    for (const value of ["b", "c"])
      expect(check("lww-register", [...writes, ...ending(value, value)])).toEqual({ valid: true, checked: 3 });
    expect(check("mv-register", [...writes, ...ending(["b", "c"], ["c"])])).toEqual({ valid: true, checked: 3 });
  });

  it("have lost a write where they end with what it had overwritten", () => {
    const own = check("lww-register", [op(0, "write", "a", 0), op(0, "write", "b", 2), ...ending("a", "a")]);
    expect(anomalies(own)).toEqual([["lost-write", "durable", [0, 1, 2, 3]]]);
    expect(own.valid === false && own.anomalies[0].explanation).toMatch(
      /but process 0 wrote "b" when its session had written "a", so that value is overwritten\.$/,
    );
    const readFirst = [op(0, "write", "a", 0), read(1, "a", 2), op(1, "write", "b", 4)];
    expect(anomalies(check("lww-register", [...readFirst, ...ending("a", "b")]))).toEqual([
      ["lost-write", "eventual", [0, 2, 3]],
    ]);
    expect(
      anomalies(
        check("mv-register", [
          readFirst[0],
          { ...read(1, ["a"], 2) },
          readFirst[2],
          ...ending(["b", "a"], ["a"]),
        ] as Sketch[]),
      ),
    ).toEqual([["lost-write", "durable", [0, 2, 3, 4]]]);
  });

  it("count a write of unknown outcome only if somebody saw it", () => {
    const writes = [op(0, "write", "a", 0), op(0, "write", "b", 2, {})];
    expect(check("lww-register", [...writes, ...ending("a", "a")])).toEqual({ valid: true, checked: 1 });
    expect(anomalies(check("lww-register", [...writes, read(1, "b", 4), ...ending("a", "a")]))).toEqual([
      ["lost-write", "eventual", [0, 1, 3, 4]],
    ]);
  });

  it("do not forget all writes, and hold nothing that nobody wrote", () => {
    expect(anomalies(check("lww-register", [op(0, "write", "a", 0), ...ending(null, "a")]))).toEqual([
      ["lost-write", "eventual", [0, 1]],
    ]);
    expect(anomalies(check("mv-register", [op(0, "write", "a", 0), ...ending([], [])]))).toEqual([
      ["lost-write", "durable", [0, 1, 2]],
    ]);
    expect(
      anomalies(
        check("lww-register", [
          op(0, "write", "a", 0),
          op(1, "write", "z", 0, { ret: 1, fail: "abort" }),
          ...ending("z", "z"),
        ]),
      ),
    ).toEqual([["unexpected-value", "causal-cc", [2, 3]]]);
  });

  it("are malformed where values are written twice, or null", () => {
    for (const writes of [
      [op(0, "write", "a", 0), op(1, "write", "a", 0)],
      [op(0, "write", null, 0)],
      [op(0, "cas", ["a", "b"], 0)],
    ])
      expect(check("lww-register", [...writes, ...ending("a", "a")])).toMatchObject({ why: "malformed" });
    expect(check("mv-register", [op(0, "write", "a", 0), ...ending("a", "a")])).toMatchObject({ why: "malformed" });
  });
});

describe("all replicated data types", () => {
  it("are vacuous without updates, without closing reads, or where too few nodes answered", () => {
    for (const type of CRDT_TYPES) {
      const vacuous = { valid: "unknown", why: "vacuous" };
      const update = type.endsWith("register") ? op(0, "write", 1, 0) : op(0, "add", 1, 0);
      expect(check(type, [update])).toMatchObject(vacuous);
      expect(check(type, [update, ...ending(null)])).toMatchObject(vacuous);
      if (!type.endsWith("counter")) expect(check(type, ending(null, null))).toMatchObject(vacuous);
    }
  });
});
