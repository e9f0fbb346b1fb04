import { buildProblem, counts } from "../../../checkers/linearizability/problem.ts";
import { search } from "../../../checkers/linearizability/search.ts";
import { SPECS } from "../../../checkers/specs/index.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Invocation, Operation } from "../../../src/core/operation.ts";
import type { Random } from "../../../src/core/random.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { runs } from "../../support/runs.ts";
import { DOMAINS } from "../specs/domains.ts";
import { generate, type Maker } from "./algorithms/harness.ts";

const pick = <T>(random: Random, items: readonly T[]): T => items[random.below(items.length)] as T;
const SMALL: readonly Json[] = [1, 2, 3];
const some = (random: Random): Json => pick(random, SMALL);
const half = (random: Random, one: Invocation, other: Invocation): Invocation => (random.chance(0.5) ? one : other);
const call = (f: string, input: Json = null): Invocation => ({ f, input });

/** What clients ask of each kind of object. Values repeat, so that the general search has to do with them as well. */
const ASKED: Readonly<Record<string, (random: Random, i: number) => Invocation>> = {
  register: (random) => half(random, call("read"), call("write", some(random))),
  "cas-register": (random) =>
    pick(random, [
      call("read"),
      call("write", some(random)),
      call("cas", [some(random), some(random)]),
      call("cas", [some(random), some(random)]),
    ]),
  "multi-register": (random) =>
    pick(random, [
      call("read"),
      call("write", { x: some(random) }),
      call("write", { y: some(random) }),
      call("txn", [
        ["r", "y", null],
        ["w", "x", 1],
      ]),
    ]),
  kv: (random) => pick(random, [call("get"), call("put", pick(random, ["a", "b"])), call("append", "a")]),
  counter: (random) => pick(random, [call("read"), call("increment"), call("add", 2), call("decrement")]),
  set: (random) =>
    random.chance(0.1)
      ? call("read")
      : call(pick(random, ["add", "remove", "contains"]), pick(random, SMALL.slice(0, 2))),
  bag: (random) => pick(random, [call("read"), call("enqueue", some(random)), call("dequeue"), call("dequeue")]),
  "fifo-queue": (random, i) => half(random, call("dequeue"), call("enqueue", random.chance(0.2) ? 1 : i + 1)),
  stack: (random, i) => half(random, call("pop"), call("push", random.chance(0.2) ? 1 : i + 1)),
  "priority-queue": (random, i) =>
    half(random, call("poll"), call("insert", random.chance(0.2) ? 1 : (7 * i + 3) % 37)),
  "append-list": (random, i) => half(random, call("read"), call("append", random.chance(0.1) ? 1 : i + 1)),
  log: (random, i) => half(random, call("poll", random.below(2)), call("send", i + 1)),
  mutex: (random) => call(pick(random, ["acquire", "release"]), random.chance(0.1) ? "c1" : null),
  "reentrant-mutex": (random) => call(pick(random, ["acquire", "release"]), random.chance(0.1) ? "c1" : null),
  "fenced-lock": (random) => call(pick(random, ["acquire", "release"]), random.chance(0.1) ? "c1" : null),
  bank: (random) =>
    random.chance(0.4)
      ? call("read")
      : call("transfer", { from: random.below(2), to: random.below(2), amount: 30 + 30 * random.below(2) }),
  "unique-ids": () => call("generate"),
};

/** What was seen, be it wrong, by function. */
const LIES: Readonly<Record<string, readonly Json[]>> = {
  read: [1, 2, 3],
  get: ["", "a", "b", "aa"],
  contains: [true, false],
  add: [true, false],
  remove: [true, false],
  dequeue: [null, 1, 2, 3, 4],
  pop: [null, 1, 2, 3, 4],
  generate: [0, 10, 20],
  acquire: [1, 2, 3],
  poll: [null, 3, 10, 17, 24],
};
const LOOKS: readonly string[] = ["read", "poll"];
const READS: Readonly<Record<string, readonly Json[]>> = {
  "multi-register": [{ x: 1 }, { x: 2, y: 1 }, { y: null }],
  set: [[], [1], [1, 2]],
  bag: [[], [1], [1, 2]],
  "append-list": [[], [1], [2], [1, 2], [2, 3]],
  log: [[], [1], [1, 2], [2]],
  bank: [{ 0: 100 }, { 0: 70, 1: 30 }, { 0: 40, 1: 60 }],
};

