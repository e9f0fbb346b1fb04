import { expect } from "vitest";
import type { Algorithm, Decision } from "../../../../checkers/linearizability/algorithm.ts";
import { buildProblem, counts } from "../../../../checkers/linearizability/problem.ts";
import { search } from "../../../../checkers/linearizability/search.ts";
import type { History } from "../../../../src/core/history.ts";
import type { Json } from "../../../../src/core/json.ts";
import type { Invocation, Operation } from "../../../../src/core/operation.ts";
import { Random } from "../../../../src/core/random.ts";
import type { Spec } from "../../../../src/core/spec.ts";
import { history, type Sketch } from "../../../support/histories.ts";
import { runs } from "../../../support/runs.ts";
import { bruteForce } from "../oracle.ts";

/** What small random histories of one object are made of. */
export interface World {
  readonly name: string;
  readonly algorithm: Algorithm;
  readonly spec: Spec;
  readonly maxOps: number;
  /** The `i`-th operation of a history. */
  invoke(random: Random, i: number): Invocation;
  /** What a correct object would answer; `fail` for a definite failure that tells something; `undefined` if nothing fits. */
  answer(state: unknown, op: Invocation & { readonly process: number }): Json | "fail" | undefined;
  /** Share of operations of unknown outcome. */
  readonly unknown: number;
  /** What is true; by trying all orders unless another way is given. */
  oracle?(spec: Spec, history: History): boolean;
  /** Share of operations that claim to have happened where nothing fits. */
  readonly bold?: number;
  /** A wrong answer, made up from the answers of the whole history. */
  lie?(random: Random, op: Sketch, answers: readonly Json[]): Json;
}

/** All that it takes to make histories. */
export type Maker = Omit<World, "algorithm">;

/** A sketch with its place among those of its thread. */
interface Planned extends Sketch {
  readonly i: number;
}

/** Every operation happens at one instant inside it, on one copy: linearizable before it is mutated. */
function run(world: Maker, random: Random): Planned[] {
  const threads = 2 + random.below(3);
  const processes = Array.from({ length: threads }, (_, thread) => thread);
  const clocks = processes.map(() => 0);
  const longestPause = 2 + random.below(6);
  let nextProcess = threads;
  const planned = Array.from({ length: world.maxOps - random.below(4) }, (_, i) => {
    const thread = random.below(threads);
    const p = processes[thread] as number;
    const call = (clocks[thread] as number) + random.below(longestPause);
    const effect = call + random.below(3);
    const ret = effect + random.below(3);
    const isUnknown = random.chance(world.unknown);
    clocks[thread] = ret;
    if (isUnknown) processes[thread] = nextProcess++;
    const effectAt = isUnknown ? effect + random.below(8) : effect;
    const never = isUnknown && random.chance(0.4);
    return { op: { ...world.invoke(random, i), process: p }, p, call, ret, effectAt, isUnknown, never, i };
  });
  let state = world.spec.init();
  const sketches: Planned[] = [];
  for (const plan of [...planned].sort((a, b) => a.effectAt - b.effectAt || a.i - b.i)) {
    const { op, p, call, ret, isUnknown, never, i } = plan;
    const sketch = { i, p, f: op.f, input: op.input, call };
    if (isUnknown) {
      if (!never) state = world.spec.step(state, op, { type: "info", error: { name: "timeout" } }) ?? state;
      sketches.push(sketch);
      continue;
    }
    const answer = random.chance(0.05) ? undefined : world.answer(state, op);
    if (answer === undefined && random.chance(world.bold ?? 0)) sketches.push({ ...sketch, ret, ok: null });
    else if (answer === undefined) sketches.push({ ...sketch, ret, fail: "temporarily-unavailable" });
    else if (answer === "fail") sketches.push({ ...sketch, ret, fail: "precondition-failed" });
    else {
      state = world.spec.step(state, op, { type: "ok", value: answer }) ?? state;
      sketches.push({ ...sketch, ret, ok: answer });
    }
  }
  return sketches;
}

/** Changes what one operation saw, when it ran, or whether it is there; or swaps what two saw. */
function mutate(world: Maker, random: Random, sketches: readonly Planned[]): Planned[] {
  const answers = sketches.flatMap(({ ok }) => (ok === undefined ? [] : [ok]));
  const op = sketches[random.below(sketches.length)] as Planned;
  const { ok, ret, ...rest } = op;
  const change = (...changed: readonly Planned[]): Planned[] =>
    sketches.flatMap((old) => (old === op ? changed : [old]));
  switch (random.below(10)) {
    case 0:
      return random.chance(0.3) ? change() : change(op);
    case 1:
      return ret === undefined ? change(op) : change({ ...op, ret: op.call });
    case 2:
      return ret === undefined ? change(op) : change({ ...op, call: ret });
    case 3:
      return ok === undefined || random.chance(0.7) ? change(op) : change(rest);
    case 4:
    case 5: {
      if (ok === undefined || ret === undefined) return change(op);
      const lie = world.lie === undefined ? answers[random.below(answers.length)] : world.lie(random, op, answers);
      return change({ ...op, ok: lie ?? null });
    }
    default: {
      const others = sketches.filter((other) => other !== op && other.f === op.f && other.ok !== undefined);
      const other = others[random.below(Math.max(1, others.length))];
      if (ok === undefined || other?.ok === undefined) return change(op);
      const [mine, theirs] = [ok, other.ok];
      return sketches.map((old) => (old === op ? { ...op, ok: theirs } : old === other ? { ...other, ok: mine } : old));
    }
  }
}

