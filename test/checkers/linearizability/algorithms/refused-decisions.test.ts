import { describe, expect, it } from "vitest";
import type { Decision } from "../../../../checkers/linearizability/algorithm.ts";
import { casRegister } from "../../../../checkers/linearizability/algorithms/cas-register.ts";
import { casRegister as spec } from "../../../../checkers/specs/index.ts";
import type { Json } from "../../../../src/core/json.ts";
import type { Spec } from "../../../../src/core/spec.ts";
import { compare, type World } from "./harness.ts";
import { decided, declined, linearizable, type Short } from "./sketches.ts";

const write = (value: Json, call: number, ret: number): Short => ["write", value, null, call, ret];
const cas = (from: Json, to: Json, call: number, ret: number): Short => ["cas", [from, to], null, call, ret];
const read = (saw: Json, call: number, ret: number): Short => ["read", null, saw, call, ret];
/** A compare-and-set that found another value than this one. */
const refused = (value: Json, call: number, ret: number): Short => ["cas", [value, 99], "fail", call, ret];

const decide = (...shorts: readonly Short[]): Decision => decided("cas-register-chains", "cas-register", shorts);

const UNCLEAR = declined("it is not clear when the compare-and-sets that failed took place");

type Row = readonly [title: string, shorts: readonly Short[], isClear: boolean];

