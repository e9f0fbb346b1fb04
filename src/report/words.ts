import type { Anomaly } from "../core/checker.ts";
import { type ConsistencyModel, strongest, weakest } from "../core/consistency.ts";
import type { Judgement, RunVerdict } from "../core/verdict.ts";
import { plain, truncate } from "./layout.ts";
import type { Style } from "./style.ts";

export type ModelRow = RunVerdict["models"][number];

export const count = (n: number): string => n.toLocaleString("en-US");

/** `1 operation`, `2 operations`. */
export const counted = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

/** `a`, `a and b`, `a, b and c`. */
export const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items[items.length - 1]}`;

/** What became of a consistency model. */
export const STATE = { valid: "held", invalid: "broken", unknown: "unknown" } as const satisfies Record<
  Judgement,
  string
>;

/** Whether the system owes the model; a breach of what it does not owe is allowed. */
export const owed = (row: Pick<ModelRow, "verdict" | "promised">): "promised" | "allowed" | "not promised" =>
  row.promised ? "promised" : row.verdict === "invalid" ? "allowed" : "not promised";

/** The colour for a model's state: red only where a promise is broken. */
export function stateStyle(row: Pick<ModelRow, "verdict" | "promised">, style: Style): (text: string) => string {
  switch (row.verdict) {
    case "valid":
      return style.good;
    case "invalid":
      return row.promised ? style.bad : style.warn;
    case "unknown":
      return row.promised ? style.warn : style.faint;
  }
}

/** The verdict in one sentence, without the word itself. */
export function because(verdict: RunVerdict): string {
  const named = (judgement: Judgement): ConsistencyModel[] =>
    verdict.models.filter((row) => row.promised && row.verdict === judgement).map((row) => row.model);
  const violated = verdict.invariants.filter((invariant) => invariant.verdict === "invalid").map(({ name }) => name);
  switch (verdict.verdict) {
    case "invalid": {
      const broken = named("invalid");
      const clauses = [
        broken.length === 0 ? "" : `${promisedOf(broken, weakest(broken), "stronger")} promised and broken`,
        violated.length === 0 ? "" : `${listed(violated)} violated`,
      ].filter((clause) => clause !== "");
      return clauses.length === 0 ? "a promise was broken" : clauses.join("; ");
    }
    case "unknown": {
      const open = named("unknown");
      return open.length === 0
        ? "the history does not allow a verdict"
        : `${promisedOf(open, strongest(open), "weaker")} promised and could not be judged`;
    }
    case "valid": {
      const promised = verdict.models.some((row) => row.promised);
      const allowed = verdict.models.some((row) => !row.promised && row.verdict === "invalid");
      if (!promised)
        return allowed ? "nothing was promised, so what broke is allowed" : "nothing was promised or broken";
      return allowed ? "every promise was kept; what broke was not promised" : "every promise was kept";
    }
  }
}

/** Of how many orders that were tried a report tells, and of how many steps and operations of each. */
const MAX_ATTEMPTS = 2;
const MAX_STEPS = 4;
const MAX_PLACED = 12;
const MAX_WORDS = 1_200;

/** How far the operations of an anomaly of linearizability can be put in order; a line an order. */
export const attemptsInWords = ({ attempts = [] }: Anomaly): string[] =>
  attempts.slice(0, MAX_ATTEMPTS).map(({ placed, state, next }) => {
    const last = placed.slice(-MAX_PLACED).map((op) => `#${op}`);
    const order = `${placed.length > last.length ? "… " : ""}${last.join(" ")}`;
    const begun =
      placed.length === 0 ? `At first the state is ${plain(state)}` : `After ${order} the state is ${plain(state)}`;
    const steps = next.slice(0, MAX_STEPS).map(({ op, why }) => `#${op} cannot come next: ${plain(why)}`);
    if (next.length > steps.length) steps.push(`nor can ${count(next.length - steps.length)} more`);
    return truncate(`${begun}. ${steps.join("; ")}.`, MAX_WORDS);
  });

/** Models a sentence has room for; of more than these only the extremes are named. */
const MAX_NAMED = 3;

/** `linearizable was`, `linearizable and sequential were`, `read-committed and 12 stronger models were`. */
function promisedOf(
  models: readonly ConsistencyModel[],
  extremes: readonly ConsistencyModel[],
  others: string,
): string {
  const more = models.length - extremes.length;
  if (models.length <= MAX_NAMED || more === 0) return `${listed(models)} ${models.length === 1 ? "was" : "were"}`;
  return `${extremes.join(", ")} and ${counted(more, `${others} model`)} were`;
}

/**
 * Where the history stands among the models: `proved up to causal-ccv · possible up to sequential · refuted from
 * linearizable`. Each list is of extremes: what the proved ones imply holds too, and what implies a refuted one falls.
 */
export function extremes({ bounds: { held, possible, refuted } }: Pick<RunVerdict, "bounds">): string {
  const open = possible.filter((model) => !held.includes(model));
  return [
    held.length === 0 ? "nothing is proved" : `proved up to ${held.join(", ")}`,
    open.length === 0 ? "" : `possible up to ${open.join(", ")}`,
    refuted.length === 0 ? "nothing is refuted" : `refuted from ${refuted.join(", ")}`,
  ]
    .filter((clause) => clause !== "")
    .join(" · ");
}

/** A few words beside a model: kinds and counts of its anomalies, or why it is unknown. */
export function remark(row: ModelRow): string {
  return row.verdict === "unknown" ? (row.detail ?? "") : kindsOf(row.anomalies);
}

/** `3 stale-read, 1 lost-write`. */
export function kindsOf(anomalies: readonly Anomaly[]): string {
  const kinds = new Map<string, number>();
  for (const { kind } of anomalies) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  return [...kinds].map(([kind, n]) => `${count(n)} ${kind}`).join(", ");
}
