import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import type { Cell, MatrixRow } from "../../src/core/matrix.ts";
import { displayWidth } from "../../src/report/layout.ts";
import { matrixJson, matrixMarkdown, matrixText } from "../../src/report/matrix.ts";

const broken = (seed: number, promise: Cell["promise"]): Cell => ({
  state: "broken",
  histories: 2,
  seed,
  workload: "append",
  command: `npx splitbrain run x --seed ${seed}`,
  promise,
});

const row = (more: Partial<MatrixRow>): MatrixRow => ({
  system: "single-leader",
  config: "async,any-replica",
  workloads: ["append", "register"],
  histories: 24,
  operations: 24_000,
  cells: {
    linearizable: broken(3, "breaks"),
    sequential: broken(4, null),
    "causal-ccv": { state: "unknown", promise: null },
    "read-your-writes": { state: "held", histories: 24, promise: "holds" },
    "monotonic-reads": { state: "held", histories: 20, promise: null },
  },
  minority: { serves: "reads", reads: { mean: 1, worst: 1 }, writes: { mean: 0.4, worst: 0 } },
  latency: { reads: { p50: 2, p99: 4.5, operations: 90 }, writes: null },
  asPromised: true,
  differences: [],
  ...more,
});

const wrong = row({
  config: "",
  cells: {
    linearizable: broken(9, "holds"),
    sequential: { state: "held", histories: 24, promise: "breaks" },
    durable: { state: "unknown", promise: "holds" },
    eventual: { state: "unknown", promise: "holds" },
  },
  asPromised: false,
  differences: [
    { kind: "broken", model: "linearizable", seed: 9, workload: "append", command: "npx splitbrain run x --seed 9" },
    { kind: "not-seen", model: "sequential", command: "npx splitbrain run x --seeds 9" },
    { kind: "unjudged", model: "durable", command: "npx splitbrain run x --seeds 8" },
  ],
});

const lineOf = (text: string, start: string): string[] =>
  (text.split("\n").find((line) => line.startsWith(start)) ?? "").split(/ {2,}/);

