import { expect, test } from "vitest";
import { conduct } from "../../../src/cli/conduct.ts";
import { DEFAULTS, planScenario } from "../../../src/cli/plan.ts";
import { defaultConfig } from "../../../src/core/model.ts";
import { spanner } from "../../../src/models/spanner/index.ts";
import { testPromises } from "../promises.ts";

/** Seeds until it is found. */
const MAX_SEEDS = 10;

testPromises(spanner, ["txn-append", "append"]);

test("with clocks beyond the bound a circle in real time is found, though not one without it", async () => {
  const target = { kind: "model", name: spanner.name, config: defaultConfig(spanner) } as const;
  const shape = { ...DEFAULTS, nodes: 6, timeMs: 6_000, gapMs: 1_000, ratePerS: 20, maxSkewMs: 100 } as const;
  let circles = "";
  for (let seed = 1; circles === "" && seed <= MAX_SEEDS; seed++) {
    const where = { target, runtime: "sim", workload: "causal-reverse", faults: ["clock"], seed } as const;
    const { verdict } = await conduct(planScenario({ ...shape, ...where }), { keep: false });
    const found = (name: string) => verdict.models.find(({ model }) => model === name);
    expect(found("serializable")).toMatchObject({ verdict: "valid", promised: true });
    expect(verdict.verdict).toBe("valid");
    expect(found("strict-serializable")?.promised).toBe(false);
    circles = (found("strict-serializable")?.anomalies ?? []).map(({ explanation }) => explanation).join();
  }
  expect(circles).toMatch(/circle/);
});