/** Answers worth trying in a state, in addition to those of the domain. */
function answersTo(state: unknown, f: string, name: string, process: number): readonly Json[] {
  if (name === "multi-register") {
    const { x = null, y = null } = Object.fromEntries(state as ReadonlyMap<string, Json>);
    return f === "read" ? [{ x, y }] : [];
  }
  if (name === "unique-ids") return [10 * (state as readonly string[]).length + process];
  return [...(DOMAINS[name]?.outputs(state, f) ?? [])];
}

/** Small histories of each of the specifications. */
export const WORLDS: readonly (Maker & { readonly spec: Spec })[] = Object.entries(ASKED).map(([name, invoke]) => {
  const spec = SPECS[name] as Spec;
  const isLock = name.includes("mutex") || name.includes("lock");
  return {
    name,
    spec,
    maxOps: 8,
    unknown: 0.12,
    bold: isLock ? 0.3 : 0,
    invoke,
    answer(state, op) {
      const told = answersTo(state, op.f, name, op.process);
      const txn = op.f === "txn" ? [read(state as ReadonlyMap<string, Json>, op.input)] : [];
      const possible = [...txn, ...told].filter((value) => spec.step(state, op, { type: "ok", value }) !== undefined);
      if (possible.length > 0) return possible[(op.process + possible.length) % possible.length];
      const refused = { type: "fail", error: { name: "precondition-failed" } } as const;
      return spec.observes(op, refused) && op.process % 2 === 0 ? "fail" : undefined;
    },
    lie(random, op) {
      if (op.f === "txn") return read(new Map([["y", some(random)]]), op.input ?? []);
      if (name === "counter" && op.f !== "read") return null;
      if (op.f === "send") return random.below(3);
      return pick(random, (LOOKS.includes(op.f) ? READS[name] : undefined) ?? LIES[op.f] ?? [null]);
    },
  };
});

/** A transaction with what it reads. */
const read = (state: ReadonlyMap<string, Json>, input: Json): Json =>
  (input as readonly (readonly Json[])[]).map(([f, name, value]) =>
    f === "r" ? ["r", name as Json, state.get(name as string) ?? null] : ["w", name as Json, value as Json],
  );

/** False where a mutation gave a transaction the outcome of another one, which no client could have seen. */
export const isWellFormed = ({ f, input, outcome }: Operation): boolean =>
  f !== "txn" || outcome.type !== "ok" || program(outcome.value) === program(input);

const program = (txn: Json): string =>
  JSON.stringify((txn as readonly (readonly Json[])[]).map(([f, name, value]) => [f, name, f === "r" ? null : value]));

/** Operations that only make sense together: of a queue those on one value, of a lock those of one holder. */
export function unitOf(spec: Spec, op: Operation): string {
  const value = op.input ?? (op.outcome.type === "ok" ? op.outcome.value : null);
  if (["bag", "fifo-queue", "stack", "priority-queue", "unique-ids"].includes(spec.name))
    return value === null || Array.isArray(value) ? `op ${op.index}` : JSON.stringify(value);
  if (spec.byProcess === true) return `holder ${JSON.stringify(op.input ?? op.process)}`;
  return `op ${op.index}`;
}

const UNLIMITED = { deadlineMs: Number.POSITIVE_INFINITY, maxConfigurations: Number.POSITIVE_INFINITY };

/** Shows all wrong histories of a world, with the operation at which a search of each ends; tells how many there were. */
export function forWrong(
  world: Maker,
  examine: (ops: readonly Operation[], stuckAt: Operation, seed: number) => void,
): number {
  const { spec } = world;
  let count = 0;
  for (let seed = 0; seed < runs(240) / 20; seed++) {
    const history = generate(world, seed);
    if (!history.ops.every(isWellFormed)) continue;
    const ops = history.ops.filter((op) => counts(spec, op));
    const { at } = search(buildProblem(spec, ops), UNLIMITED);
    if (at === undefined) continue;
    count++;
    examine(ops, at.op, seed);
  }
  return count;
}
