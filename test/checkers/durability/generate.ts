import fc from "fast-check";
import type { DataType } from "../../../checkers/durability/index.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import { history, type Sketch } from "../../support/histories.ts";

const THREADS = 3;
const number = fc.nat({ max: 9999 });
const gap = fc.nat({ max: 4 });
const draw = fc.record({ thread: fc.nat(THREADS - 1), kind: number, pick: number, wait: gap, rest: gap, fate: number });
type Draw = typeof draw extends fc.Arbitrary<infer T> ? T : never;

/** What the closing reads of a history find. */
interface Ending {
  /** True if they find what the store holds, on all nodes that answer. */
  readonly honest: boolean;
  /** For each node: 0 if it does not answer, else the number of the state it makes up if it is not honest. */
  readonly answers: readonly number[];
}

export const honest: fc.Arbitrary<Ending> = fc.record({
  honest: fc.constant(true),
  answers: fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)),
});

/** The nodes find some earlier state of the store, mostly all the same. */
export const forgetful: fc.Arbitrary<Ending> = fc
  .tuple(fc.integer({ min: 1, max: 9999 }), fc.nat(4))
  .map(([state, whim]) => ({ honest: false, answers: whim === 0 ? [state, 0, state + 1] : [state, state, state] }));

/** An operation with the instant at which it takes effect, if ever. */
interface Planned {
  readonly sketch: Sketch;
  readonly effect: number;
  readonly ret: number;
  readonly unknown: boolean;
  readonly never: boolean;
  readonly pick: number;
}

function plan(type: DataType, drawn: readonly Draw[]): Planned[] {
  const clocks = Array.from({ length: THREADS }, () => 0);
  const processes = clocks.map((_, thread) => thread);
  return drawn.map(({ thread, kind, pick, wait, rest, fate }, i) => {
    const p = processes[thread] ?? 0;
    const call = (clocks[thread] ?? 0) + 1;
    const ret = call + wait + rest;
    clocks[thread] = ret;
    // An operation of unknown outcome may take effect long after its client gave up, or never.
    const unknown = fate % 12 === 0;
    if (unknown) processes[thread] = p + THREADS;
    const f = kind % 4 === 0 ? "read" : type === "list" ? "append" : kind % 4 === 1 ? "cas" : "write";
    return {
      sketch: { p, f, key: "x", call, node: `n${thread + 1}`, input: f === "read" ? null : i + 1 },
      effect: call + wait + (unknown ? pick % 30 : 0),
      ret,
      unknown,
      never: unknown && fate % 24 === 0,
      pick,
    };
  });
}

/** Takes the operations in order of their effects on one copy; returns them, and all states of that copy. */
function run(type: DataType, planned: readonly Planned[]): { sketches: Sketch[]; states: Json[] } {
  const states: Json[] = [null];
  const sketches = planned
    .toSorted((a, b) => a.effect - b.effect)
    .map(({ sketch, ret, unknown, never, pick }): Sketch => {
      const state = states.at(-1) ?? null;
      const written = sketch.input ?? null;
      const from = pick % 3 === 0 ? (states[pick % states.length] ?? null) : state;
      const op = sketch.f === "cas" ? { ...sketch, input: [from, written] } : sketch;
      const mismatch = sketch.f === "cas" && from !== state;
      if (sketch.f !== "read" && !mismatch && !never)
        states.push(type === "list" ? [...((state ?? []) as readonly Json[]), written] : written);
      if (unknown) return op;
      return mismatch
        ? { ...op, ret, fail: "precondition-failed" }
        : { ...op, ret, ok: op.f === "read" ? state : null };
    });
  return { sketches, states };
}

/**
 * Concurrent operations on one copy, each at its own instant, so linearizable. Then every node is asked for its copy, and
 * answers as the ending says.
 */
export const historyWithEnding = (
  type: DataType,
  maxOps: number,
  ending: fc.Arbitrary<Ending>,
): fc.Arbitrary<History> => {
  const draws = fc.array(draw, { minLength: Math.ceil(maxOps / 2), maxLength: maxOps, size: "max" });
  return fc.tuple(draws, ending).map(([drawn, { honest, answers }]) => {
    const planned = plan(type, drawn);
    const { sketches, states } = run(type, planned);
    const end = Math.max(...planned.map(({ effect, ret }) => Math.max(effect, ret))) + 1;
    const finals = answers.map((answer, i): Sketch => {
      const read: Sketch = { p: 900 + i, f: "read", key: "x", node: `n${i + 1}`, call: end + i, final: true };
      const found = honest ? states.at(-1) : states[answer % states.length];
      return answer === 0 ? read : { ...read, ret: end + i, ok: found ?? null };
    });
    return history([...sketches, ...finals], { nodes: ["n1", "n2", "n3"] });
  });
};
