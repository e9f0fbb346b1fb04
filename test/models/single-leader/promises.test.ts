import { describe, expect, test } from "vitest";
import { conduct } from "../../../src/cli/conduct.ts";
import { DEFAULTS, planScenario } from "../../../src/cli/plan.ts";
import { type ConsistencyModel, strongerOrEqual, weakerOrEqual } from "../../../src/core/consistency.ts";
import { FAULT_KINDS, type FaultKind } from "../../../src/core/fault.ts";
import { defaultConfig, type ModelConfig } from "../../../src/core/model.ts";
import type { RunVerdict } from "../../../src/core/verdict.ts";
import { singleLeader } from "../../../src/models/single-leader/index.ts";

const { options, bugs } = singleLeader;
const valuesOf = (option: string): string[] => Object.keys(options[option]?.values ?? {});

const CONFIGS: ModelConfig[] = valuesOf("replication").flatMap((replication) =>
  valuesOf("failover").flatMap((failover) => valuesOf("reads").map((reads) => ({ replication, reads, failover }))),
);

interface Run {
  readonly config: ModelConfig;
  readonly seed: number;
  readonly bug?: string;
  readonly faults?: readonly FaultKind[];
  readonly nodes?: number;
}

async function verdictOf({ config, seed, bug, faults = FAULT_KINDS, nodes = 5 }: Run): Promise<RunVerdict> {
  const target = { kind: "model", name: "single-leader", config, ...(bug === undefined ? {} : { bug }) } as const;
  const shape = { ...DEFAULTS, nodes, timeMs: 12_000, ratePerS: 10 };
  const scenario = planScenario({ ...shape, target, runtime: "sim", workload: "append", seed, faults });
  const { verdict, problems } = await conduct(scenario, { keep: false });
  expect(problems).toEqual([]);
  return verdict;
}

const broken = ({ models }: RunVerdict): ConsistencyModel[] =>
  models.filter(({ verdict }) => verdict === "invalid").map(({ model }) => model);

const all = new Set<FaultKind>(FAULT_KINDS);
const promisesOf = (config: ModelConfig): { holds: ConsistencyModel[]; breaks: readonly ConsistencyModel[] } => ({
  holds: weakerOrEqual(singleLeader.holds({ config, faults: all })),
  breaks: singleLeader.breaks({ config, faults: all }),
});

describe("promises", () => {
  test("no configuration promises what it says to break, nor anything stronger", () => {
    for (const config of CONFIGS) {
      const { holds, breaks } = promisesOf(config);
      expect(holds.filter((model) => strongerOrEqual(breaks).includes(model))).toEqual([]);
      expect(holds).toContain("eventual");
    }
  });

  test("the better replicates, the more it promises", () => {
    for (const failover of valuesOf("failover"))
      for (const reads of valuesOf("reads")) {
        if (failover !== "none" && reads !== "leader") continue;
        const [async = [], semi = [], sync = []] = valuesOf("replication").map(
          (replication) => promisesOf({ replication, reads, failover }).holds,
        );
        expect(semi).toEqual(expect.arrayContaining(async));
        expect(sync).toEqual(expect.arrayContaining(semi));
      }
  });

  test.each(CONFIGS.map((config, i) => ({ name: Object.values(config).join(","), config, seed: 40 + 7 * i })))(
    "$name keeps its promises, and breaks what it says to break",
    async ({ config, seed: first }) => {
      const { holds, breaks } = promisesOf(config);
      const unseen = new Set(breaks);
      for (let seed = first; seed === first || (unseen.size > 0 && seed < first + 60); seed++) {
        const found = broken(await verdictOf({ config, seed }));
        expect(found.filter((model) => holds.includes(model))).toEqual([]);
        for (const model of found) unseen.delete(model);
      }
      expect([...unseen]).toEqual([]);
    },
  );
});

describe("bugs", () => {
  test.each(Object.entries(bugs).map(([name, bug]) => ({ name, bug })))(
    "$name is found in the histories of clients",
    async ({ name, bug: { breaks, hunt } }) => {
      const config = { ...defaultConfig(singleLeader), ...hunt.config };
      const { holds } = promisesOf(config);
      for (const model of breaks) expect(holds).toContain(model);
      const found = new Set<ConsistencyModel>();
      const { faults = FAULT_KINDS, nodes = DEFAULTS.nodes } = hunt;
      for (let seed = 1; seed <= 60 && !breaks.every((model) => found.has(model)); seed++)
        for (const model of broken(await verdictOf({ config, seed, bug: name, faults, nodes }))) found.add(model);
      expect([...found]).toEqual(expect.arrayContaining([...breaks]));
    },
  );
});
