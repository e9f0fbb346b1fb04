import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineSplitter } from "../../../src/runtimes/shared/lines.ts";

function split(chunks: readonly string[], maxLength?: number): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line), maxLength);
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return lines;
}

/** The obvious way. */
function oracle(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => line.replace(/\r$/, ""));
}

describe("cutting a stream into lines", () => {
  it("gives the same lines however the stream is cut into chunks", () => {
    const chunk = fc.string({ unit: fc.constantFrom("a", "é", "\n", "\r", "}") });
    fc.assert(
      fc.property(fc.array(chunk), (chunks) => {
        expect(split(chunks)).toEqual(oracle(chunks.join("")));
      }),
    );
  });

  it("does not let an endless line fill the memory, and loses nothing of it", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 5 })), (chunks) => {
        const pieces = split(chunks, 8);
        expect(pieces.join("")).toBe(chunks.join(""));
        for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(8 + 5);
      }),
    );
  });
});
