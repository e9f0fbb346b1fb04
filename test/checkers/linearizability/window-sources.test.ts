import { describe, expect, it } from "vitest";
import { counts } from "../../../checkers/linearizability/problem.ts";
import { Prover } from "../../../checkers/linearizability/refutation.ts";
import { withSources } from "../../../checkers/linearizability/window.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Operation } from "../../../src/core/operation.ts";
import { Random } from "../../../src/core/random.ts";
import { runs } from "../../support/runs.ts";
import { bySearch, generate } from "./algorithms/harness.ts";
import { WORLDS } from "./evidence-worlds.ts";

const UNLIMITED = { deadlineMs: Number.POSITIVE_INFINITY, maxConfigurations: Number.POSITIVE_INFINITY };

/** Takes any operations for wrong, so that those come to light that are thought to belong together. */
class Gullible extends Prover {
  override refutes(): boolean {
    return true;
  }
}

type Sees = (effect: Operation) => boolean;
const NOTHING: Sees = () => false;
const ANYTHING: Sees = () => true;

/** What of an object can be seen, in plain words. */
interface Plain {
  readonly name: string;
  cell(op: Operation): Json;
  isEffect(op: Operation): boolean;
  overwrites(effect: Operation): boolean;
  /** Which effects on its cell an operation may have seen. */
  sees(op: Operation): Sees;
}

const told = ({ outcome }: Operation): Json => (outcome.type === "ok" ? (outcome.value ?? null) : null);
const pairOf = ({ input }: Operation): readonly [Json, Json] => input as unknown as readonly [Json, Json];

const REGISTER = {
  cell: () => "",
  isEffect: ({ f, outcome }: Operation) => f !== "read" && outcome.type !== "fail",
  overwrites: ({ f }: Operation) => f === "write",
  sees(op: Operation): Sees {
    if (op.f === "write") return NOTHING;
    // It failed because something else was there, which anything may have brought about.
    if (op.outcome.type === "fail") return ANYTHING;
    const value = op.f === "cas" ? pairOf(op)[0] : told(op);
    return (effect) => (effect.f === "cas" ? pairOf(effect)[1] : effect.input) === value;
  },
};

const PLAIN: readonly Plain[] = [
  { name: "register", ...REGISTER },
  { name: "cas-register", ...REGISTER },
  {
    name: "set",
    cell: ({ input }) => input ?? null,
    isEffect: (op) => (op.f === "add" || op.f === "remove") && told(op) !== false,
    overwrites: () => true,
    sees(op) {
      const answer = told(op);
      if (answer === null) return NOTHING;
      // An add that says that it changed the set found the element missing.
      const wasThere = op.f === "add" ? answer === false : answer === true;
      return ({ f }) => (f === "add") === wasThere;
    },
  },
];

/** What the operations at these positions may have seen, and what that may have seen, by trying all pairs. */
function closure(plain: Plain, ops: readonly Operation[], positions: readonly number[]): Set<number> {
  const kept = new Set(positions);
  for (const p of kept) for (const source of sourcesOf(plain, ops, p)) kept.add(source);
  return kept;
}

function sourcesOf({ cell, isEffect, overwrites, sees }: Plain, ops: readonly Operation[], p: number): number[] {
  const op = ops[p] as Operation;
  const isSeen = sees(op);
  if (isSeen === NOTHING) return [];
  const effects = ops.flatMap((one, at) => (at !== p && isEffect(one) && cell(one) === cell(op) ? [{ one, at }] : []));
  const barrier = effects.findLast(
    ({ one, at }) => at < p && one.outcome.type === "ok" && one.returnNs < op.callNs && overwrites(one),
  );
  const isLater = (one: Operation): boolean =>
    one.callNs > op.returnNs || (one.process === op.process && one.index > op.index);
  const visible = effects.filter(
    ({ one }) => isSeen(one) && !isLater(one) && (barrier === undefined || one.returnNs >= barrier.one.callNs),
  );
  // Without what it hides last, the barrier would seem to hide nothing.
  const hidden = effects.findLast(({ one, at }) => at < p && isSeen(one));
  const hides = barrier !== undefined && hidden !== undefined && op.outcome.type !== "fail";
  return [...visible, ...(barrier ? [barrier] : []), ...(hides ? [hidden] : [])].map(({ at }) => at);
}

describe("what operations might have seen", () => {
  it.each(PLAIN)("is found, and nothing else, in histories of a $name", (plain) => {
    const world = WORLDS.find(({ name }) => name === plain.name);
    if (world === undefined) throw new Error(`there is no world of ${plain.name}`);
    const { spec } = world;
    let [added, left] = [0, 0];
    for (let seed = 0; seed < runs(300); seed++) {
      const random = new Random(seed, "sources");
      const ops = generate({ ...world, maxOps: 30, oracle: bySearch }, seed).ops.filter((op) => counts(spec, op));
      // Who reads a whole set sees all that there is.
      const some = ops.filter((op) => !(spec.name === "set" && op.f === "read") && random.chance(0.15));
      const [first] = some;
      if (first === undefined || some.length === ops.length) continue;
      const found = withSources(new Gullible(spec, UNLIMITED, Number.POSITIVE_INFINITY), ops, some, first);
      const expected = closure(
        plain,
        ops,
        some.map((op) => ops.indexOf(op)),
      );
      if (found.length !== expected.size || !found.every((op) => expected.has(ops.indexOf(op))))
        expect(
          found.map((op) => ops.indexOf(op)),
          `seed ${seed}`,
        ).toEqual([...expected].sort((a, b) => a - b));
      added += found.length - some.length;
      left += ops.length - found.length;
    }
    // Something of both, or little was shown.
    expect(added).toBeGreaterThan(runs(300));
    expect(left).toBeGreaterThan(runs(300));
  });
});
