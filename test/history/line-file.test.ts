import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { LineFile } from "../../src/history/line-file.ts";

const dir = mkdtempSync(join(tmpdir(), "splitbrain-lines-"));
afterAll(() => rmSync(dir, { recursive: true }));

describe("LineFile", () => {
  it("keeps all lines in order", () => {
    const file = new LineFile(join(dir, "order"));
    const lines = Array.from({ length: 20_000 }, (_, i) => `${i} ${"é".repeat(i % 50)}`);
    for (const line of lines) file.append(line);
    file.close();
    expect(readFileSync(file.path, "utf8")).toBe(`${lines.join("\n")}\n`);
  });

  it("writes at once what is too much to hold, even while the event loop is blocked", () => {
    const file = new LineFile(join(dir, "blocked"));
    const line = "x".repeat(1_000);
    for (let i = 0; i < 1_000; i++) file.append(line);
    expect(readFileSync(file.path).length).toBeGreaterThan(700_000);
    file.close();
  });

  it("cannot be appended to once closed, and can be closed twice", () => {
    const file = new LineFile(join(dir, "closed"));
    file.close();
    file.close();
    expect(() => file.append("late")).toThrow(`${file.path} is closed; append before close`);
  });

  // Linux has a device that is always full.
  it.runIf(process.platform === "linux")("tells every later caller of a failure, and can still be closed", () => {
    const file = new LineFile("/dev/full");
    const full =
      "cannot write /dev/full: no space left on the device; free some space or choose another folder (ENOSPC)";
    expect(() => file.append("first")).toThrow(full);
    expect(() => file.append("second")).toThrow(full);
    expect(() => file.close()).toThrow(full);
    expect(() => file.close()).not.toThrow();
  });
});
