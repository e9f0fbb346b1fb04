import { describe, expect, it } from "vitest";
import { setAlgorithm } from "../../../../checkers/linearizability/algorithms/set.ts";
import { set } from "../../../../checkers/specs/index.ts";
import type { Json } from "../../../../src/core/json.ts";
import type { Spec } from "../../../../src/core/spec.ts";
import { compare, expectBoth, type World } from "./harness.ts";

/** `tells`: adds and removes mostly tell whether they changed anything. */
const elements = (unknown: number, tells: boolean, values: number): World => ({
  name: `set ${unknown} ${tells} ${values}`,
  algorithm: setAlgorithm,
  spec: set as Spec,
  maxOps: 9,
  unknown,
  invoke: (random) => ({ f: ["add", "remove", "contains"][random.below(3)] ?? "add", input: 1 + random.below(values) }),
  answer(state, { f, input, process }) {
    const isIn = (state as readonly string[]).includes(JSON.stringify(input));
    if (f === "contains") return isIn;
    return tells && process % 3 !== 0 ? (f === "add") !== isIn : null;
  },
  lie: (random, { f, ok }) => (f === "contains" ? ok !== true : ([null, true, false][random.below(3)] ?? null)),
});

const whole = (unknown: number, repeated: number): World => ({
  name: `growing set ${unknown} ${repeated}`,
  algorithm: setAlgorithm,
  spec: set as Spec,
  maxOps: 9,
  unknown,
  invoke(random, i) {
    if (random.chance(0.5)) return { f: "read", input: null };
    return { f: random.chance(repeated / 3) ? "remove" : "add", input: random.chance(repeated) ? 10 : 10 + i };
  },
  answer: (state, { f }) => (f === "read" ? (state as readonly string[]).map((item) => JSON.parse(item)) : null),
  lie(random, { f, ok }, answers) {
    if (f !== "read") return random.chance(0.5) ? true : null;
    const lists = answers.filter(Array.isArray);
    const list = [...((ok ?? []) as readonly Json[])];
    switch (random.below(4)) {
      case 0:
        return list.slice(1);
      case 1:
        return [10 + random.below(9), ...list];
      case 2:
        return [...list, ...list.slice(0, 1)].reverse();
      default:
        return lists[random.below(lists.length)] ?? list;
    }
  },
});

describe("set against all orders", () => {
  it.each([
    { title: "elements, silent", world: elements(0, false, 2), inCi: 5_000, maxDeclined: 0.06 },
    { title: "elements, that tell", world: elements(0, true, 2), inCi: 5_000, maxDeclined: 0.06 },
    { title: "one element, unknown outcomes", world: elements(0.2, true, 1), inCi: 5_000, maxDeclined: 0.06 },
    { title: "elements, unknown outcomes", world: elements(0.2, false, 2), inCi: 4_000, maxDeclined: 0.06 },
    { title: "read as a whole", world: whole(0.1, 0), inCi: 6_000, maxDeclined: 0.08 },
    { title: "read as a whole, repeated elements", world: whole(0.05, 0.2), inCi: 1_500, maxDeclined: 0.7 },
  ])("$title", ({ world, inCi, maxDeclined }) => {
    const tally = compare(world, inCi);
    expectBoth(tally, maxDeclined);
    expect(tally.missed).toBeLessThan(tally.invalid * (maxDeclined + 0.1));
  });
});