describe("a compare-and-set that found another value", () => {
  it.each<Row>([
    ["may come before the value, which is written late", [write(1, 0, 10), refused(1, 1, 2)], true],
    ["may come before the value, which is read later", [write(1, 0, 10), refused(1, 1, 2), read(1, 3, 4)], true],
    ["may come as the value is written", [write(1, 0, 3), refused(1, 3, 4)], true],
    ["may come as the value is read", [write(1, 0, 10), read(1, 1, 3), refused(1, 3, 4)], true],
    ["may not come before the value that was read before", [write(1, 0, 10), read(1, 1, 2), refused(1, 3, 4)], false],
    ["may not come before the value that was there", [write(1, 0, 2), refused(1, 3, 4)], false],
    ["may not come before the value that was there at first", [refused(null, 0, 1)], false],
    ["may come after the value, as another one is written", [write(1, 0, 1), refused(1, 2, 5), write(2, 5, 6)], true],
    ["may not come after the value if none is", [write(1, 0, 1), refused(1, 2, 5), write(2, 6, 7)], false],
    ["may come after the first value", [refused(null, 2, 5), write(2, 3, 6)], true],
    ["may come after a value that is replaced", [write(1, 0, 1), refused(1, 2, 5), cas(1, 2, 5, 6)], true],
    [
      "may come after a value if the first one written comes then",
      [write(1, 0, 9), cas(null, 2, 1, 3), refused(2, 4, 10)],
      true,
    ],
    ["may come before a value that a cas brings late", [write(1, 0, 1), cas(1, 2, 2, 9), refused(2, 3, 4)], true],
    [
      "may come after the value if a write waits that was called before it was read",
      [write(2, 0, 9), write(1, 1, 2), read(1, 3, 4), refused(1, 3, 5)],
      true,
    ],
    [
      "may come after the value if a write waits whose value is read later",
      [write(2, 0, 9), write(1, 1, 2), read(1, 3, 4), refused(1, 3, 5), read(2, 5, 8)],
      true,
    ],
    [
      "may come after the value if a write waits until the last moment",
      [write(2, 0, 3), write(1, 1, 2), read(1, 3, 4), refused(1, 3, 5), read(2, 1, 3)],
      true,
    ],
    [
      "may not come after the value if the write returned before",
      [write(2, 0, 2), write(1, 1, 2), read(1, 3, 4), refused(1, 3, 5)],
      false,
    ],
    [
      "may not come after the value if what was written was read before",
      [write(2, 0, 9), write(1, 1, 2), read(2, 1, 2), read(1, 3, 4), refused(1, 3, 5)],
      false,
    ],
    [
      "may not come after the value if what could wait was replaced",
      [write(2, 0, 9), cas(2, 3, 0, 2), write(1, 1, 2), read(1, 3, 4), refused(1, 3, 5)],
      false,
    ],
    [
      "may come after the last value of several",
      [write(2, 0, 9), write(7, 1, 2), cas(7, 1, 1, 2), read(1, 3, 4), refused(1, 3, 5)],
      true,
    ],
    [
      "may not come after a value that was replaced later, though a write could wait",
      [write(2, 0, 9), write(1, 1, 2), read(1, 3, 4), cas(1, 5, 3, 12), refused(5, 10, 11), refused(1, 3, 5)],
      false,
    ],
    [
      "may come after the value if a write waits that others hide",
      [write(2, 0, 9), write(3, 1, 1), write(4, 1, 1), write(1, 1, 2), read(1, 3, 4), refused(1, 3, 5)],
      true,
    ],
    [
      "may come after the value if a write waits, though another one nearer to it was replaced too early",
      [write(2, 0, 9), write(3, 0.5, 9), cas(3, 4, 0.6, 2.5), write(1, 1, 2), read(1, 3, 4), refused(1, 3, 5)],
      true,
    ],
    [
      "may come after the value if a write waits, though another one nearer to it was read too early",
      [write(2, 0, 9), write(3, 0.5, 9), read(3, 0.6, 0.9), write(1, 1, 2), read(1, 3, 4), refused(1, 3, 5)],
      true,
    ],
    [
      "may come after the value if another write waits, though its own could not",
      [write(2, 0, 9), write(1, 1, 8), read(1, 1.5, 2), read(1, 3, 4), refused(1, 3, 5)],
      true,
    ],
    [
      "may come after a value that had to wait for another one",
      [write(7, 0, 0.1), write(2, 0.05, 9), write(1, 0.2, 5), read(7, 3, 4), refused(1, 6, 7)],
      true,
    ],
    [
      "may not come after a value that one replaces which itself was not there yet",
      [write(2, 0, 20), write(1, 1, 2), refused(1, 3, 4), refused(2, 5, 6), read(2, 10, 11)],
      false,
    ],
    [
      "may not come before a value that has to be there for another one",
      [write(8, 0, 0.2), cas(8, 1, 0, 10), refused(8, 0.5, 1.9), write(2, 1.5, 20), refused(1, 2, 3), read(1, 5, 9)],
      false,
    ],
    [
      "may not come after a value that one would replace that has to come first",
      [write(1, 0, 5), write(2, 5, 5.5), read(1, 6, 7), refused(1, 8, 9)],
      false,
    ],
    [
      "may not come after a value that one would replace that has to come first, at an instant",
      [write(1, 0, 5), write(2, 5, 5), read(1, 6, 7), refused(1, 8, 9)],
      false,
    ],
    [
      "lets others wait one by one",
      [
        ...[write(2, 0, 9), write(1, 1, 2), read(1, 3, 4), refused(1, 3, 5)],
        ...[write(4, 10, 19), write(3, 11, 12), read(3, 13, 14), refused(3, 13, 15)],
        ...[write(5, 20, 29), refused(5, 21, 22), refused(5, 23, 24)],
      ],
      true,
    ],
  ])("%s", (_, shorts, isClear) => {
    const placed = shorts.filter(([, , ok]) => ok !== undefined).length;
    expect(decide(...shorts)).toEqual(isClear ? linearizable(placed) : UNCLEAR);
  });

  it("of a value that was perhaps never there is no matter", () => {
    expect(decide(["write", 1, undefined, 0], refused(1, 1, 2), refused(5, 1, 2))).toEqual(linearizable(2));
  });

  it("is given up where too many would have to wait, or the one that can wait is too far away", () => {
    // The last value has to wait, so that it does not end the one before in time any more, which has to wait, and so on.
    const late = (count: number): readonly Short[] =>
      Array.from({ length: count }, (_, i) => [write(i, i / 1000, 999), refused(i, 10 + 10 * i, 11 + 10 * i)]).flat();
    expect(decide(...late(11))).toEqual(linearizable(22));
    expect(decide(...late(12))).toEqual(UNCLEAR);
    const far = (count: number): readonly Short[] => [
      write(2, 0, 90),
      ...Array.from({ length: count }, (_, i) => write(10 + i, 1 + i / 1000, 1 + i / 1000)),
      ...[write(1, 2, 3), read(1, 4, 5), refused(1, 4, 6)],
    ];
    expect(decide(...far(63))).toEqual(linearizable(67));
    expect(decide(...far(64))).toEqual(UNCLEAR);
  });
});

/** Of a few values, of which each is written at most once; most compare-and-sets are refused. */
const world: World = {
  name: "cas-register, refused",
  algorithm: casRegister,
  spec: spec as Spec,
  maxOps: 8,
  unknown: 0.05,
  invoke(random, i) {
    if (random.chance(0.15)) return { f: "read", input: null };
    const value = 10 + i;
    if (random.chance(0.45)) return { f: "write", input: value };
    return { f: "cas", input: [random.chance(0.1) ? null : 10 + random.below(8), value] };
  },
  answer(state, { f, input }) {
    if (f === "read") return (state ?? null) as Json;
    return f === "write" || (input as readonly Json[])[0] === state ? null : "fail";
  },
  lie: (random, { f }) => (f === "read" ? 10 + random.below(8) : null),
};

describe("registers with many compare-and-sets that were refused, against all orders", () => {
  it("are decided right, and mostly", () => {
    const tally = compare(world, 1_500);
    const all = tally.valid + tally.invalid;
    expect(tally.invalid).toBeGreaterThan(all / 4);
    expect(tally.valid).toBeGreaterThan(all / 2);
    expect(tally.declined).toBeLessThan(all / 20);
  });
});
