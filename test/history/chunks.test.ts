import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chunksOf } from "../../src/history/chunks.ts";

describe("chunksOf", () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "splitbrain-chunks-"));
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  it.each([0, 1, (1 << 18) - 1, 1 << 18, (1 << 18) + 1, 1_000_000])(
    "gives a file of %d bytes, in order",
    async (size) => {
      const file = join(dir, `${size}`);
      const bytes = Buffer.alloc(size).map((_, i) => (i * 31 + (i >> 8)) & 0xff);
      writeFileSync(file, bytes);
      const copies: Buffer[] = [];
      for await (const chunk of chunksOf(file)) {
        expect(chunk.length).toBeGreaterThan(0);
        copies.push(Buffer.from(chunk));
      }
      expect(Buffer.concat(copies).equals(bytes)).toBe(true);
    },
  );

  it("says what the system says", async () => {
    await expect(chunksOf(join(dir, "missing")).next()).rejects.toMatchObject({ code: "ENOENT" });
    await expect(chunksOf(dir).next()).rejects.toMatchObject({ code: "EISDIR" });
  });
});
