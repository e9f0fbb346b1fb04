import { describe, expect, it } from "vitest";
import { set } from "../../../checkers/sets/index.ts";
import { DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { History, HistoryMeta } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import { agree, concurrently, invalid, type Opinion, opinionOf } from "../../support/agree.ts";
import { history, type Sketch } from "../../support/histories.ts";
import { runs } from "../../support/runs.ts";

const check = (sketches: readonly Sketch[], meta: Partial<HistoryMeta> = {}): Verdict =>
  set().check(history(sketches, meta), DEFAULT_BUDGET);
let processes = 0;
const add = (input: Json, call: number, end: Partial<Sketch> = { ret: call + 1 }): Sketch => ({
  p: processes++,
  f: "add",
  input,
  call,
  ...end,
});
const remove = (input: Json, call: number): Sketch => ({ p: processes++, f: "remove", input, call, ret: call + 1 });
const read = (ok: Json, call: number, more: Partial<Sketch> = {}): Sketch => ({
  p: 1000 + processes++,
  f: "read",
  call,
  ret: call + 1,
  ok,
  ...more,
});
const final = (node: string, ok: Json, call: number): Sketch => read(ok, call, { node, final: true });

/** By the definition: lost, unexpected and duplicated elements of the closing reads. */
function expected({ ops }: History): Opinion {
  const answered = ops.filter(({ f, outcome }) => f === "read" && outcome.type === "ok");
  const finals = answered.filter((op) => op.final);
  const closingNs =
    finals[0]?.callNs ??
    answered.reduce((last, op) => (op.returnNs >= last.returnNs ? op : last), { returnNs: -1, callNs: 0 }).callNs;
  const last =
    finals.length > 0
      ? finals.filter((op) => !finals.some(({ node, index }) => node === op.node && index > op.index))
      : answered.filter((op) =>
          answered.every(
            (other) =>
              op === other ||
              other.returnNs < op.returnNs ||
              (other.returnNs === op.returnNs && other.index < op.index),
          ),
        );
  const plain = finals.length > 0 ? answered.filter((op) => !op.final && op.callNs >= closingNs) : [];
  const updates = ops.filter(({ f, outcome }) => f !== "read" && outcome.type !== "fail");
  // Without closing reads an instant that coincides with the last read's call may come after it.
  const quietNs = finals.length > 0 ? closingNs : closingNs - 1;
  const busy = updates.some((op) => op.callNs > quietNs || (op.outcome.type === "ok" && op.returnNs > quietNs));
  if (last.length === 0 || busy) return "unknown vacuous";
  const lists = [...last, ...plain].map(({ outcome }) => (outcome.type === "ok" ? (outcome.value as number[]) : []));
  const [adds, removes] = ["add", "remove"].map((f) => updates.filter((op) => op.f === f)) as [
    typeof updates,
    typeof updates,
  ];
  const must = adds.filter(
    (op) =>
      op.outcome.type === "ok" && removes.every((other) => other.input !== op.input || other.returnNs < op.callNs),
  );
  const found: string[] = [];
  if (must.some(({ input }) => !lists.some((list) => list.includes(input as number)))) found.push("lost-element");
  if (lists.flat().some((value) => !adds.some(({ input }) => input === value))) found.push("unexpected-element");
  if (lists.some((list) => new Set(list).size < list.length)) found.push("duplicate-element");
  if (found.length > 0) return invalid(found);
  return must.length > 0 ? "valid" : "unknown vacuous";
}

describe("set (Jepsen, checker/set; Maelstrom, g-set)", () => {
  it("holds where every acknowledged element is in the last read", () => {
    const adds = [add(0, 0), add(1, 2), add(2, 4)];
    expect(check([...adds, read([0], 5), read([2, 1, 0], 6)])).toEqual({ valid: true, checked: 3 });
    expect(check([...adds, add(3, 5, {}), add(4, 5, { ret: 6, fail: "abort" }), read([0, 1, 2, 3], 8)])).toEqual({
      valid: true,
      checked: 3,
    });
  });

  it("loses an acknowledged element that the last read does not show", () => {
    const verdict = check([add(0, 0), add(1, 2), read([0, 1], 4), read([0], 6)]);
    expect(verdict).toMatchObject({
      valid: false,
      checked: 2,
      anomalies: [{ kind: "lost-element", rulesOut: ["durable"], ops: [1, 3] }],
    });
    expect(verdict.valid === false && verdict.anomalies[0].explanation).toMatch(
      /^process \d+ added 1, which was acknowledged at .* n1 found the object without 1/,
    );
  });

  it("goes by the closing reads of all nodes where there are any", () => {
    expect(check([add(0, 0), final("n1", [], 5), final("n2", [0], 7)])).toEqual({ valid: true, checked: 1 });
    expect(check([add(0, 0), final("n1", [], 5), final("n2", [], 7), read([], 3)])).toMatchObject({
      anomalies: [{ kind: "lost-element", ops: [0, 2, 3] }],
    });
    expect(check([add(0, 0), final("n1", [], 5)], { nodes: ["n1", "n2", "n3"] })).toMatchObject({ why: "vacuous" });
  });

  it("finds elements that nobody added, or twice in a read", () => {
    expect(check([add(0, 0), read([0, 5], 4)])).toMatchObject({
      anomalies: [{ kind: "unexpected-element", rulesOut: ["causal-cc", "pram"] }],
    });
    expect(check([add(0, 0), add(5, 2, { ret: 3, fail: "abort" }), read([0, 5], 4)])).toMatchObject({
      anomalies: [{ kind: "unexpected-element", ops: [1, 2] }],
    });
    expect(check([add(0, 0), read([0, 0], 4)])).toMatchObject({ anomalies: [{ kind: "duplicate-element" }] });
  });

  it("asks for no element that a remove may have taken out", () => {
    expect(check([add(0, 0), add(1, 0), remove(0, 3), read([1], 6)])).toEqual({ valid: true, checked: 1 });
    expect(check([add(0, 0), remove(0, 0), add(1, 3), read([1], 6)])).toMatchObject({ valid: true });
    expect(check([remove(0, 0), add(0, 3), read([], 6)])).toMatchObject({ valid: false });
  });

  it("says nothing where elements were still being added, nobody read, or the history is of another kind", () => {
    for (const some of [[], [add(0, 0)], [read([], 1)], [add(0, 0, { ret: 9 }), read([], 5)], [read([], 5), add(0, 7)]])
      expect(check(some)).toMatchObject({ valid: "unknown", why: "vacuous" });
    expect(check([add(0, 0), read(3, 4)])).toMatchObject({ why: "malformed" });
    expect(check([add(0, 0), add(1, 0, { f: "push", ret: 1 }), read([0], 4)])).toMatchObject({ why: "malformed" });
  });

  it("agrees with its definition", () => {
    agree({
      count: runs(20_000),
      make: (random) => {
        const added: number[] = [];
        const wild = random.chance(0.6);
        const draw = (): Json =>
          added
            .flatMap((element) =>
              wild && random.chance(0.15) ? (random.chance(0.8) ? [] : [element, element]) : [element],
            )
            .concat(wild && random.chance(0.05) ? [99] : []);
        const updates = concurrently(random, { threads: 3, max: 6 }, (i) => {
          const f = random.pick(["add", "add", "add", "read", "remove"]);
          if (f === "read") return { f, ok: draw() };
          const input = f === "remove" || random.chance(0.1) ? random.below(i + 1) : i;
          if (f === "add") added.push(input);
          else if (random.chance(0.5)) added.splice(0, added.length, ...added.filter((element) => element !== input));
          return { f, input };
        });
        const end =
          Math.max(...updates.map(({ call, ret = 0 }) => Math.max(call, ret))) + (random.chance(0.9) ? 1 : -1);
        const closing = random.below(3);
        if (closing === 0) return [...updates, read(draw(), Math.max(0, end))];
        return [
          ...updates,
          ...["n1", "n2"].slice(0, closing).map((node, i) => final(node, draw(), Math.max(0, end) + i)),
        ];
      },
      actual: (made) => opinionOf(set(), made),
      expected,
    });
  });
});
