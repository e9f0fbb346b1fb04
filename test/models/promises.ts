import { describe, expect, test } from "vitest";
import { conduct } from "../../src/cli/conduct.ts";
import { DEFAULTS, planScenario } from "../../src/cli/plan.ts";
import { type ConsistencyModel, strongerOrEqual, weakerOrEqual } from "../../src/core/consistency.ts";
import { FAULT_KINDS, type FaultKind } from "../../src/core/fault.ts";
import { defaultConfig, type Model, type ModelConfig } from "../../src/core/model.ts";
import type { RunVerdict } from "../../src/core/verdict.ts";

/** Seeds until what must be seen was seen. */
const MAX_SEEDS = 60;

/** All combinations of the values of a model's options. */
export const configsOf = ({ options }: Model): ModelConfig[] =>
  Object.entries(options).reduce<ModelConfig[]>(
    (configs, [name, { values }]) =>
      configs.flatMap((config) => Object.keys(values).map((value) => ({ ...config, [name]: value }))),
    [{}],
  );

const all = new Set<FaultKind>(FAULT_KINDS);

/** What a configuration promises, and what it must be seen to break, whatever faults strike. */
export const promisesOf = (
  model: Model,
  config: ModelConfig,
): { holds: ConsistencyModel[]; breaks: ConsistencyModel[] } => ({
  holds: weakerOrEqual(model.holds({ config, faults: all })),
  breaks: [...model.breaks({ config, faults: all })],
});

interface Run {
  readonly config: ModelConfig;
  readonly seed: number;
  readonly bug?: string;
  readonly faults?: readonly FaultKind[];
  readonly nodes?: number;
  readonly workload?: string;
}

const broken = ({ models }: RunVerdict): ConsistencyModel[] =>
  models.filter(({ verdict }) => verdict === "invalid").map(({ model }) => model);

/** Tests, on whole clusters in the simulator, that a model keeps its promises, breaks what it says, and that its bugs show. */
export function testPromises(
  model: Model,
  defaultWorkload: string,
  configs: readonly ModelConfig[] = configsOf(model),
): void {
  const verdictOf = async ({
    config,
    seed,
    bug,
    faults = FAULT_KINDS,
    nodes = 5,
    workload = defaultWorkload,
  }: Run): Promise<RunVerdict> => {
    const target = { kind: "model", name: model.name, config, ...(bug === undefined ? {} : { bug }) } as const;
    const shape = { ...DEFAULTS, nodes, timeMs: 12_000, ratePerS: 10 };
    const scenario = planScenario({ ...shape, target, runtime: "sim", workload, seed, faults });
    const { verdict, problems } = await conduct(scenario, { keep: false });
    expect(problems).toEqual([]);
    return verdict;
  };

  describe("promises", () => {
    test("no configuration promises what it says to break, nor anything stronger", () => {
      for (const config of configs) {
        const { holds, breaks } = promisesOf(model, config);
        expect(holds.filter((one) => strongerOrEqual(breaks).includes(one))).toEqual([]);
        expect(holds).toContain("eventual");
      }
    });

    test.each(configs.map((config, i) => ({ name: Object.values(config).join(","), config, seed: 40 + 7 * i })))(
      "$name keeps its promises, and breaks what it says to break",
      async ({ config, seed: first }) => {
        const { holds, breaks } = promisesOf(model, config);
        const unseen = new Set(breaks);
        for (let seed = first; seed === first || (unseen.size > 0 && seed < first + MAX_SEEDS); seed++) {
          const found = broken(await verdictOf({ config, seed }));
          expect(found.filter((one) => holds.includes(one))).toEqual([]);
          for (const one of found) unseen.delete(one);
        }
        expect([...unseen]).toEqual([]);
      },
    );
  });

  describe("bugs", () => {
    test.each(Object.entries(model.bugs).map(([name, bug]) => ({ name, bug })))(
      "$name is found in the histories of clients",
      async ({ name, bug: { breaks, hunt } }) => {
        const config = { ...defaultConfig(model), ...hunt.config };
        const { holds } = promisesOf(model, config);
        for (const one of breaks) expect(holds).toContain(one);
        const found = new Set<ConsistencyModel>();
        const { faults = FAULT_KINDS, nodes = DEFAULTS.nodes, workload = defaultWorkload } = hunt;
        for (let seed = 1; seed <= MAX_SEEDS && !breaks.every((one) => found.has(one)); seed++)
          for (const one of broken(await verdictOf({ config, seed, bug: name, faults, nodes, workload })))
            found.add(one);
        expect([...found]).toEqual(expect.arrayContaining([...breaks]));
      },
    );
  });
}
