import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { displayWidth } from "../../src/report/layout.ts";
import { renderSpaceTime, type SpaceTimeRow } from "../../src/report/space-time.ts";
import { styleOf } from "../../src/report/style.ts";

const MS = 1_000_000;
const OPTIONS = { width: 60, indent: "", style: styleOf(false) };
const arrow = (
  atMs: number,
  from: number,
  to: number,
  label: string,
  part: Extract<SpaceTimeRow, { kind: "arrow" }>["part"] = "whole",
): SpaceTimeRow => ({ kind: "arrow", atNs: atMs * MS, from, to, label, part });

describe("a space-time diagram", () => {
  it("draws messages, losses, notes and faults under the names of their lanes", () => {
    const rows: SpaceTimeRow[] = [
      { kind: "note", atNs: 0, lane: 1, text: "leads" },
      arrow(10, 0, 1, "write x"),
      { kind: "gap" },
      arrow(100, 1, 2, "x", "lost"),
      arrow(110, 2, 0, "read"),
      { kind: "banner", atNs: 120 * MS, text: "n2 killed" },
      arrow(130, 0, 1, "slow", "leaves"),
      arrow(1400, 0, 1, "slow", "arrives"),
    ];
    expect(renderSpaceTime(["alice", "n1", "n2"], rows, OPTIONS)).toEqual([
      "          alice          n1      n2",
      "    0 ms    │             ● leads │",
      "   10 ms    ├─ write x ──▶│       │",
      "       ⋮    │             │       │",
      "  100 ms    │             ├─ x ──✗│",
      "  110 ms    │◀────────────┼ read ─┤",
      "  120 ms  ── n2 killed ────────────",
      "  130 ms    ├ slow ╌…     │       │",
      "1,400 ms    │    … slow ╌▶│       │",
    ]);
  });

  it("never goes beyond its width, whatever the labels", () => {
    const anyRow = fc.oneof(
      fc.record({
        kind: fc.constant("arrow" as const),
        atNs: fc.nat(9_000_000_000),
        from: fc.nat(4),
        to: fc.nat(4),
        label: fc.string({ maxLength: 60, unit: fc.constantFrom("a", "B", " ", "=", "é") }),
        part: fc.constantFrom("whole" as const, "lost" as const, "leaves" as const, "arrives" as const),
      }),
      fc.record({
        kind: fc.constant("note" as const),
        atNs: fc.nat(9_000_000_000),
        lane: fc.nat(4),
        text: fc.string({ maxLength: 80, unit: fc.constantFrom("a", "b", " ") }),
      }),
      fc.record({
        kind: fc.constant("banner" as const),
        atNs: fc.nat(9_000_000_000),
        text: fc.constant("x".repeat(200)),
      }),
      fc.constant({ kind: "gap" as const }),
    );
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 12 }), fc.integer({ min: 70, max: 120 }), (rows, width) => {
        const legal = rows.filter((row) => row.kind !== "arrow" || row.from !== row.to);
        const lines = renderSpaceTime(["alice", "n1", "n2", "n3", "bob"], legal, { ...OPTIONS, width });
        expect(lines.length).toBe(legal.length + 1);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }),
      { numRuns: 100 },
    );
  });

  it("keeps every arrow's head, whatever the label", () => {
    for (const label of [
      "",
      "x",
      "a label that is far too long for the place that there is between two lanes of these",
    ])
      for (const [from, to, part, head] of [
        [0, 1, "whole", "▶"],
        [1, 0, "whole", "◀"],
        [0, 1, "lost", "✗"],
        [1, 0, "lost", "✗"],
        [0, 1, "arrives", "▶"],
        [1, 0, "leaves", "…"],
      ] as const) {
        const line = renderSpaceTime(["n1", "n2"], [arrow(1, from, to, label, part)], OPTIONS)[1];
        expect(line).toContain(head);
      }
  });
});
