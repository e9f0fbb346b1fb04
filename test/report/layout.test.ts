import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { displayWidth, padEnd, plain, renderTable, truncate, wrap } from "../../src/report/layout.ts";
import { duration, timeScale } from "../../src/report/time.ts";

import { anyText } from "./samples.ts";

const text = fc.string({ unit: "grapheme", maxLength: 80 }).map(plain);

describe("text on a grid", () => {
  it("counts wide and combining characters as terminals do", () => {
    expect(displayWidth("abc")).toBe(3);
    expect(displayWidth("日本")).toBe(4);
    expect(displayWidth("e\u0301")).toBe(1);
    expect(displayWidth("🎉")).toBe(2);
    expect(padEnd("日", 4)).toBe("日  ");
  });

  it("truncates to the width", () => {
    fc.assert(
      fc.property(text, fc.nat(40), (line, width) => {
        const cut = truncate(line, width);
        expect(displayWidth(cut)).toBeLessThanOrEqual(width);
        if (displayWidth(line) <= width) expect(cut).toBe(line);
      }),
    );
  });

  it("wraps to the width and loses nothing but spaces", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 40 }), (line, width) => {
        const lines = wrap(line, width);
        for (const part of lines) expect(displayWidth(part)).toBeLessThanOrEqual(width);
        expect(lines.join("").replaceAll(" ", "")).toBe(line.replaceAll(" ", ""));
      }),
    );
  });

  it("leaves nothing in the text that a terminal would obey", () => {
    fc.assert(
      fc.property(anyText, (anything) => {
        expect(plain(anything)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      }),
    );
    expect(plain("a\r\n\tb\u0000\u001b[31m\u202e")).toBe("a b\\x00\\x1b[31m\\u{202e}");
  });
});

describe("renderTable", () => {
  const columns = [{ heading: "name" }, { heading: "n", align: "right" }, { heading: "remark", least: 16 }] as const;
  const options = { indent: "  ", paintHeading: (heading: string) => heading };

  it("aligns columns and continues long cells below", () => {
    const rows = [
      [{ text: "raft" }, { text: "1,234" }, { text: "short" }],
      [{ text: "single-leader" }, { text: "5" }, { text: "a remark that is far too long for the line" }],
    ];
    expect(renderTable(columns, rows, { ...options, width: 50 })).toEqual([
      "  name               n  remark",
      "  raft           1,234  short",
      "  single-leader      5  a remark that is far too",
      "                        long for the line",
    ]);
  });

  it("fits any width that leaves a few cells a column", () => {
    const row = fc.tuple(text, text, text).map((cells) => cells.map((cell) => ({ text: cell })));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), fc.integer({ min: 30, max: 120 }), (rows, width) => {
        for (const line of renderTable(columns, rows, { ...options, width }))
          expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });

  it("measures before it paints", () => {
    const paint = (cell: string): string => `\u001b[1m${cell}\u001b[22m`;
    const [, first = "", second = ""] = renderTable(
      columns,
      [
        [{ text: "a", paint }, { text: "1" }, { text: "x" }],
        [{ text: "bbb" }, { text: "2" }, { text: "y" }],
      ],
      { ...options, width: 60 },
    );
    expect(stripVTControlCharacters(first).indexOf("1")).toBe(second.indexOf("2"));
  });
});

describe("times", () => {
  it("tells different instants of an excerpt apart, in one unit", () => {
    const near = timeScale([1_000_000_000, 1_000_250_000]);
    expect([near(1_000_000_000), near(1_000_250_000)]).toEqual(["1.0000 s", "1.0003 s"]);
    expect(timeScale([1e9, 2e9])(1_234_567_890)).toBe("1.235 s");
    expect(timeScale([5_000_000, 7_000_000])(5_000_000)).toBe("5 ms");
    expect(timeScale([1])(Number.POSITIVE_INFINITY)).toBe("?");
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 40_000_000 }), { minLength: 1, maxLength: 10 }), (tenths) => {
        const instants = tenths.map((tenth) => tenth * 100_000);
        expect(new Set(instants.map(timeScale(instants))).size).toBe(instants.length);
      }),
    );
  });

  it.each([
    [0, "0 ms"],
    [1_250_000, "1.25 ms"],
    [999_400_000, "999 ms"],
    [12_340_000_000, "12.3 s"],
    [125_000_000_000, "2 min 5 s"],
    [3_600_000_000_000, "1 h"],
    [Number.POSITIVE_INFINITY, "no end"],
  ])("%d ns: %s", (ns, words) => {
    expect(duration(ns)).toBe(words);
  });
});
