import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Anomaly } from "../../src/core/checker.ts";
import { renderExcerpt } from "../../src/report/columns.ts";
import { type Excerpt, excerptOf } from "../../src/report/excerpt.ts";
import { displayWidth } from "../../src/report/layout.ts";
import { styleOf } from "../../src/report/style.ts";
import { bigRun, during, historyOf, lostWrite, type Sample, type Step, staleRead } from "./samples.ts";

const anomalyIn = ({ verdict }: Sample): Anomaly => {
  const [anomaly] = verdict.models.flatMap((row) => row.anomalies);
  if (!anomaly) throw new Error("the sample has no anomaly");
  return anomaly;
};
const anomalyOf = (ops: readonly number[], because: Anomaly["because"] = []): Anomaly => ({
  kind: "odd",
  rulesOut: ["sequential"],
  explanation: "Odd.",
  ops,
  because,
});
const rendered = (excerpt: Excerpt, width = 100, because: Anomaly["because"] = []): string[] =>
  renderExcerpt(excerpt, because, { width, indent: "  ", style: styleOf(false) });
const words = (excerpt: Excerpt): string[] =>
  excerpt.rows.map((row) => (row.kind === "gap" ? `gap ${row.hidden}` : `${row.kind} ${row.op.index}`));

describe("excerptOf", () => {
  it("takes the operations of the anomaly and the processes that did them, in order of time", () => {
    const sample = staleRead();
    const excerpt = excerptOf(sample.history, anomalyIn(sample));
    expect(excerpt.columns).toEqual([
      { process: 0, node: "n1" },
      { process: 1, node: "n3" },
      { process: 2, node: "n1" },
    ]);
    expect(words(excerpt)).toEqual([
      "call 0",
      "return 0",
      "gap 1",
      "call 2",
      "return 2",
      "gap 1",
      "call 5",
      "return 5",
    ]);
    expect(excerpt.offender).toBe(5);
  });

  it("knows the faults within its span, those between two rows too, and no others", () => {
    const steps: Step[] = [
      { p: 0, f: "write", input: 1, fromMs: 100, toMs: 110 },
      { p: 1, f: "read", ok: 0, fromMs: 200, toMs: 210 },
    ];
    const pause = (nodes: string[], from: number, to: number) => during({ kind: "pause", nodes }, from, to);
    const history = historyOf(steps, [
      pause(["before"], 0, 100),
      pause(["across"], 50, 205),
      pause(["between"], 120, 130),
      pause(["open"], 205, Number.POSITIVE_INFINITY),
      pause(["after"], 211, 300),
    ]);
    const excerpt = excerptOf(history, anomalyOf([0, 1]));
    expect(excerpt.faults.map(({ letter, fault }) => [letter, "nodes" in fault.value && fault.value.nodes[0]])).toEqual(
      [
        ["A", "across"],
        ["B", "between"],
        ["C", "open"],
      ],
    );
    const lines = rendered(excerpt);
    expect(lines.slice(2, 7)).toEqual([
      "  A     100 ms  ┌ #0 write 1",
      "  ┃     110 ms  └ ok",
      "  ┃ B        ⋮",
      "  ┃     200 ms                      ┌ #1 read",
      "      C 210 ms                      └ 0 ◀ here",
    ]);
    expect(lines.some((line) => line.includes("open paused (205 ms to the end)"))).toBe(true);
  });

  it("shows operations of one instant as concurrent", () => {
    const history = historyOf([
      { p: 0, f: "write", input: 1, fromMs: 1, toMs: 2 },
      { p: 1, f: "read", ok: 0, fromMs: 2, toMs: 3 },
    ]);
    expect(words(excerptOf(history, anomalyOf([0, 1])))).toEqual(["call 0", "call 1", "return 0", "return 1"]);
  });

  it("leaves an unknown outcome open to the end", () => {
    const history = historyOf([
      { p: 0, f: "write", input: 1, fromMs: 1, info: "timeout" },
      { p: 1, f: "read", ok: 1, fromMs: 2, toMs: 3 },
    ]);
    const lines = rendered(excerptOf(history, anomalyOf([0, 1])));
    expect(lines[3]).toMatch(/^ +2 ms {2}│ +┌ #1 read$/);
    expect(lines[5]).toMatch(/^ +\? {2}┆ unknown: timeout$/);
  });

  it("says how many operations it leaves out, in whatever place the running ones leave free", () => {
    const others = (p: number, from: number): Step[] =>
      Array.from({ length: 3 }, (_, i) => ({ p, f: "write", input: i, fromMs: from + 2 * i, toMs: from + 2 * i + 1 }));
    const idle = historyOf([
      { p: 0, f: "read", ok: 0, fromMs: 0, toMs: 1 },
      ...others(0, 10),
      { p: 1, f: "read", ok: 0, fromMs: 20, toMs: 21 },
    ]);
    expect(rendered(excerptOf(idle, anomalyOf([0, 4])))[4]).toMatch(/⋮ {2}3 other operations$/);
    const running = historyOf([
      { p: 0, f: "read", ok: 0, fromMs: 0, toMs: 30 },
      { p: 1, f: "read", ok: 0, fromMs: 1, toMs: 2 },
      ...others(1, 10),
      { p: 1, f: "read", ok: 0, fromMs: 20, toMs: 21 },
    ]);
    expect(rendered(excerptOf(running, anomalyOf([0, 1, 5])))[5]).toMatch(/⋮ {2}│ +(3 other operations|\+3)$/);
  });

  it("shows lists around the place where they differ", () => {
    const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);
    const history = historyOf([
      { p: 0, f: "read", key: "k", ok: upTo(200), fromMs: 1, toMs: 2 },
      { p: 1, f: "read", key: "k", ok: upTo(200).map((n) => (n === 100 ? 999 : n)), fromMs: 3, toMs: 4 },
    ]);
    const lines = rendered(excerptOf(history, anomalyOf([0, 1])), 90).join("\n");
    expect(lines).toMatch(/\[… .*99 100 101.* …\] \(200\)/);
    expect(lines).toMatch(/\[… .*99 999 101.* …\] \(200\)/);
  });

  it("bounds huge anomalies, keeps the first and the offender, and says how many are missing", () => {
    const history = historyOf(
      Array.from({ length: 200 }, (_, i) => ({ p: i % 3, f: "write", input: i, fromMs: i, toMs: i + 0.5 })),
    );
    const ops = Array.from({ length: 150 }, (_, i) => i);
    const excerpt = excerptOf(history, anomalyOf(ops));
    const shown = excerpt.rows.flatMap((row) => (row.kind === "call" ? [row.op.index] : []));
    expect(shown).toHaveLength(14);
    expect(shown).toContain(0);
    expect(shown).toContain(149);
    expect(excerpt.omitted).toBe(136);
    expect(rendered(excerpt).at(-1)).toContain("136 operations of this anomaly not shown");
  });

  it("survives operations that the history does not have", () => {
    const history = historyOf([{ p: 0, f: "read", ok: 1, fromMs: 1 }]);
    const excerpt = excerptOf(history, anomalyOf([0, 7], [{ from: 9, to: 0, reason: "?" }]));
    expect(words(excerpt)).toEqual(["call 0", "return 0"]);
    expect(excerpt.offender).toBe(0);
    expect(excerptOf(history, anomalyOf([5])).rows).toEqual([]);
    expect(rendered(excerptOf(history, anomalyOf([5]))).length).toBeGreaterThan(0);
  });
});

