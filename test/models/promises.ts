import { describe, expect, test } from "vitest";
import { conduct } from "../../src/cli/conduct.ts";
import { DEFAULTS, planScenario } from "../../src/cli/plan.ts";
import { type ConsistencyModel, strongerOrEqual, weakerOrEqual } from "../../src/core/consistency.ts";
import { allFaultsOf, configurationsOf, type Model, type ModelConfig } from "../../src/core/model.ts";
import type { RunVerdict } from "../../src/core/verdict.ts";

/** Seeds until what must be seen was seen. */
const MAX_SEEDS = 60;

/** What a configuration promises, and what it must be seen to break, whatever faults strike. */
export const promisesOf = (
  model: Model,
  config: ModelConfig,
): { holds: ConsistencyModel[]; breaks: ConsistencyModel[] } => {
  const conditions = { config, faults: new Set(allFaultsOf(model)) };
  return { holds: weakerOrEqual(model.holds(conditions)), breaks: [...model.breaks(conditions)] };
};

const broken = ({ models }: RunVerdict): ConsistencyModel[] =>
  models.filter(({ verdict }) => verdict === "invalid").map(({ model }) => model);

/** Tests, on whole clusters in the simulator, that a model keeps its promises and breaks what it says. */
export function testPromises(
  model: Model,
  workloads: string | readonly string[],
  configs: readonly ModelConfig[] = configurationsOf(model),
): void {
  const inTurn = [workloads].flat();
  const verdictOf = async (config: ModelConfig, seed: number): Promise<RunVerdict> => {
    const target = { kind: "model", name: model.name, config } as const;
    const workload = inTurn[seed % inTurn.length] ?? "";
    const shape = {
      ...DEFAULTS,
      nodes: model.defaultNodes ?? 5,
      timeMs: 12_000,
      ratePerS: 10,
      faults: allFaultsOf(model),
    };
    const { verdict, problems } = await conduct(planScenario({ ...shape, target, runtime: "sim", workload, seed }), {
      keep: false,
    });
    expect(problems).toEqual([]);
    return verdict;
  };

  describe("promises", () => {
    test("no configuration promises what it says to break, nor anything stronger", () => {
      for (const config of configs) {
        const { holds, breaks } = promisesOf(model, config);
        expect(holds.filter((one) => strongerOrEqual(breaks).includes(one))).toEqual([]);
        expect(holds).not.toEqual([]);
      }
    });

    test.each(configs.map((config, i) => ({ name: Object.values(config).join(","), config, seed: 40 + 7 * i })))(
      "$name keeps its promises, and breaks what it says to break",
      async ({ config, seed: first }) => {
        const { holds, breaks } = promisesOf(model, config);
        const unseen = new Set(breaks);
        for (let seed = first; seed === first || (unseen.size > 0 && seed < first + MAX_SEEDS); seed++) {
          const verdict = await verdictOf(config, seed);
          expect(verdict.invariants.flatMap(({ violations }) => violations)).toEqual([]);
          const found = broken(verdict);
          expect(found.filter((one) => holds.includes(one))).toEqual([]);
          for (const one of found) unseen.delete(one);
        }
        expect([...unseen]).toEqual([]);
      },
    );
  });
}
