import { describe, expect, it } from "vitest";
import { transactions } from "../../../checkers/transactions/index.ts";
import { type Budget, DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { ConsistencyModel } from "../../../src/core/consistency.ts";
import type { History } from "../../../src/core/history.ts";
import { history } from "../../support/histories.ts";
import type { Kind } from "./generate.ts";
import { sketched } from "./sketch.ts";

function verdict(kind: Kind, of: History, model: ConsistencyModel, budget: Budget = DEFAULT_BUDGET): Verdict {
  const checker = transactions(kind).find(({ tests }) => tests.includes(model));
  if (checker === undefined) throw new Error(`no checker of ${model}`);
  return checker.check(of, budget);
}

const NO_TIME: Budget = { ...DEFAULT_BUDGET, timeMs: -1 };
const SKEW = ["r x null; w y 1", "r y null; w x 1"] as const;

describe("why a model is not decided", () => {
  it("a history is of another kind", () => {
    const of = history([{ p: 0, f: "read", call: 0, ret: 1, ok: 1 }]);
    expect(verdict("list-append", of, "serializable")).toEqual({
      valid: "unknown",
      why: "malformed",
      detail: "operation 0 is a read, but a transaction is a txn",
    });
  });

  it("a value was written twice", () => {
    const twice = (detail: string) => ({
      valid: "unknown",
      why: "malformed",
      detail: `a value was written twice to ${detail}, so that nobody can say which of the two a read saw`,
    });
    const one = sketched("a x 1", "a x 1; r y []; a z 1", "r x [1]; r z []; a y 1");
    expect(verdict("list-append", one, "snapshot-isolation")).toEqual(twice("x"));
    const three = sketched("a z 1; a x 1; a v 1", "a v 1; a x 1; a z 1; r p []; a q 1", "r z [1]; r q []; a p 1");
    expect(verdict("list-append", three, "snapshot-isolation")).toEqual(twice("z (and to 2 more keys like that)"));
  });

  it("the time was not enough", () => {
    expect(verdict("rw-register", sketched(...SKEW), "snapshot-isolation").valid).toBe(true);
    expect(verdict("rw-register", sketched(...SKEW), "snapshot-isolation", NO_TIME)).toEqual({
      valid: "unknown",
      why: "budget",
      detail: "the time was not enough",
    });
    expect(verdict("rw-register", sketched(...SKEW), "serializable", NO_TIME).valid).toBe(false);
  });

  it.each([
    ["list-append", ["a x 1", "a y 1"], ["r x [1]; r y []", "r x []; r y [1]"]],
    ["rw-register", ["w x 1", "w y 1"], ["r x 1; r y null", "r x null; r y 1"]],
  ] as const)("there were too many cycles: %s", (kind, writers, [one = "", other = ""]) => {
    const forks = (count: number): Verdict => {
      const readers = Array.from({ length: count }, (_, i) => (i % 2 === 0 ? one : other));
      return verdict(kind, sketched(...writers, ...readers), "update-serializable");
    };
    expect(forks(100).valid).toBe(true);
    expect(forks(300)).toEqual({
      valid: "unknown",
      why: "budget",
      detail: "there are too many cycles to look at all of them",
    });
  });

  it("none of the orders tried proves anything", () => {
    const none = (what: string) => ({
      valid: "unknown",
      why: "budget",
      detail: `nothing seen rules it out, but none of the orders tried ${what} proves it`,
    });
    const lists = sketched("a x 1; r x [1]; r x [1]", "r x [3]");
    expect(verdict("list-append", lists, "read-uncommitted")).toEqual(none("of appends that nobody read"));
    const registers = sketched("w x 2", "r x 2; r x null; w x 1");
    expect(verdict("rw-register", registers, "cursor-stability")).toEqual(none("in which values were written"));
    // Whichever of y's values came last, a transaction was seen by halves.
    const halves = sketched("w y 5; w z 5", "w x 1; w y 1", "r x 1; r y 5", "r z 5; r y 1");
    const whole = verdict("rw-register", halves, "monotonic-atomic-view");
    expect(whole).toEqual(none("in which values were written"));
  });
});

describe("what is checked", () => {
  it("is every committed read, those that yielded no list too", () => {
    const only = verdict("list-append", sketched("a x 1", "r x 7"), "read-committed");
    expect([only.valid, "checked" in only && only.checked]).toEqual([false, 1]);
    const both = verdict("list-append", sketched("a x 1", "r x 7; r x [1]"), "read-committed");
    expect([both.valid, "checked" in both && both.checked]).toEqual([false, 2]);
    expect(verdict("list-append", sketched("a x 1", "r x [1]"), "read-committed")).toEqual({ valid: true, checked: 1 });
  });
});
