import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { displayWidth } from "../../src/report/layout.ts";
import { type CampaignRow, campaignTable } from "../../src/report/table.ts";

const row = (more: Partial<CampaignRow>): CampaignRow => ({
  system: "raft",
  config: "log",
  workload: "register",
  runtime: "sim",
  histories: 20,
  operations: 24_113,
  verdict: "valid",
  held: ["linearizable", "eventual"],
  broken: [],
  asPromised: true,
  ...more,
});
const rows = [
  row({}),
  row({
    system: "single-leader",
    config: "async,any-replica,naive",
    workload: "append",
    runtime: "process",
    held: ["eventual"],
    broken: [
      { model: "read-your-writes", allowed: true },
      { model: "monotonic-reads", allowed: true },
    ],
  }),
  row({
    bug: "vote-twice",
    verdict: "invalid",
    held: [],
    broken: [{ model: "linearizable", allowed: false }],
    note: "found by seed 4",
  }),
];

describe("campaignTable", () => {
  it("aligns a row for each system under its heading", () => {
    const lines = campaignTable(rows, { color: false, width: 120 }).split("\n");
    const [heading = ""] = lines;
    const line = (start: string): string => lines.find((text) => text.startsWith(start)) ?? "";
    const at = (text: string, column: string): string => text.slice(heading.indexOf(column)).split(/ {2,}/)[0] ?? "";
    expect(at(line("raft"), "workload")).toBe("register");
    expect(at(line("raft"), "on ")).toBe("sim");
    expect(at(line("raft"), "verdict")).toBe("valid");
    expect(at(line("raft"), "guarantees")).toBe("held linearizable, eventual");
    expect(at(line("raft"), "as promised")).toBe("yes");
    expect(at(line("single-leader"), "workload")).toBe("append");
    expect(line("raft").slice(0, heading.indexOf("ops") + "ops".length)).toMatch(/ 24,113$/);
    expect(lines.at(-1)).toBe("3 rows, all as promised");
  });

  it("tells what was allowed from what was not, and names the bug", () => {
    const text = campaignTable(rows, { color: false, width: 200 });
    expect(text).toContain("broken read-your-writes, monotonic-reads (allowed)");
    expect(text).toMatch(/^raft log .* invalid {2}broken linearizable +yes$/m);
    expect(text).toMatch(/^bug vote-twice +found by seed 4$/m);
  });

  it("says in words and in numbers what is not as promised", () => {
    const text = campaignTable([...rows, row({ asPromised: false, verdict: "unknown" })], { color: false });
    expect(text).toMatch(/ NO$/m);
    expect(text.split("\n").at(-1)).toBe("1 of 4 rows not as promised");
  });

  it("keeps within 100 columns, and says the same in colour", () => {
    for (const width of [80, 100, 110, 120]) {
      const text = campaignTable(rows, { color: false, width });
      expect(text).not.toContain("\u001b");
      for (const line of text.split("\n")) expect(displayWidth(line), line).toBeLessThanOrEqual(width);
      expect(stripVTControlCharacters(campaignTable(rows, { color: true, width }))).toBe(text);
    }
  });
});
