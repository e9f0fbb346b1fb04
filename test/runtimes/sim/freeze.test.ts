import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { freezeJson } from "../../../src/runtimes/sim/freeze.ts";

const frozenThroughout = (value: unknown): boolean =>
  typeof value !== "object" ||
  value === null ||
  (Object.isFrozen(value) && Object.values(value).every(frozenThroughout));

describe("freezing", () => {
  it("takes any JSON value, changes nothing of it, and leaves nothing that could be changed", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const before = JSON.stringify(value);
        expect(freezeJson(value)).toBe(value);
        expect(JSON.stringify(value)).toBe(before);
        expect(frozenThroughout(value)).toBe(true);
      }),
    );
  });

  it("takes an absent key, which JSON leaves out", () => {
    expect(freezeJson({ a: undefined })).toEqual({});
  });

  it.each([
    [{ a: [new Set()] }, /a Set is not JSON/],
    [[undefined], /undefined in a list is not JSON/],
    [{ a: Number.POSITIVE_INFINITY }, /Infinity is not JSON/],
    [{ a: () => 1 }, /a function is not JSON/],
    [[1n], /a bigint is not JSON/],
  ])("refuses %o", (value, expected) => {
    expect(() => freezeJson(value)).toThrow(expected);
  });
});
