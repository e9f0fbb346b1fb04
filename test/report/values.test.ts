import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../src/core/json.ts";
import { displayWidth } from "../../src/report/layout.ts";
import { describeValue, firstDifference } from "../../src/report/values.ts";
import { anyText } from "./samples.ts";

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

describe("describeValue", () => {
  it("shows short values whole", () => {
    expect(describeValue(null)).toBe("null");
    expect(describeValue("a")).toBe('"a"');
    expect(describeValue([1, [2, "b"], null])).toBe('[1 [2 "b"] null]');
    expect(describeValue({ a: 1, b: [2] })).toBe("{a: 1, b: [2]}");
    expect(describeValue([])).toBe("[]");
  });

  it("shows the end of a long list, and its length", () => {
    expect(describeValue(upTo(100), { width: 24 })).toBe("[… 97 98 99 100] (100)");
  });

  it("keeps the position that matters in view", () => {
    const text = describeValue(upTo(100), { width: 30, focus: 49 });
    expect(text).toMatch(/^\[… .*\b50\b.* …\] \(100\)$/);
    expect(describeValue(upTo(100), { width: 30, focus: 0 })).toMatch(/^\[1 2 .* …\] \(100\)$/);
  });

  it("shows both ends of a long string", () => {
    const text = describeValue(`${"a".repeat(50)}-${"b".repeat(50)}17`, { width: 24 });
    expect(text).toMatch(/^"a+….*b17"$/);
    expect(displayWidth(text)).toBeLessThanOrEqual(24);
  });

  it("never exceeds its width, however odd the value", () => {
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 3 },
        fc.constant(null),
        fc.integer(),
        anyText,
        fc.array(tie("json"), { maxLength: 30 }),
        fc.dictionary(fc.string(), tie("json"), { maxKeys: 5 }),
      ),
    })) as { json: fc.Arbitrary<Json> };
    fc.assert(
      fc.property(
        json,
        fc.integer({ min: 8, max: 60 }),
        fc.option(fc.nat(40), { nil: undefined }),
        (value, width, focus) => {
          const text = describeValue(value, { width, ...(focus === undefined ? {} : { focus }) });
          expect(displayWidth(text)).toBeLessThanOrEqual(width);
          expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
        },
      ),
    );
  });

  it("looks at no more of a huge list than it shows", () => {
    const looked = new Set<string | symbol>();
    const list = new Proxy(upTo(500_000), {
      get: (target, property) => {
        looked.add(property);
        return Reflect.get(target, property);
      },
    });
    expect(describeValue(list, { width: 40 })).toContain("500000] (500000)");
    expect(looked.size).toBeLessThan(60);
  });

  it("keeps both ends of a huge string", () => {
    expect(describeValue(`${"x".repeat(5_000_000)}y`, { width: 40 })).toMatch(/^"x+…x+y"$/);
  });
});

describe("firstDifference", () => {
  it.each<[number[][], number | undefined]>([
    [[], undefined],
    [[[1, 2]], undefined],
    [
      [
        [1, 2],
        [1, 2],
      ],
      undefined,
    ],
    [
      [
        [1, 2, 3],
        [1, 2],
      ],
      2,
    ],
    [
      [
        [1, 2, 3],
        [1, 9, 3],
      ],
      1,
    ],
    [[[1, 2, 3], [1, 2, 3, 4], [0]], 0],
    [[[], [1]], 0],
  ])("%j: %s", (lists, at) => {
    expect(firstDifference(lists)).toBe(at);
  });

  it("agrees with the definition", () => {
    const lists = fc.array(fc.array(fc.nat(2), { maxLength: 6 }), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(lists, (all) => {
        const longest = Math.max(...all.map((list) => list.length));
        const at = upTo(longest).findIndex((_, i) => new Set(all.map((list) => list[i])).size > 1);
        expect(firstDifference(all)).toBe(at < 0 ? undefined : at);
      }),
    );
  });
});
