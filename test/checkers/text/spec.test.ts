import { describe, expect, it } from "vitest";
import { textSpec } from "../../../checkers/text/spec.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Outcome } from "../../../src/core/operation.ts";

const ok = (value: Json = null): Outcome => ({ type: "ok", value });
const unknown: Outcome = { type: "info", error: { name: "timeout" } };
const insert = (at: number, ...ids: Json[]) => ({ f: "insert", input: { at, ids } });

describe("a text that is edited by one user at a time", () => {
  const step = (s: readonly string[] | undefined, op: { f: string; input: Json }, outcome = ok()) =>
    s && textSpec.step(s, op, outcome);
  const abc = step(step(textSpec.init(), insert(0, 1, 3)), insert(1, 2));

  it("takes characters in at a position, or at its end", () => {
    expect(abc).toEqual(["1", "2", "3"]);
    expect(step(abc, insert(9, 4))).toEqual(["1", "2", "3", "4"]);
    expect(textSpec.describe(abc ?? [])).toBe("1 2 3");
    expect(() => step(abc, { f: "insert", input: { at: 0 } })).toThrow("{at, ids}");
  });

  it("loses the character that is deleted, which must be there unless the outcome is unknown", () => {
    expect(step(abc, { f: "delete", input: { id: 2 } })).toEqual(["1", "3"]);
    expect(step(abc, { f: "delete", input: { id: 7 } })).toBeUndefined();
    expect(step(abc, { f: "delete", input: { id: 7 } }, unknown)).toBe(abc);
  });

  it("is read as it is", () => {
    const read = { f: "read", input: null };
    expect(step(abc, read, ok([1, { id: 2 }, 3]))).toBe(abc);
    expect(step(abc, read, ok([1, 3, 2]))).toBeUndefined();
    expect(step(abc, read, unknown)).toBe(abc);
    expect(step(textSpec.init(), read)).toEqual([]);
    expect(() => step(abc, read, ok("123"))).toThrow("list or null");
  });
});
