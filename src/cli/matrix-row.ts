import { WORKLOADS } from "../../workloads/index.ts";
import { type Stated, Tally } from "../campaign/matrix.ts";
import { PATIENCE } from "../campaign/promises.ts";
import type { ConsistencyModel } from "../core/consistency.ts";
import { CLIENT_FAULT_KINDS, FAULT_KINDS, type FaultKind } from "../core/fault.ts";
import type { MatrixRow } from "../core/matrix.ts";
import { completed, type Model, type ModelConfig } from "../core/model.ts";
import { MODELS } from "../models/index.ts";
import { conduct } from "./conduct.ts";
import { measureLatency, measureMinority } from "./matrix-measure.ts";
import { lookUp } from "./names.ts";
import { planScenario } from "./plan.ts";
import { requestFor } from "./request.ts";
import { formatConfig } from "./values.ts";

/** Enough for a minority of two. */
const MATRIX_NODES = 5;

/** The size of the cluster on which a model is measured. */
export const matrixNodes = ({ defaultNodes }: Model): number => defaultNodes ?? MATRIX_NODES;

/** What a row is measured from; plain data, so that a worker thread can be given it. */
export interface RowPlan {
  readonly system: string;
  /** What it leaves out is at its default. */
  readonly config: ModelConfig;
  readonly faults: readonly FaultKind[];
  readonly firstSeed: number;
  /** Histories, at least. */
  readonly seeds: number;
  /** Length of one run. */
  readonly timeMs: number;
}

/** Measures a model in one configuration: histories under faults, then what needs runs of its own. */
export async function measureRow(plan: RowPlan): Promise<MatrixRow> {
  const { system, firstSeed, seeds } = plan;
  const model = lookUp("system", system, MODELS);
  const config = completed(model.options, plan.config);
  const workloads = workloadsOf(model, config);
  const stated = statedBy(model, config, workloads, plan.faults);
  const tally = new Tally();
  while (tally.histories < seeds || (tally.unseen(stated).length > 0 && tally.histories < seeds * PATIENCE)) {
    const seed = firstSeed + tally.histories;
    const workload = workloads[tally.histories % workloads.length] ?? model.workloads[0];
    const { verdict, problems } = await conduct(scenarioOf(plan, config, workload, seed), { keep: false });
    tally.add({ seed, workload, command: commandOf(plan, workload, seed), verdict, problems });
  }
  const measured = { model, config, nodes: matrixNodes(model), seed: firstSeed };
  const differences = tally.differences(stated, (wanted) => searchFor(plan, workloads, wanted));
  return {
    system,
    config: formatConfig(plan.config),
    workloads,
    histories: tally.histories,
    operations: tally.operations,
    cells: tally.cells(stated),
    minority: await measureMinority(measured),
    latency: await measureLatency(measured),
    asPromised: differences.length === 0,
    differences,
  };
}

/** The workloads that a model serves in this configuration; none if it is impossible on so many nodes. */
export const workloadsOf = (model: Model, config: ModelConfig): readonly string[] =>
  model.workloads.filter(
    (workload) => model.reject?.(completed(model.options, config), matrixNodes(model), workload) === undefined,
  );

function statedBy(
  model: Model,
  config: ModelConfig,
  workloads: readonly string[],
  kinds: readonly FaultKind[],
): Stated {
  const conditions = { config, faults: new Set(kinds) };
  const testable = workloads.flatMap((workload) =>
    lookUp("workload", workload, WORKLOADS).checkers.flatMap(({ tests }) => tests),
  );
  return { holds: model.holds(conditions), breaks: model.breaks(conditions), testable };
}

/** What `commandOf` runs: all that it does not say is at the default of `run`. */
const scenarioOf = ({ system, faults, timeMs }: RowPlan, config: ModelConfig, workload: string, seed: number) => {
  const model = lookUp("system", system, MODELS);
  const target = { kind: "model", name: system, config } as const;
  const asked = { workload, nodes: matrixNodes(model), faults, timeMs };
  return planScenario({ ...requestFor({ subject: model, target, hunt: {} }, "sim", asked), seed });
};

/** What a person types to see a history of the row again. */
function commandOf({ system, config, faults, timeMs }: RowPlan, workload: string, seed: number): string {
  const chosen = formatConfig(config);
  return [
    `npx splitbrain run ${system}`,
    ...(chosen === "" ? [] : [`--config ${chosen}`]),
    `--workload ${workload}`,
    `--nodes ${matrixNodes(lookUp("system", system, MODELS))}`,
    `--nemesis ${inWords(faults)}`,
    `--time ${timeMs}ms`.replace(/000ms$/, "s"),
    `--seed ${seed}`,
  ].join(" ");
}

/** As `parseFaults` reads it. */
function inWords(faults: readonly FaultKind[]): string {
  const named = FAULT_KINDS.every((kind) => faults.includes(kind))
    ? ["all", ...CLIENT_FAULT_KINDS.filter((kind) => faults.includes(kind))]
    : faults;
  return named.join(",") || "none";
}

/** What a person types to go on looking for a history that breaks, or at last decides, a model. */
function searchFor(plan: RowPlan, workloads: readonly string[], wanted: ConsistencyModel): string {
  const tested = (workload: string): boolean =>
    lookUp("workload", workload, WORKLOADS).checkers.some(({ tests }) => tests.includes(wanted));
  const workload = workloads.find(tested) ?? workloads[0] ?? "";
  return `${commandOf(plan, workload, plan.firstSeed)} --seeds ${10 * PATIENCE * plan.seeds} --expect ${wanted}`;
}
