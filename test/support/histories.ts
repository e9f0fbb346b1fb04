import fc from "fast-check";
import type { History, HistoryMeta } from "../../src/core/history.ts";
import type { Json } from "../../src/core/json.ts";
import type { Operation, Outcome } from "../../src/core/operation.ts";

/** An operation in few words. Times are nanoseconds. */
export interface Sketch {
  readonly p: number;
  readonly f: string;
  readonly key?: string;
  readonly input?: Json;
  readonly node?: string;
  readonly call: number;
  /** Absent: the outcome is unknown. */
  readonly ret?: number;
  /** The value of an `ok` outcome; `null` if there is a `ret` and no `fail`. */
  readonly ok?: Json;
  /** The name of the error of a `fail` outcome. */
  readonly fail?: string;
  /** The name of the error of an `info` outcome; `timeout` if there is no `ret`. */
  readonly info?: string;
  readonly final?: true;
}

function outcomeOf(sketch: Sketch): Outcome {
  if (sketch.ret === undefined) return { type: "info", error: { name: sketch.info ?? "timeout" } };
  if (sketch.fail !== undefined) return { type: "fail", error: { name: sketch.fail } };
  return { type: "ok", value: sketch.ok ?? null };
}

/**
 * A history of these operations, in order of their calls (equal calls in the order given). Throws where a process
 * overlaps itself, goes on after an unknown outcome, or returns before it called: such a history is a mistake of the test.
 */
export function history(sketches: readonly Sketch[], meta: Partial<HistoryMeta> = {}): History {
  const busyUntil = new Map<number, number>();
  const ops = [...sketches]
    .sort((a, b) => a.call - b.call)
    .map((sketch, index): Operation => {
      const returnNs = sketch.ret ?? Number.POSITIVE_INFINITY;
      if (returnNs < sketch.call)
        throw new Error(`op ${index} returns at ${returnNs}, before its call at ${sketch.call}`);
      if (sketch.call < (busyUntil.get(sketch.p) ?? 0))
        throw new Error(`process ${sketch.p} overlaps itself at op ${index}`);
      busyUntil.set(sketch.p, returnNs);
      return {
        index,
        process: sketch.p,
        node: sketch.node ?? "n1",
        f: sketch.f,
        ...(sketch.key === undefined ? {} : { key: sketch.key }),
        input: sketch.input ?? null,
        ...(sketch.final === undefined ? {} : { final: sketch.final }),
        callNs: sketch.call,
        returnNs,
        outcome: outcomeOf(sketch),
      };
    });
  return { ops, faults: [], meta: { version: 1, ...meta } };
}

/** What random histories are made of. */
export interface HistoryShape {
  /**
   * `register`: read, write. `cas-register`: and cas. `append-list`: append, read. `kv`: get, put, append on strings.
   */
  readonly kind: "register" | "cas-register" | "append-list" | "kv";
  readonly minOps?: number;
  readonly maxOps: number;
  /** Client threads, 3 by default. A thread goes on under a new process number after an unknown outcome. */
  readonly threads?: number;
  /** Objects (`x`, `y`, …), 1 by default. */
  readonly keys?: number;
  /** Every value written once (the default), or only so many different values. */
  readonly values?: "unique" | number;
  /** Unknown outcomes; true by default. */
  readonly unknowns?: boolean;
  /** Definite failures; true by default. */
  readonly failures?: boolean;
}

const FUNCTIONS = {
  register: ["read", "write"],
  "cas-register": ["read", "write", "cas"],
  "append-list": ["read", "append"],
  kv: ["get", "put", "append"],
} as const;

const KEYS = ["x", "y", "z", "u", "v", "w"];
const pause = fc.nat({ max: 4 });
const span = fc.constantFrom(0, 0, 1, 1, 2, 3, 6);
const choice = fc.nat({ max: 999 });

interface Draw {
  readonly thread: number;
  readonly f: number;
  readonly key: number;
  readonly values: readonly [number, number];
  /** Time between the previous return and this call, the call and the effect, the effect and the return. */
  readonly gaps: readonly [number, number, number];
  /** 0 fails; 1, 2 unknown; anything else is ok. */
  readonly fate: number;
}

const draw: fc.Arbitrary<Draw> = fc.record({
  thread: choice,
  f: choice,
  key: choice,
  values: fc.tuple(choice, choice),
  gaps: fc.tuple(pause, span, span),
  fate: fc.nat({ max: 9 }),
});

const concat = (state: Json, value: Json): Json =>
  typeof value === "string" ? `${state ?? ""}${value}` : [...((state as readonly Json[] | null) ?? []), value as Json];

