import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import type { Invocation, Outcome } from "../../../src/core/operation.ts";
import { isolation } from "../../../src/models/isolation/index.ts";
import { statementsOf } from "../../../src/models/isolation/statements.ts";

/** Carries out an operation on a store that it has to itself; what it asked for, and what it told. */
function alone(op: Invocation, store: Map<string, Json>): { asked: string[]; outcome: Outcome } {
  const statements = statementsOf(op);
  const asked: string[] = [];
  let next = statements.next();
  while (!next.done) {
    const { value: statement } = next;
    const before = store.get(statement.key) ?? null;
    const after = statement.f === "update" ? statement.change(before) : undefined;
    if (after !== undefined) store.set(statement.key, after);
    asked.push(after === undefined ? `${statement.f} ${statement.key}` : `${statement.key} = ${JSON.stringify(after)}`);
    next = statements.next(statement.f === "read" ? before : null);
  }
  return { asked, outcome: next.value };
}

describe("operations as statements", () => {
  it("each micro-operation is one, and an append finds what is there", () => {
    const input = [
      ["r", "x", null],
      ["append", "x", 2],
      ["r", "x", null],
      ["w", "y", 3],
    ];
    expect(alone({ f: "txn", input }, new Map([["x", [1]]]))).toEqual({
      asked: ["read x", "x = [1,2]", "read x", "y = 3"],
      outcome: { type: "ok", value: [["r", "x", [1]], input[1], ["r", "x", [1, 2]], input[3]] },
    });
  });

  it("an operation on one key is one, whether it changes something or not", () => {
    const store = new Map<string, Json>();
    const of = (f: string, input: Json = null) => alone({ f, key: "x", input }, store);
    expect(of("write", 1)).toEqual({ asked: ["x = 1"], outcome: { type: "ok", value: null } });
    expect(of("cas", [1, 2])).toEqual({ asked: ["x = 2"], outcome: { type: "ok", value: null } });
    expect(of("cas", [1, 3])).toMatchObject({ asked: ["update x"], outcome: { type: "fail" } });
    expect(of("read")).toEqual({ asked: ["read x"], outcome: { type: "ok", value: 2 } });
  });

  it("a transfer reads two balances and writes them, unless there is too little", () => {
    const store = new Map<string, Json>();
    const transfer = (from: string, to: string) => alone({ f: "transfer", input: { from, to, amount: 5 } }, store);
    expect(transfer("0", "1").asked).toEqual(["read account 0", "read account 1", "account 0 = 95", "account 1 = 5"]);
    expect(transfer("2", "1").outcome).toMatchObject({ type: "fail", error: { name: "precondition-failed" } });
    expect(alone({ f: "read", input: null }, store).outcome).toMatchObject({ value: { 0: 95, 1: 5, 2: 0 } });
  });
});

describe("the model", () => {
  it("is about one node", () => {
    expect(isolation.reject?.({}, 1, "bank")).toBeUndefined();
    expect(isolation.reject?.({}, 3, "bank")).toBe("isolation is about one node, not 3: give --nodes 1");
  });
});
