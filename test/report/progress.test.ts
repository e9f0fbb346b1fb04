import { stripVTControlCharacters } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { displayWidth } from "../../src/report/layout.ts";
import { Progress, type ProgressState, progressLine } from "../../src/report/progress.ts";

const state = (elapsedMs: number, more: Partial<ProgressState> = {}): ProgressState => ({
  elapsedMs,
  totalMs: 60_000,
  opsPerS: 413.4,
  ok: 4_100,
  fail: 23,
  info: 12,
  faults: ["partition halves: n1 n2 | n3 n4 n5", "n3 paused"],
  ...more,
});

/** A stream that remembers, with a clock that is moved by hand. */
function recorded(isTTY: boolean, columns?: number) {
  const written: string[] = [];
  const clock = { ms: 1_000 };
  const stream = { write: (text: string) => written.push(text), isTTY, ...(columns === undefined ? {} : { columns }) };
  return { written, clock, progress: new Progress(stream, { color: false, nowMs: () => clock.ms }) };
}

describe("progressLine", () => {
  it("says how far, how fast, what came of it, and what is broken", () => {
    expect(progressLine(state(12_345), { color: false, width: 120 })).toBe(
      "12.3 / 60.0 s  413 ops/s  4,100 ok  23 fail  12 info  partition halves: n1 n2 | n3 n4 n5; n3 paused",
    );
    expect(progressLine(state(900, { faults: [] }), { color: false })).toBe(
      " 0.9 / 60.0 s  413 ops/s  4,100 ok  23 fail  12 info  no fault",
    );
  });

  it("fits any width, and says the same in colour", () => {
    for (let width = 1; width < 130; width++) {
      const line = progressLine(state(12_345), { color: false, width });
      expect(displayWidth(line)).toBeLessThanOrEqual(width);
      expect(line).not.toContain("\u001b");
      expect(stripVTControlCharacters(progressLine(state(12_345), { color: true, width }))).toBe(line);
    }
  });
});

describe("Progress", () => {
  it("rewrites one line on a terminal, about five times a second", () => {
    const { written, clock, progress } = recorded(true, 60);
    for (let i = 0; i < 1_000; i++, clock.ms++) progress.update(state(i));
    expect(written).toHaveLength(5);
    for (const text of written) {
      expect(text.startsWith("\r\u001b[2K")).toBe(true);
      expect(text).not.toContain("\n");
      expect(displayWidth(stripVTControlCharacters(text).replace("\r", ""))).toBeLessThan(60);
    }
    progress.done();
    expect(written.at(-1)).toBe("\r\u001b[2K");
    progress.done();
    expect(written).toHaveLength(6);
  });

  it("writes plain lines elsewhere, about every five seconds", () => {
    const { written, clock, progress } = recorded(false);
    for (let i = 0; i < 12_000; i++, clock.ms++) progress.update(state(i));
    progress.done();
    expect(written).toHaveLength(2);
    for (const text of written) expect(text).toMatch(/^\P{Cc}+\n$/u);
  });

  it("lets notes stand above the line", () => {
    const { written, progress } = recorded(true, 200);
    progress.update(state(1));
    progress.note("seed 7: invalid");
    expect(written.at(-1)).toBe(`\r\u001b[2Kseed 7: invalid\n${progressLine(state(1), { color: false, width: 199 })}`);
    const plain = recorded(false);
    plain.progress.note("seed 7: invalid");
    expect(plain.written).toEqual(["seed 7: invalid\n"]);
  });

  it("never writes to standard output", () => {
    const stdout = vi.spyOn(process.stdout, "write");
    const { clock, progress } = recorded(true);
    progress.update(state(1));
    clock.ms += 300;
    progress.update(state(2));
    progress.note("x");
    progress.done();
    expect(stdout).not.toHaveBeenCalled();
    stdout.mockRestore();
  });
});
