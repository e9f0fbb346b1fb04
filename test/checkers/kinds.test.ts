import { describe, expect, it } from "vitest";
import { algorithmsFor, checkersFor, KINDS, kindOf, modelsOf, SPECS } from "../../checkers/index.ts";
import { DEFAULT_BUDGET } from "../../src/core/checker.ts";
import { CONSISTENCY_MODELS } from "../../src/core/consistency.ts";
import type { History } from "../../src/core/history.ts";
import type { Json } from "../../src/core/json.ts";
import { history } from "../support/histories.ts";

/** A history of one client, operations one after the other. */
const of = (...ops: readonly (readonly [f: string, input: Json, output: Json])[]): History =>
  history(ops.map(([f, input, ok], i) => ({ p: 0, f, input, ok, call: 2 * i, ret: 2 * i + 1 })));

describe("kinds of histories", () => {
  it("has one for each specification, and no two of one name", () => {
    expect(Object.keys(KINDS)).toEqual(expect.arrayContaining(Object.keys(SPECS)));
    for (const [name, kind] of Object.entries(KINDS)) expect(kind.name).toBe(name);
  });

  it.each<[string, History]>([
    ["register", of(["write", 1, null], ["read", null, 1])],
    ["cas-register", of(["write", 1, null], ["cas", [1, 2], null])],
    ["kv", of(["put", "a", null], ["get", null, "a"])],
    ["append-list", of(["append", 1, null], ["read", null, [1]])],
    ["set", of(["add", 1, null], ["read", null, [1]])],
    ["counter", of(["add", 1, null], ["read", null, 1])],
    ["fifo-queue", of(["enqueue", 1, null], ["dequeue", null, 1])],
    ["stack", of(["push", 1, null], ["pop", null, 1])],
    ["mutex", of(["acquire", null, null], ["release", null, null])],
    ["bank", of(["transfer", { from: 0, to: 1, amount: 1 }, null], ["read", null, { 0: 9, 1: 11 }])],
    ["unique-ids", of(["generate", null, 17])],
    ["list-append", of(["txn", [["append", "x", 1]], [["append", "x", 1]]])],
    ["rw-register", of(["txn", [["w", "x", 1]], [["w", "x", 1]]])],
    ["rw-register", of(["txn", [["r", "x", null]], [["r", "x", 1]]])],
    ["long-fork", of(["read", [["r", 0, null]], [["r", 0, 1]]], ["write", [["w", 0, 1]], [["w", 0, 1]]])],
  ])("tells %s from its operations", (name, known) => {
    expect(kindOf(known)?.name).toBe(name);
  });

  it("does not guess", () => {
    expect(kindOf(of(["launch", null, null]))).toBeUndefined();
    expect(kindOf(of(["transfer", "all of it", null]))).toBeUndefined();
  });

  it.each(Object.values(KINDS))("$name: nothing that was not exercised is valid", ({ expects, checkers }) => {
    const all = checkers();
    expect(all.length).toBeGreaterThan(0);
    expect(CONSISTENCY_MODELS).toContain(expects);
    for (const checker of all) expect(checker.check(of(), DEFAULT_BUDGET)).toMatchObject({ valid: "unknown" });
  });

  it("hands the algorithm that is asked for on, for each that there is", () => {
    const written = of(["write", 1, null], ["read", null, 1]);
    for (const spec of Object.values(SPECS))
      for (const algorithm of algorithmsFor(spec))
        expect(checkersFor(spec, { algorithm })[0]?.name).toBe("linearizability");
    const [forced] = checkersFor(SPECS.register ?? expect.fail(), { algorithm: "search" });
    expect(forced?.check(written, DEFAULT_BUDGET)).toEqual({ valid: true, checked: 2 });
    expect(() => checkersFor(SPECS.register ?? expect.fail(), { algorithm: "magic" })).toThrow(/magic.*search/);
  });

  it("expects of transactions what their family knows", () => {
    for (const name of ["list-append", "rw-register"])
      expect(modelsOf("transactions")).toContain((KINDS[name] ?? expect.fail()).expects);
  });
});
