import type { Checker } from "../../src/core/checker.ts";
import type { History } from "../../src/core/history.ts";
import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import { because } from "../shared/anomalies.ts";
import { malformed, objectChecker } from "../shared/object-checker.ts";
import { who } from "../shared/phrases.ts";
import { Interner, show } from "../shared/values.ts";

/**
 * Unique identifiers: no two `generate` yield the same one (Jepsen, `checker/unique-ids`; Maelstrom, workload
 * `unique-ids`). Identifiers are any JSON but `null`. As their order does not matter, identifiers that differ are all that
 * linearizability asks for, so the check is exact.
 *
 * `checked` counts the identifiers that were handed out; without two of them the verdict is vacuous.
 */
export function uniqueIds(): Checker {
  return objectChecker({
    name: "unique-ids",
    tests: ["linearizable"],
    judge: (history, anomalies, deadline) => {
      const ids = new Interner();
      const owners: Operation[] = [];
      let count = 0;
      for (const op of history.ops) {
        deadline.step();
        if (!handsOut(op)) continue;
        count++;
        const id = ids.id(idOf(op));
        const owner = owners[id];
        if (owner === undefined) {
          owners[id] = op;
          continue;
        }
        const same = owner.process === op.process;
        anomalies.add("duplicate-id", () => ({
          // The answers of others are hidden from a session in the weaker models; its own are not.
          rulesOut: [same ? "pram" : "sequential"],
          explanation: `${who(owner)}, and ${who(op)}, too: one identifier was handed out twice.`,
          ops: [owner, op],
          because: [because(owner, op, `${show(ids.values[id] ?? null)} had been handed out already`)],
        }));
      }
      return count > 1 ? count : "fewer than two identifiers were generated";
    },
  });
}

const handsOut = (op: Operation): boolean => {
  if (op.f !== "generate" && op.outcome.type !== "fail") malformed(op, `identifiers know generate, but not ${op.f}`);
  return op.outcome.type === "ok";
};

const idOf = (op: Operation): Json => {
  const id = op.outcome.type === "ok" ? (op.outcome.value ?? null) : null;
  return id ?? malformed(op, "generate must yield an identifier, not null");
};

/** What was handed out. */
export interface IdSummary {
  readonly attempted: number;
  readonly acknowledged: number;
  /** How many acknowledged identifiers had been handed out before. */
  readonly duplicated: number;
  /** The least and the greatest: numbers before strings, other values left out; `undefined` if there is none. */
  readonly range: readonly [Json, Json] | undefined;
}

/** Counts the identifiers of a history (the statistics of Jepsen's `unique-ids`). Never throws. */
export function summarizeIds(history: History): IdSummary {
  const ids = new Interner();
  let [attempted, acknowledged] = [0, 0];
  let range: [number | string, number | string] | undefined;
  for (const { f, outcome } of history.ops) {
    if (f !== "generate") continue;
    attempted++;
    if (outcome.type !== "ok") continue;
    acknowledged++;
    const id = outcome.value ?? null;
    ids.id(id);
    if (typeof id !== "number" && typeof id !== "string") continue;
    if (range === undefined) range = [id, id];
    else if (isBefore(id, range[0])) range[0] = id;
    else if (isBefore(range[1], id)) range[1] = id;
  }
  return { attempted, acknowledged, duplicated: acknowledged - ids.values.length, range };
}

const isBefore = (a: number | string, b: number | string): boolean =>
  typeof a === typeof b ? a < b : typeof a === "number";