describe("renderExcerpt", () => {
  it("draws a column a process, each call above its return", () => {
    const sample = staleRead();
    const anomaly = anomalyIn(sample);
    const lines = rendered(excerptOf(sample.history, anomaly), 100, anomaly.because);
    const [heading = ""] = lines;
    for (const [process, index, result] of [
      ["p0 → n1", 0, "└ ok"],
      ["p1 → n3", 2, "└ ok"],
      ["p2 → n1", 5, "└ 3 ◀ here"],
    ] as const) {
      const x = heading.indexOf(process);
      const y = lines.findIndex((line) => line.includes(`#${index} `));
      expect(lines[y]?.indexOf("┌")).toBe(x);
      expect(lines[y + 1]?.slice(x)).toMatch(new RegExp(`^${result}`));
    }
    expect(lines.join("\n")).toContain("fault A  partition isolate-leader: n1 | n2 n3 n4 n5 (1.500 s to 4.000 s)");
    expect(lines.join("\n")).toContain("#2 → #5  the write of 5 had returned before the read of x began");
  });

  it("keeps within the width, and falls back to one column where there is no room", () => {
    for (const sample of [staleRead(), lostWrite()])
      for (let width = 40; width <= 120; width += 4) {
        const anomaly = anomalyIn(sample);
        const excerpt = excerptOf(sample.history, anomaly);
        const lines = rendered(excerpt, width, anomaly.because);
        for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(width);
        for (const index of anomaly.ops) expect(lines.some((line) => line.includes(`#${index} `))).toBe(true);
        expect(lines.filter((line) => line.includes("◀ here"))).toHaveLength(1);
        if (width === 40) expect(lines.some((line) => /p2 +┌ #5 read x|p4 +┌ #13/.test(line))).toBe(true);
      }
  });

  it("shows every operation of any anomaly once, called before it returns", () => {
    const { history } = bigRun(300, 5);
    const indices = fc.uniqueArray(fc.nat(299), { minLength: 1, maxLength: 14 });
    fc.assert(
      fc.property(indices, fc.integer({ min: 60, max: 140 }), (ops, width) => {
        const excerpt = excerptOf(history, anomalyOf(ops));
        expect(excerpt.rows.flatMap((row) => (row.kind === "call" ? [row.op.index] : []))).toEqual(
          [...ops].sort((a, b) => a - b),
        );
        const times = excerpt.rows.flatMap((row) => (row.kind === "gap" ? [] : [row.atNs]));
        expect(times).toEqual([...times].sort((a, b) => (a === b ? 0 : a - b)));
        const mine = new Set(excerpt.columns.map((column) => column.process));
        const hidden = excerpt.rows.reduce((sum, row) => sum + (row.kind === "gap" ? row.hidden : 0), 0);
        const last = times.findLast(Number.isFinite) ?? 0;
        const expected = history.ops.filter(
          (op) => mine.has(op.process) && !ops.includes(op.index) && op.index > Math.min(...ops) && op.callNs <= last,
        );
        expect(hidden).toBe(expected.length);
        for (const line of rendered(excerpt, width)) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});
