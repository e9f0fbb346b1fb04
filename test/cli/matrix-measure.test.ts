import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rowsOf } from "../../src/cli/matrix.ts";
import { type Measured, measureLatency, measureMinority, subsets } from "../../src/cli/matrix-measure.ts";
import { matrixNodes, workloadsOf } from "../../src/cli/matrix-row.ts";
import { formatConfig, parseConfig } from "../../src/cli/values.ts";
import { completed, configurationsOf, type Model } from "../../src/core/model.ts";
import { MODELS } from "../../src/models/index.ts";

const measured = (name: string, config: string): Measured => {
  const model = MODELS[name] as Model;
  return { model, config: parseConfig(model, config), nodes: matrixNodes(model), seed: 1 };
};

describe("what a minority serves", () => {
  // Gilbert & Lynch, 2002: what is linearizable cannot be served on both sides of a partition.
  it.each([
    ["raft", "log", "nothing"],
    ["raft", "local", "reads"],
    ["single-leader", "async,any-replica,none", "reads"],
    ["single-leader", "async,leader,naive", "all"],
    ["causal", "sticky", "all"],
  ])("%s %s: %s", async (name, config, serves) => {
    expect((await measureMinority(measured(name, config))).serves).toBe(serves);
  });

  it("is measured for every minority: the leader is in four of ten", async () => {
    const { serves, writes } = await measureMinority(measured("single-leader", "async,leader,none"));
    expect([serves, writes]).toEqual(["nothing", { mean: 0.4, worst: 0 }]);
  });
});

describe("latency in message delays", () => {
  // A client asks and is answered: 2. A leader asks a majority meanwhile: 2 more.
  it.each([
    ["raft", "log", 4, 4],
    ["raft", "lease", 2, 4],
    ["single-leader", "async,leader,none", 2, 2],
    ["single-leader", "sync,leader,none", 2, 4],
    ["causal", "sticky", 2, 2],
  ])("%s %s reads in %i and writes in %i", async (name, config, read, write) => {
    const { reads, writes } = await measureLatency(measured(name, config));
    expect(Math.floor(reads?.p50 ?? 0)).toBe(read);
    expect(Math.floor(writes?.p50 ?? 0)).toBe(write);
    expect(reads?.operations).toBeGreaterThan(500);
  });
});

describe("latency by region", () => {
  it("is low where the leaseholders are pinned, and elsewhere longer by the way there", async () => {
    const { regions = [] } = await measureLatency(measured("cockroach", "home-region"));
    const [home = 0, ...others] = regions.map(({ reads }) => reads?.p50);
    expect(home).toBe(4);
    expect(others.map((p50) => Math.floor(p50 ?? 0))).toEqual([8, 8]);
  });
});

describe("rows", () => {
  it("are those of README's table", () => {
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    const [, table = ""] = /<!-- matrix: [^\n]* -->\n(.*)\n<!-- \/matrix -->/s.exec(readme) ?? [];
    const cells = table.split("\n").flatMap((line) => (line.startsWith("|") ? [line.split(" | ").slice(0, 2)] : []));
    const expected = Object.values(MODELS).flatMap((model) =>
      rowsOf(model, false).map((config, i) => [
        i === 0 ? `| \`${model.name}\`` : "| ",
        formatConfig(config) === "" ? "(default)" : `\`${formatConfig(config)}\``,
      ]),
    );
    expect(cells.slice(2)).toEqual(expected);
    expect(expected.length).toBeGreaterThanOrEqual(30);
  });

  it.each(Object.values(MODELS).map((model) => ({ name: model.name, model })))(
    "of $name are possible configurations, each once",
    ({ model }) => {
      const rows = rowsOf(model, false);
      const complete = rows.map((config) => formatConfig(completed(model.options, config)));
      expect(new Set(complete).size).toBe(rows.length);
      expect(configurationsOf(model).map(formatConfig)).toEqual(expect.arrayContaining(complete));
      for (const config of rows) expect(workloadsOf(model, config)).not.toEqual([]);
    },
  );

  it("are all possible configurations if asked for, or if a model does not choose", () => {
    const model: Model = {
      ...(MODELS.causal as Model),
      options: { a: { description: "", values: { x: "", y: "" } }, b: { description: "", values: { z: "", w: "" } } },
      showcase: [{ a: "y" }],
      reject: ({ a, b }) => (a === "x" && b === "w" ? "not both" : undefined),
    };
    const { showcase: _, ...unchosen } = model;
    const all = [
      { a: "x", b: "z" },
      { a: "y", b: "z" },
      { a: "y", b: "w" },
    ];
    expect(rowsOf(model, false)).toEqual([{ a: "y" }]);
    expect(rowsOf(model, true)).toEqual(all);
    expect(rowsOf(unchosen, false)).toEqual(all);
  });

  it("minorities are all subsets of a size", () => {
    expect(subsets([1, 2, 3], 2)).toEqual([
      [1, 2],
      [1, 3],
      [2, 3],
    ]);
  });
});
