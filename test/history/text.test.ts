import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidUtf8Error, LineSplitter, Utf8Decoder } from "../../src/history/text.ts";
import { cut, cutBytes } from "./arbitraries.ts";

const places = fc.array(fc.nat(), { maxLength: 6 });

describe("Utf8Decoder", () => {
  it("gives the text back, however its bytes are cut into pieces", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), places, (text, at) => {
        const decoder = new Utf8Decoder();
        const decoded = cutBytes(Buffer.from(text), at).map((piece) => decoder.push(piece));
        expect(decoded.join("")).toBe(text.replace(/^\uFEFF/, ""));
        expect(decoder.cut).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it("finds the first byte that is not UTF-8, as a decoder byte by byte does", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc
        .tuple(
          fc.string({ unit: "binary", maxLength: 6 }),
          fc.uint8Array({ maxLength: 3 }),
          fc.string({ unit: "binary" }),
        )
        .map(([before, odd, after]) => new Uint8Array(Buffer.concat([Buffer.from(before), odd, Buffer.from(after)]))),
    );
    fc.assert(
      fc.property(bytes, places, (bytes, at) => {
        const decoder = new Utf8Decoder();
        let found: number | undefined;
        try {
          for (const piece of cutBytes(bytes, at)) decoder.push(piece);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidUtf8Error);
          found = (error as InvalidUtf8Error).offset;
        }
        const expected = firstInvalid(bytes);
        // What the bytes end within is noticed only when more come.
        if (found === undefined && expected !== undefined) expect(decoder.cut).toBe(true);
        else expect(found).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Where the first character that is not one starts. */
function firstInvalid(bytes: Uint8Array): number | undefined {
  for (let start = 0; start < bytes.length; ) {
    const length = [1, 2, 3, 4].find((n) => start + n <= bytes.length && isText(bytes.subarray(start, start + n)));
    if (length === undefined) return start;
    start += length;
  }
  return undefined;
}

function isText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

describe("LineSplitter", () => {
  it("gives the lines of a text, however it is cut into pieces", () => {
    const texts = fc
      .array(fc.constantFrom("a", "bc", "\n", "\n\n", "é"), { maxLength: 20 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(texts, places, (text, at) => {
        const lines: string[] = [];
        const splitter = new LineSplitter((line, number) => {
          lines.push(line);
          expect(number).toBe(lines.length);
        });
        for (const piece of cut(text, at)) splitter.push(piece);
        expect([...lines, splitter.rest]).toEqual(text.split("\n"));
        expect(splitter.restLine).toBe(lines.length + 1);
      }),
    );
  });

  it("gives up on a line without end, before memory does", () => {
    const splitter = new LineSplitter(() => {});
    splitter.push("first\n");
    const piece = "x".repeat(1 << 20);
    expect(() => {
      for (let i = 0; i < 300; i++) splitter.push(piece);
    }).toThrow("line 2 is longer than 268435456 characters");
  });
});
