import { describe, expect, it } from "vitest";
import { conduct } from "../../../src/cli/conduct.ts";
import { DEFAULTS, planScenario } from "../../../src/cli/plan.ts";
import type { FaultKind } from "../../../src/core/fault.ts";
import type { ModelVerdict } from "../../../src/core/verdict.ts";

async function durableOf(
  config: Record<string, string>,
  { seed, workload, faults, timeMs }: { seed: number; workload: string; faults: readonly FaultKind[]; timeMs: number },
): Promise<ModelVerdict> {
  const target = { kind: "model", name: "multi-leader", config } as const;
  const shape = { ...DEFAULTS, nodes: 3, timeMs, ratePerS: 10 };
  const { verdict } = await conduct(planScenario({ ...shape, target, runtime: "sim", workload, seed, faults }), {
    keep: false,
  });
  return verdict.models.find(({ model }) => model === "durable") as ModelVerdict;
}

const SEEDS = [3, 5];

describe("acknowledged writes", () => {
  it("are lost to skewed clocks alone if the last write wins, and never with version vectors, on the same seeds", async () => {
    const told: string[] = [];
    for (const seed of SEEDS) {
      const run = { seed, workload: "sessions", faults: ["clock"], timeMs: 5_000 } as const;
      const lww = await durableOf({ topology: "all-to-all", conflicts: "lww" }, run);
      expect(lww.verdict).toBe("invalid");
      told.push(lww.anomalies?.[0]?.explanation ?? "");
      expect((await durableOf({ topology: "all-to-all", conflicts: "version-vectors" }, run)).verdict).toBe("valid");
    }
    // A later write of another session, or of the same one, was acknowledged, and an earlier one is what is left.
    for (const text of told)
      expect(text).toMatch(
        /^process \d+ .*wrote .* acknowledged it at .*, but at the end every copy of k\d+ that answered holds .*had written before/,
      );
  });

  it("that add to a set are lost to a partition if whole sets overwrite each other, and not if siblings are united", async () => {
    // The shopping cart (DeCandia et al., SOSP 2007, §4.4).
    const run = { seed: 1, workload: "set", faults: ["partition"], timeMs: 4_000 } as const;
    for (const conflicts of ["lww", "fww"])
      expect((await durableOf({ topology: "all-to-all", conflicts }, run)).verdict).toBe("invalid");
    for (const conflicts of ["union", "version-vectors"])
      expect((await durableOf({ topology: "all-to-all", conflicts }, run)).verdict).toBe("valid");
  });
});
