import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Operation, Outcome } from "../../../src/core/operation.ts";
import { Random } from "../../../src/core/random.ts";

/** What small random histories of one object are made of. */
export interface SmallShape {
  readonly kind: "register" | "cas-register" | "kv";
  readonly minOps: number;
  readonly maxOps: number;
  /** Share of the written values that are drawn from a few instead of being new. */
  readonly repeated: number;
  /** Changes made to a history at most. */
  readonly spoils: number;
}

interface Draft {
  readonly process: number;
  readonly f: string;
  input: Json;
  callNs: number;
  returnNs: number;
  readonly effectNs: number;
  readonly fate: "ok" | "unknown" | "unknown, never" | "fail";
  outcome: Outcome;
}

const FUNCTIONS = {
  register: ["read", "read", "write"],
  "cas-register": ["read", "read", "write", "cas", "cas"],
  kv: ["get", "get", "put"],
} as const;

const SPANS = [0, 0, 1, 1, 2, 3] as const;
const failed = (name: string): Outcome => ({ type: "fail", error: { name } });

/** A random history, the same for the same seed: linearizable by construction, and then mostly spoilt a little. */
export function smallHistory(shape: SmallShape, seed: number): History {
  const random = new Random(seed, shape.kind);
  const drafts = plan(shape, random);
  const copy = execute(shape, random, drafts);
  for (let left = random.below(shape.spoils + 1); left > 0; left--) spoil(random, drafts, copy.values);
  const ops = [...drafts]
    .sort((a, b) => a.callNs - b.callNs)
    .map(
      ({ process, f, input, callNs, returnNs, outcome }, index): Operation => ({
        index,
        process,
        node: "",
        f,
        input,
        callNs,
        returnNs: outcome.type === "info" ? Number.POSITIVE_INFINITY : returnNs,
        outcome,
      }),
    );
  return { ops, faults: [], meta: { version: 1 } };
}

function plan({ kind, minOps, maxOps }: SmallShape, random: Random): Draft[] {
  const threads = 2 + random.below(3);
  const clocks = new Array<number>(threads).fill(0);
  const processes = clocks.map((_, thread) => thread);
  const length = minOps + random.below(maxOps - minOps + 1);
  return Array.from({ length }, () => {
    const thread = random.below(threads);
    const process = processes[thread] ?? 0;
    const f = FUNCTIONS[kind][random.below(FUNCTIONS[kind].length)] ?? "read";
    const callNs = (clocks[thread] ?? 0) + random.below(3);
    const returnAfter = callNs + (SPANS[random.below(SPANS.length)] ?? 0);
    const returnNs = returnAfter + (SPANS[random.below(SPANS.length)] ?? 0);
    clocks[thread] = returnNs;
    const lot = random.below(12);
    const fate = lot === 0 ? "fail" : lot === 1 ? "unknown, never" : lot <= 3 ? "unknown" : "ok";
    if (fate === "unknown" || fate === "unknown, never") processes[thread] = process + threads;
    // An operation of unknown outcome may take effect long after its client gave up.
    const effectNs = fate === "unknown" ? callNs + random.below(20) : returnAfter;
    return { process, f, input: null, callNs, returnNs, effectNs, fate, outcome: { type: "ok", value: null } };
  });
}

/** Runs the drafts against one copy, each at its own instant. */
function execute({ kind, repeated }: SmallShape, random: Random, drafts: readonly Draft[]): { values: Json[] } {
  const nothing = kind === "kv" ? "" : null;
  const values: Json[] = [nothing];
  let state: Json = nothing;
  const fresh = (): Json => {
    if (random.chance(repeated)) return random.pick(values);
    const value: Json = kind === "kv" ? `v${values.length}` : values.length;
    values.push(value);
    return value;
  };
  for (const draft of [...drafts].sort((a, b) => a.effectNs - b.effectNs)) {
    const { f, fate } = draft;
    const happens = fate === "ok" || fate === "unknown";
    if (f === "read" || f === "get") draft.outcome = { type: "ok", value: state };
    else if (f === "cas") {
      const from: Json = random.chance(0.6) ? state : random.pick(values);
      draft.input = [from, fresh()];
      if (from !== state) draft.outcome = failed("precondition-failed");
      else if (happens) state = (draft.input as readonly Json[])[1] ?? null;
    } else {
      draft.input = fresh();
      if (happens) state = draft.input;
    }
    if (fate === "fail") draft.outcome = failed("temporarily-unavailable");
    if (fate === "unknown" || fate === "unknown, never") draft.outcome = { type: "info", error: { name: "timeout" } };
  }
  return { values };
}

/** Changes what one operation saw, when it ran, or whether it happened. Processes stay sequential. */
function spoil(random: Random, drafts: Draft[], values: readonly Json[]): void {
  const draft = random.pick(drafts);
  if (draft.outcome.type === "info") return;
  const isRead = draft.f === "read" || draft.f === "get";
  switch (random.below(isRead ? 6 : 3)) {
    case 0:
      draft.returnNs = draft.callNs;
      break;
    case 1:
      draft.callNs = draft.returnNs;
      break;
    case 2:
      if (isRead) draft.outcome = { type: "ok", value: random.chance(0.05) ? "never written" : random.pick(values) };
      else if (draft.outcome.type === "ok") draft.outcome = failed("precondition-failed");
      else draft.outcome = { type: "ok", value: null };
      break;
    default:
      draft.outcome = { type: "ok", value: random.pick(values) };
  }
}

/**
 * Calls `examine` with so many random histories. Where it throws, the history is made as small as it can be while it still
 * throws, and told of together with its seed.
 */
export function forSmallHistories(shape: SmallShape, runs: number, examine: (history: History) => void): void {
  const first = Math.floor(Math.random() * 2 ** 31);
  for (let run = 0; run < runs; run++) {
    const history = smallHistory(shape, first + run);
    try {
      examine(history);
    } catch (error) {
      const smallest = shrunk(history, examine);
      const told = smallest.ops.map((op) => JSON.stringify(op)).join("\n");
      throw new Error(`seed ${first + run} of ${JSON.stringify(shape)}: ${(error as Error).message}\n${told}`);
    }
  }
}

function shrunk(history: History, examine: (history: History) => void): History {
  const fails = (candidate: History): boolean => {
    try {
      examine(candidate);
      return false;
    } catch {
      return true;
    }
  };
  for (let i = 0; i < history.ops.length; i++) {
    const ops = history.ops.filter((_, at) => at !== i).map((op, index) => ({ ...op, index }));
    if (fails({ ...history, ops })) return shrunk({ ...history, ops }, examine);
  }
  return history;
}