describe("the matrix in text", () => {
  const options = { color: false, width: 144 };

  it("tells held, held without a promise, broken and unknown apart", () => {
    const cells = lineOf(matrixText([row({})], options), "async, any-replica");
    expect(cells.slice(1, 7)).toEqual(["24", "✗3", "✗4", "?", "✓24", "~20"]);
    expect(cells.slice(-3)).toEqual(["reads", "2/4.5", "–"]);
  });

  it("has a column for properties of single kinds of objects where a row promises or breaks some by itself", () => {
    const held: Cell = { state: "held", histories: 24, promise: "holds" };
    const lock = row({
      config: "lock",
      cells: { "mutual-exclusion": held, fencing: broken(3, "breaks"), balanced: broken(1, null) },
    });
    const implied = row({ config: "log", cells: { linearizable: held, fencing: held } });
    const text = matrixText([lock, implied], { ...options, width: 200 });
    expect(text).toContain("beside");
    expect(lineOf(text, "lock")).toContain("mutual-exclusion ✓24, fencing ✗3");
    expect(lineOf(text, "log").join()).not.toContain("fencing");
    expect(matrixMarkdown([lock, implied])).toContain("| mutual-exclusion ✓ 24, fencing ✗ 3 |");
    expect(matrixText([implied], options)).not.toContain("beside");
    expect(matrixMarkdown([implied])).not.toContain("beside");
  });

  it("tells in that column which levels of isolation hold at most, and break at least", () => {
    const held: Cell = { state: "held", histories: 15, promise: "holds" };
    const levels = row({
      config: "levels",
      cells: {
        "strict-serializable": broken(1, "breaks"),
        serializable: broken(1, "breaks"),
        "snapshot-isolation": held,
        "parallel-snapshot-isolation": held,
        "repeatable-read": broken(2, "breaks"),
        balanced: held,
      },
    });
    expect(lineOf(matrixText([levels], { ...options, width: 220 }), "levels")).toContain(
      "snapshot-isolation ✓15, repeatable-read ✗2",
    );
  });

  it("marks what is not as promised, says it in a sentence, and how to see it", () => {
    const text = matrixText([row({}), wrong], options);
    const cells = lineOf(text, "(default)");
    expect(cells.slice(2, 4)).toEqual(["✗9!", "~24!"]);
    expect(cells.filter((cell) => cell.startsWith("?")).slice(-2)).toEqual(["?", "?!"]);
    expect(text).toContain(
      "single-leader: linearizable is promised, and broken with seed 9, workload append.\n  npx splitbrain run x --seed 9\n",
    );
    expect(text).toContain("single-leader: sequential must be seen to break, and was not in 24 histories.");
    expect(text).toContain("single-leader: durable is promised, and none of 24 histories could be judged.");
    expect(text.split("\n").at(-1)).toBe("1 of 2 rows not as promised");
  });

  it("names a system once, above its configurations", () => {
    const lines = matrixText([row({}), row({ config: "sync" }), row({ system: "raft" })], options).split("\n");
    expect(lines.filter((line) => line === "single-leader" || line === "raft")).toEqual(["single-leader", "raft"]);
  });

  it("has columns of transactions only where there are some", () => {
    expect(matrixText([row({})], options)).not.toContain("serial-");
    const transactional = row({
      config: "txn",
      cells: { serializable: { state: "held", histories: 5, promise: "holds" } },
    });
    const text = matrixText([row({}), transactional], { color: false, width: 180 });
    expect(lineOf(text, "async, any-replica").slice(9, 11)).toEqual(["–", "–"]);
    expect(lineOf(text, "txn")).toContain("✓5");
  });

  it("says nothing of minorities where there is none", () => {
    const alone = row({ config: "alone", minority: { serves: "nothing", reads: null, writes: null } });
    const served = (one: MatrixRow): string | undefined => matrixMarkdown([one]).split("\n")[2]?.split(" | ").at(-3);
    expect([served(alone), served(row({}))]).toEqual(["–", "reads"]);
  });

  it("keeps within its width, and says the same in colour", () => {
    for (const width of [130, 144]) {
      const text = matrixText([row({}), wrong], { color: false, width });
      const table = text.slice(0, text.indexOf("✓24 promised"));
      for (const line of table.split("\n")) expect(displayWidth(line), line).toBeLessThanOrEqual(width);
      expect(stripVTControlCharacters(matrixText([row({}), wrong], { color: true, width }))).toBe(text);
    }
  });
});

describe("the matrix in Markdown", () => {
  it("is a table with promised cells in bold, and what differs below", () => {
    const lines = matrixMarkdown([row({}), wrong]).split("\n");
    const cells = (line = ""): string[] => line.split(" | ");
    expect(new Set(lines.slice(0, 4).map((line) => cells(line).length)).size).toBe(1);
    expect(lines[2]).toMatch(
      /^\| `single-leader` \| `async,any-replica` \| 24 \| ✗ 3 \| ✗ 4 \| \? \| \*\*✓ 24\*\* \| ~ 20 \|/,
    );
    expect(lines[3]).toMatch(/^\| {2}\| \(default\) \| 24 \| \*\*✗ 9!\*\* \|/);
    expect(lines.join("\n")).toContain("`npx splitbrain run x --seed 3`");
    expect(lines.at(-5)).toMatch(/^\*\*Not as promised:\*\* .* `npx splitbrain run x --seed 9`$/);
  });
});

describe("the matrix in JSON", () => {
  it("has every row as it was measured, and says whether all are as promised", () => {
    expect(JSON.parse(matrixJson([row({}), wrong]))).toEqual({
      schema: "splitbrain.matrix/1",
      asPromised: false,
      rows: [row({}), wrong],
    });
    expect(JSON.parse(matrixJson([row({})])).asPromised).toBe(true);
  });
});