/** Runs the draws against one copy, each at its own instant: linearizable by construction. */
function run(shape: HistoryShape, draws: readonly Draw[]): Sketch[] {
  const functions = FUNCTIONS[shape.kind];
  const threads = shape.threads ?? 3;
  const processes = Array.from({ length: threads }, (_, thread) => thread);
  const clocks = processes.map(() => 0);
  let nextProcess = threads;
  const value = (i: number, drawn: number): Json => {
    const n = shape.values === undefined || shape.values === "unique" ? i + 1 : 1 + (drawn % shape.values);
    return shape.kind === "kv" ? `${n}.` : n;
  };
  const planned = draws.map((drawn, i) => {
    const thread = drawn.thread % threads;
    const p = processes[thread] ?? 0;
    const f = functions[drawn.f % functions.length] ?? "read";
    const call = (clocks[thread] ?? 0) + drawn.gaps[0];
    const effect = call + drawn.gaps[1];
    const ret = effect + drawn.gaps[2];
    const unknown = (shape.unknowns ?? true) && (drawn.fate === 1 || drawn.fate === 2);
    const failed = (shape.failures ?? true) && drawn.fate === 0;
    clocks[thread] = ret;
    if (unknown) processes[thread] = nextProcess++;
    const written = value(i, drawn.values[0]);
    // Half of the drawn comparisons name a value that some earlier operation may have written.
    const from = value(drawn.values[1] % (i + 1), drawn.values[1]);
    const input = f === "read" || f === "get" ? null : f === "cas" ? [from, written] : written;
    const key = KEYS[drawn.key % (shape.keys ?? 1)] ?? "x";
    const never = failed || (unknown && drawn.fate === 2);
    // An operation of unknown outcome may take effect long after its client gave up.
    const effectAt = unknown ? effect + (drawn.values[1] % 20) : effect;
    return { sketch: { p, f, key, input, call }, ret, effectAt, unknown, failed, never };
  });

  const states = new Map<string, Json>();
  const results = new Map<(typeof planned)[number], Sketch>();
  for (const plan of [...planned].sort((a, b) => a.effectAt - b.effectAt)) {
    const { sketch } = plan;
    const state = states.get(sketch.key) ?? (shape.kind === "kv" ? "" : null);
    let end: Partial<Sketch> = { ok: null };
    if (sketch.f === "read" || sketch.f === "get") end = { ok: state };
    else if (sketch.f === "cas" && state !== (sketch.input as readonly Json[])[0])
      end = { fail: "precondition-failed" };
    else if (!plan.never) {
      const written = sketch.f === "cas" ? ((sketch.input as readonly Json[])[1] as Json) : sketch.input;
      states.set(sketch.key, sketch.f === "append" ? concat(state, written) : written);
    }
    if (plan.failed) end = { fail: "temporarily-unavailable" };
    results.set(plan, plan.unknown ? sketch : { ...sketch, ...end, ret: plan.ret });
  }
  return planned.map((plan) => results.get(plan) ?? plan.sketch);
}

const draws = (shape: HistoryShape): fc.Arbitrary<Draw[]> =>
  fc.array(draw, { minLength: shape.minOps ?? 1, maxLength: shape.maxOps, size: "max" });

/** Histories that are linearizable by construction: every operation that happened did so at one instant inside it. */
export const linearizableHistory = (shape: HistoryShape): fc.Arbitrary<History> =>
  draws(shape).map((drawn) => history(run(shape, drawn)));

/** What is done to one operation of a valid history: to what it saw, when it ran, or whether it happened. */
interface Mutation {
  readonly kind: "value" | "swap" | "truncate" | "reverse" | "early" | "late" | "outcome";
  readonly at: number;
  readonly other: number;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom("value", "swap", "truncate", "reverse", "early", "late", "outcome"),
  at: choice,
  other: choice,
});

const isRead = ({ f }: Sketch): boolean => f === "read" || f === "get";
const pick = <T>(items: readonly T[], at: number): T | undefined => items[at % Math.max(1, items.length)];

function mutate(sketches: readonly Sketch[], { kind, at, other }: Mutation): Sketch[] {
  const returned = sketches.filter(({ ret }) => ret !== undefined);
  const reads = returned.filter((op) => isRead(op) && op.fail === undefined);
  const changing = kind === "early" || kind === "late" || kind === "outcome" ? returned : reads;
  const op = pick(changing, at);
  return op === undefined ? [...sketches] : sketches.map((old) => (old === op ? changed(op) : old));

  function changed(op: Sketch): Sketch {
    const saw = op.ok ?? null;
    switch (kind) {
      case "value":
        return { ...op, ok: isListRead() ? concat(saw, someValue()) : someValue() };
      case "swap":
        return { ...op, ok: pick(reads, other)?.ok ?? null };
      case "truncate":
        return { ...op, ok: Array.isArray(saw) ? saw.slice(0, -1) : typeof saw === "string" ? saw.slice(0, -2) : null };
      case "reverse":
        return { ...op, ok: Array.isArray(saw) ? [...saw].reverse() : isListRead() ? saw : someValue() };
      case "early":
        return { ...op, ret: op.call };
      case "late":
        return { ...op, call: op.ret ?? op.call };
      case "outcome": {
        const { fail, ok: _, ...rest } = op;
        return fail === undefined
          ? { ...rest, fail: "precondition-failed" }
          : { ...rest, ok: op.f === "get" ? "" : null };
      }
    }
  }
  function someValue(): Json {
    const inputs = sketches.flatMap(({ f, input }) =>
      f === "cas" ? (input as Json[]) : isRead({ f } as Sketch) ? [] : [input],
    );
    return (pick(inputs, other) ?? (sketches.some(({ f }) => f === "get") ? "" : null)) as Json;
  }
  function isListRead(): boolean {
    return sketches.some(({ f }) => f === "append") && reads.every(({ f }) => f === "read");
  }
}

/** Linearizable histories with 1 to 4 changes to outputs, times or outcomes: many, but not all, are wrong. */
export const mutatedHistory = (shape: HistoryShape): fc.Arbitrary<History> =>
  fc
    .tuple(draws(shape), fc.array(mutation, { minLength: 1, maxLength: 4, size: "max" }))
    .map(([drawn, mutations]) => history(mutations.reduce<Sketch[]>(mutate, run(shape, drawn))));
