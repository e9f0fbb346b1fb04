import { aboutModel, type ConsistencyModel, modelsOf, strongest, weakerOrEqual, weakest } from "../core/consistency.ts";
import type { Cell, Difference, MatrixRow, Percentiles } from "../core/matrix.ts";
import { counted } from "./words.ts";

/** A column of the matrix that asks about a consistency model. */
export interface ModelColumn {
  readonly model: ConsistencyModel;
  /** For a table in text, in lines. */
  readonly heading: string;
  /** For a table in Markdown. */
  readonly title: string;
}

export const MODEL_COLUMNS: readonly ModelColumn[] = [
  { model: "linearizable", heading: "linear-\nizable", title: "linearizable" },
  { model: "sequential", heading: "sequen-\ntial", title: "sequential" },
  { model: "causal-ccv", heading: "causal", title: "causal" },
  { model: "read-your-writes", heading: "read\nyour\nwrites", title: "read your writes" },
  { model: "monotonic-reads", heading: "mono-\ntonic\nreads", title: "monotonic reads" },
  { model: "monotonic-writes", heading: "mono-\ntonic\nwrites", title: "monotonic writes" },
  { model: "writes-follow-reads", heading: "writes\nfollow\nreads", title: "writes follow reads" },
  { model: "serializable", heading: "serial-\nizable", title: "serializable" },
  { model: "strict-serializable", heading: "strict\nserial-\nizable", title: "strict serializable" },
  { model: "eventual", heading: "con-\nverges", title: "converges" },
  { model: "durable", heading: "loses no\nacked\nwrite", title: "loses no acknowledged write" },
];

/** How a cell stands to what is promised: what is broken is only bad where something else was promised. */
export type Standing = "kept" | "unpromised" | "allowed" | "different" | "open" | "none";

export interface CellShown {
  readonly text: string;
  readonly standing: Standing;
}

/**
 * A cell in a few characters: `✓24` promised and held in 24 histories, `~24` the same without a promise, `✗7` broken, as
 * with seed 7, `?` unknown, `–` does not apply; a `!` where it is not as promised.
 */
export function showCell(row: MatrixRow, model: ConsistencyModel): CellShown {
  const cell = row.cells[model];
  if (cell === undefined) return { text: speaksOfTransactionsOnly(model) ? "–" : "?", standing: "none" };
  const different = isDifferent(cell, row, model);
  return { text: `${sign(cell)}${different ? "!" : ""}`, standing: different ? "different" : standingOf(cell) };
}

/**
 * What else a row promises or must break, such as `mutual-exclusion ✓24, fencing ✗3` or `snapshot-isolation ✓8`: properties of
 * single kinds of objects, and of levels of isolation the strongest that hold and the weakest that break. No column each, since
 * few rows have them. What a column already says, as `linearizable` does, is left out.
 */
export function showOthers(row: MatrixRow): string {
  const columns = MODEL_COLUMNS.map(({ model }) => model);
  const promise = (model: ConsistencyModel): string | null | undefined => row.cells[model]?.promise;
  const held = weakerOrEqual(columns.filter((model) => promise(model) === "holds"));
  const levels = modelsOf("transactions").filter(
    (model) => speaksOfTransactionsOnly(model) && !columns.includes(model),
  );
  const holding = strongest(levels.filter((model) => promise(model) === "holds" && !held.includes(model)));
  const implied = [...held, ...weakerOrEqual(holding)];
  const properties = modelsOf("properties").filter((model) => promise(model) && !implied.includes(model));
  const breaking = weakest(levels.filter((model) => promise(model) === "breaks"));
  return [...holding, ...breaking, ...properties].map((model) => `${model} ${showCell(row, model).text}`).join(", ");
}

export const speaksOfTransactionsOnly = (model: ConsistencyModel): boolean =>
  aboutModel(model).families.every((family) => family === "transactions");

function sign(cell: Cell): string {
  switch (cell.state) {
    case "held":
      return `${cell.promise === "holds" ? "✓" : "~"}${cell.histories}`;
    case "broken":
      return `✗${cell.seed}`;
    case "unknown":
      return "?";
  }
}

function standingOf({ state, promise }: Cell): Standing {
  if (state === "unknown") return "open";
  if (state === "broken") return "allowed";
  return promise === "holds" ? "kept" : "unpromised";
}

function isDifferent({ state, promise }: Cell, { differences }: MatrixRow, model: ConsistencyModel): boolean {
  if (promise === "breaks") return state !== "broken";
  if (promise === null) return false;
  return state === "broken" || differences.some((one) => one.kind === "unjudged" && one.model === model);
}

/** What a minority serves; a node that is alone has none. */
export const showMinority = ({ minority: { serves, reads, writes } }: MatrixRow): string =>
  reads === null && writes === null ? "–" : { all: "yes", reads: "reads", writes: "writes", nothing: "no" }[serves];

/** `2/4.5`: median and 99th percentile in message delays; behind it the medians of the clients of each region, if there are such. */
export const showLatency = ({ latency }: MatrixRow, of: "reads" | "writes"): string => {
  const found: Percentiles | null = latency[of];
  if (found === null) return "–";
  const regions = latency.regions?.map((region) => region[of]?.p50 ?? "–");
  return `${found.p50}/${found.p99}${regions ? ` (${regions.join(", ")})` : ""}`;
};

export const nameOf = ({ system, config }: Pick<MatrixRow, "system" | "config">): string =>
  `${system} ${config}`.trim();

/** A difference in one sentence. */
export function inWords(row: MatrixRow, difference: Difference): string {
  const who = nameOf(row);
  switch (difference.kind) {
    case "broken":
      return `${who}: ${difference.model} is promised, and broken with seed ${difference.seed}, workload ${difference.workload}.`;
    case "not-seen":
      return `${who}: ${difference.model} must be seen to break, and was not in ${counted(row.histories, "history", "histories")}.`;
    case "unjudged":
      return `${who}: ${difference.model} is promised, and none of ${counted(row.histories, "history", "histories")} could be judged.`;
    case "invariant":
      return `${who}: ${difference.name} is violated with seed ${difference.seed}: ${difference.explanation}`;
    case "crash":
      return `${who}: a handler failed with seed ${difference.seed}: ${difference.explanation}`;
  }
}

/** The first broken cell of a column, with what shows it again. */
export function firstBroken(rows: readonly MatrixRow[]) {
  for (const row of rows)
    for (const { model } of MODEL_COLUMNS) {
      const cell = row.cells[model];
      if (cell?.state === "broken") return { row, model, cell };
    }
  return undefined;
}
