import { describe, expect, it } from "vitest";
import { overtaken } from "../../../checkers/linearizability/overtaken.ts";
import { SPECS } from "../../../checkers/specs/index.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { history, type Sketch } from "../../support/histories.ts";

type Line = readonly [f: string, value: Json, call: number, ret?: number];

/** What is said of the taker, the last of these operations in order of calls unless another one is meant. */
function told(name: string, lines: readonly Line[], taker = lines.length - 1, spec = SPECS[name] as Spec) {
  const sketches = lines.map(([f, value, call, ret], p): Sketch => {
    const isAdd = ["enqueue", "push", "insert"].includes(f);
    const when = ret === undefined ? { call } : { call, ret };
    return { p, f, ...(isAdd ? { input: value } : { ok: value }), ...when };
  });
  const { ops } = history(sketches);
  const op = ops[taker];
  return op === undefined ? undefined : overtaken(spec, ops, op);
}

describe("a value is overtaken", () => {
  it("in a queue by one that was certainly put in later", () => {
    const said = (first: Line, second: Line): unknown => told("fifo-queue", [first, second, ["dequeue", 5, 40, 50]]);
    expect(said(["enqueue", 4, 0, 10], ["enqueue", 5, 20, 30])).toEqual({
      kind: "fifo-violation",
      although: "although 4 (op 0) was put in before 5 and was not taken out",
    });
    expect(said(["enqueue", 4, 0, 10], ["enqueue", 5, 10, 30])).toBeUndefined();
    expect(said(["enqueue", 4, 0], ["enqueue", 5, 20, 30])).toBeUndefined();
    expect(said(["enqueue", 5, 0, 10], ["enqueue", 4, 20, 30])).toBeUndefined();
    expect(said(["enqueue", 4, 0, 10], ["enqueue", 6, 20, 30])).toBeUndefined();
  });

  it("unless somebody took it in time", () => {
    const said = (other: Line, taker: number): unknown =>
      told("fifo-queue", [["enqueue", 4, 0, 10], ["enqueue", 5, 20, 30], other, ["dequeue", 5, 40, 50]], taker);
    expect(said(["dequeue", 4, 35, 60], 3)).toBeUndefined();
    expect(said(["dequeue", 4, 50, 60], 2)).toBeUndefined();
    expect(said(["dequeue", 4, 51, 60], 2)).toEqual({
      kind: "fifo-violation",
      although: "although 4 (op 0) was put in before 5 and was not taken out until later (op 3)",
    });
    expect(said(["dequeue", 6, 35, 60], 3)).toMatchObject({ although: /was not taken out$/ });
    expect(said(["dequeue", null, 35, 60], 3)).toMatchObject({ although: /was not taken out$/ });
  });

  it("where it is clear who put in and took out what", () => {
    const clear: Line[] = [
      ["enqueue", 4, 0, 10],
      ["enqueue", 5, 20, 30],
    ];
    const taker: Line = ["dequeue", 5, 40, 50];
    expect(told("fifo-queue", [...clear, ["enqueue", 4, 35, 36], taker])).toBeUndefined();
    expect(told("fifo-queue", [...clear, ["enqueue", 5, 35, 36], taker])).toBeUndefined();
    expect(told("fifo-queue", [...clear, ["dequeue", null, 35], taker])).toBeUndefined();
    expect(told("fifo-queue", [...clear, ["enqueue", 6, 35], taker])).toBeDefined();
    expect(told("fifo-queue", [...clear, ["dequeue", null, 40, 50]])).toBeUndefined();
    expect(told("fifo-queue", [...clear, ["dequeue", 5, 40]])).toBeUndefined();
    expect(told("fifo-queue", [...clear, taker], 1)).toBeUndefined();
  });

  it("on a stack by one below it", () => {
    const said = (first: Line, second: Line, taker: Line): unknown => told("stack", [first, second, taker]);
    expect(said(["push", 4, 0, 10], ["push", 5, 20, 30], ["pop", 4, 40, 50])).toEqual({
      kind: "lifo-violation",
      although: "although 5 (op 1) was put in after 4 and was not taken out",
    });
    expect(said(["push", 4, 0, 10], ["push", 5, 10, 30], ["pop", 4, 40, 50])).toBeUndefined();
    expect(said(["push", 4, 0, 10], ["push", 5, 20, 40], ["pop", 4, 40, 50])).toBeUndefined();
    expect(said(["push", 4, 0, 10], ["push", 5, 20, 30], ["pop", 5, 40, 50])).toBeUndefined();
  });

  it("in a priority queue by a larger one", () => {
    const said = (first: Line, second: Line, taker: Line): unknown => told("priority-queue", [first, second, taker]);
    expect(said(["insert", 4, 0, 10], ["insert", 5, 0, 30], ["poll", 5, 40, 50])).toEqual({
      kind: "priority-violation",
      although: "although 4 (op 0) is smaller, was put in before and was not taken out",
    });
    expect(said(["insert", 4, 0, 40], ["insert", 5, 0, 30], ["poll", 5, 40, 50])).toBeUndefined();
    expect(said(["insert", 4, 0, 10], ["insert", 5, 0, 30], ["poll", 4, 40, 50])).toBeUndefined();
  });

  it("only in what has an order", () => {
    const lines: Line[] = [
      ["enqueue", 4, 0, 10],
      ["enqueue", 5, 20, 30],
      ["dequeue", 5, 40, 50],
    ];
    expect(told("bag", lines)).toBeUndefined();
    expect(told("", lines, 2, { ...(SPECS["fifo-queue"] as Spec), name: "toString" })).toBeUndefined();
  });
});