/** Mutations that are tried to make a history wrong. */
const MAX_MUTATIONS = 10;

/** The same history for the same seed: of six five are mutated, four of these until they are wrong. */
export function generate(world: Maker, seed: number): History {
  const random = new Random(seed, world.name);
  let sketches = run(world, random);
  for (let i = 0; i < (seed % 6) * MAX_MUTATIONS && sketches.length > 0; i++) {
    if (seed % 6 === 1 ? random.chance(0.2) : i > 0 && !isLinearizable(world, settled(sketches))) break;
    sketches = mutate(world, random, sketches);
  }
  return settled(sketches);
}

/** After an unknown outcome a thread goes on under another number, also where a mutation made it unknown. */
function settled(sketches: readonly Planned[]): History {
  const lost = new Map<number, number>();
  const sorted = [...sketches].sort((a, b) => a.call - b.call || a.i - b.i);
  return history(
    sorted.map((op) => {
      const times = lost.get(op.p) ?? 0;
      if (op.ret === undefined) lost.set(op.p, times + 1);
      return { ...op, p: op.p + 100 * times };
    }),
  );
}

const isLinearizable = (world: Maker, history: History): boolean => (world.oracle ?? bruteForce)(world.spec, history);

/** By the general search, for histories that are too long for all their orders. */
export function bySearch(spec: Spec, { ops }: History): boolean {
  const { type } = search(
    buildProblem(
      spec,
      ops.filter((op) => counts(spec, op)),
    ),
    { deadlineMs: Number.POSITIVE_INFINITY, maxConfigurations: 1_000_000 },
  );
  expect(["linearizable", "stuck"]).toContain(type);
  return type === "linearizable";
}

const decide = ({ algorithm, spec }: World, { ops }: History): Decision =>
  algorithm.decide(
    spec,
    ops.filter((op) => counts(spec, op)),
    Number.POSITIVE_INFINITY,
  );

/** What is wrong with the decision on a history, if anything. */
function mistake(world: World, history: History): string | undefined {
  const decision = decide(world, history);
  const expected = isLinearizable(world, history);
  if (decision.type === "declined") return undefined;
  if (decision.type === "time") return "it ran out of time";
  if ((decision.type === "linearizable") !== expected) return `it says ${decision.type}`;
  if (decision.type !== "not-linearizable") return undefined;
  const culprits = history.ops.filter(({ index }) => decision.culprits.includes(index));
  if (culprits.length !== decision.culprits.length) return `it names culprits that are not there: ${decision.culprits}`;
  return isLinearizable(world, { ...history, ops: culprits })
    ? `its culprits ${decision.culprits} are fine`
    : undefined;
}

/** Leaves out operations as long as the mistake stays. */
function shrunk(world: World, { ops, ...rest }: History): History {
  const less = ops.map((op) => ({ ...rest, ops: ops.filter((other) => other !== op) }));
  const smaller = less.find((history) => mistake(world, history) !== undefined);
  return smaller === undefined ? { ...rest, ops } : shrunk(world, smaller);
}

const line = ({ index, process, f, input, callNs, returnNs, outcome }: Operation): string =>
  `${index}: process ${process} ${f} ${JSON.stringify(input)} [${callNs}, ${returnNs}] ${JSON.stringify(outcome)}`;

export interface Tally {
  valid: number;
  invalid: number;
  declined: number;
  /** Of the invalid ones, how many were not decided. */
  missed: number;
}

/** Compares the algorithm with the oracle on so many histories, and tells how many were what. */
export function compare(world: World, inCi: number): Tally {
  const tally = { valid: 0, invalid: 0, declined: 0, missed: 0 };
  for (let seed = 0; seed < runs(inCi); seed++) {
    const history = generate(world, seed);
    const problem = mistake(world, history);
    if (problem !== undefined) {
      const small = shrunk(world, history);
      throw new Error(`${world.name}, seed ${seed}: ${mistake(world, small)}\n${small.ops.map(line).join("\n")}`);
    }
    const isValid = isLinearizable(world, history);
    tally[isValid ? "valid" : "invalid"]++;
    if (decide(world, history).type !== "declined") continue;
    tally.declined++;
    if (!isValid) tally.missed++;
  }
  return tally;
}

/** At least a third is invalid, and of both kinds most are decided. */
export function expectBoth({ valid, invalid, declined }: Tally, maxDeclined: number): void {
  const all = valid + invalid;
  expect(invalid).toBeGreaterThan(all / 3);
  expect(valid).toBeGreaterThan(all / 5);
  expect(declined).toBeLessThan(all * maxDeclined);
}
