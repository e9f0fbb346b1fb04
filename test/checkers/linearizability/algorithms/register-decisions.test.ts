import { describe, expect, it, vi } from "vitest";
import type { Algorithm, Decision } from "../../../../checkers/linearizability/algorithm.ts";
import { casRegister } from "../../../../checkers/linearizability/algorithms/cas-register.ts";
import { ALGORITHMS } from "../../../../checkers/linearizability/algorithms/index.ts";
import { register } from "../../../../checkers/linearizability/algorithms/register.ts";
import { SPECS } from "../../../../checkers/specs/index.ts";
import type { Json } from "../../../../src/core/json.ts";
import type { Spec } from "../../../../src/core/spec.ts";
import { history } from "../../../support/histories.ts";
import { culprits, decided, declined, linearizable, type Short } from "./sketches.ts";

const write = (value: Json, ...times: Times): Short => ["write", value, null, ...times];
const read = (value: Json, ...times: Times): Short => ["read", null, value, ...times];
const put = (value: Json, ...times: Times): Short => ["put", value, null, ...times];
const get = (value: Json, ...times: Times): Short => ["get", null, value, ...times];
const cas = (from: Json, to: Json, ...times: Times): Short => ["cas", [from, to], null, ...times];
const refused = (from: Json, to: Json, ...times: Times): Short => ["cas", [from, to], "fail", ...times];

/** When it was called and when it returned; without the latter its outcome is unknown. */
type Times = readonly [call: number, ret?: number];
type Example = readonly [name: string, shorts: readonly Short[], decision: Decision];

const decideCas = (shorts: readonly Short[]): Decision => decided("cas-register-chains", "cas-register", shorts);

const outOfTime: Decision = { type: "time", placed: 0 };
const unclear = declined("it is not clear when the compare-and-sets that failed took place");

it.each([
  { name: "cas-register-chains", decide: casRegister.decide },
  { name: "register-zones", decide: register.decide },
])("$name is out of time at the very deadline, before and after it has read the operations", ({ decide }) => {
  const { ops } = history([{ p: 0, f: "read", ok: null, call: 0, ret: 1 }]);
  const wrong = history([{ p: 0, f: "read", ok: 1, call: 0, ret: 1 }]).ops;
  const spec = SPECS["cas-register"] as Spec;
  const clock = vi.spyOn(performance, "now");
  try {
    clock.mockReturnValue(5);
    expect([decide(spec, wrong, 5), decide(spec, wrong, 4)]).toEqual([outOfTime, outOfTime]);
    expect(decide(spec, wrong, 6)).toEqual(culprits(0));
    clock.mockReturnValueOnce(4);
    expect(decide(spec, ops, 5)).toEqual(outOfTime);
    clock.mockReturnValueOnce(4);
    expect(decide(spec, wrong, 5)).toEqual(culprits(0));
  } finally {
    clock.mockRestore();
  }
});

describe("chains of compare-and-sets", () => {
  const possible: readonly Example[] = [
    ["nothing at all", [], linearizable(0)],
    [
      "each step read after it",
      [read(null, 0, 1), cas(null, 1, 2, 3), read(1, 4, 5), cas(1, 2, 6, 7), read(2, 8, 9)],
      linearizable(5),
    ],
    [
      "one that changes nothing, as a read",
      [write(1, 0, 1), cas(1, 1, 2, 3), cas(1, 1, 4, 5), cas(1, 1, 6)],
      linearizable(3),
    ],
    [
      "one of unknown outcome that would change nothing, and that nobody could have seen",
      [write(1, 0, 1), cas(7, 7, 2)],
      linearizable(1),
    ],
    [
      "one of unknown outcome, from a value that nobody wrote, which did not happen",
      [write(1, 0, 1), cas(7, 8, 2), read(1, 3, 4)],
      linearizable(2),
    ],
    [
      "two of unknown outcome on the same value, of which one was seen",
      [write(1, 0, 1), cas(1, 2, 2), cas(1, 3, 3), read(3, 4, 5)],
      linearizable(2),
    ],
    [
      "those of unknown outcome that a later one shows",
      [cas(null, 1, 0), cas(1, 2, 1), cas(2, 3, 2, 3)],
      linearizable(1),
    ],
    ["a circle of unknown outcomes, which did not happen", [cas(1, 2, 0), cas(2, 1, 1)], linearizable(0)],
    [
      "one that is called with the return of what it replaces",
      [write(1, 0, 5), cas(1, 2, 5, 9), read(1, 5, 9), read(2, 9, 12), read(1, 9, 12)],
      linearizable(5),
    ],
  ];
  it.each(possible)("may be %s", (_, shorts, decision) => expect(decideCas(shorts)).toEqual(decision));

  const wrong: readonly Example[] = [
    ["from a value that nobody wrote", [write(1, 0, 1), cas(7, 8, 2, 3)], culprits(1)],
    ["that changes nothing, of a value that nobody wrote", [write(1, 0, 1), cas(7, 7, 2, 3)], culprits(1)],
    [
      "of unknown outcome from a value that nobody wrote, which was seen",
      [write(1, 0, 1), cas(7, 8, 2), read(8, 3, 4)],
      culprits(1, 2),
    ],
    [
      "of unknown outcome from a value that nobody wrote, which was seen by the first of all",
      [read(8, 0, 9), cas(7, 8, 1)],
      culprits(0, 1),
    ],
    [
      "of unknown outcome from a value that nobody wrote, shown by one that was seen",
      [cas(7, 8, 0), cas(8, 9, 1), cas(9, 10, 2, 3)],
      culprits(0, 1, 2),
    ],
    ["from the same value, twice", [write(1, 0, 1), cas(1, 2, 2, 3), cas(1, 3, 4, 5)], culprits(0, 1, 2)],
    ["from a value that nobody wrote, and seen", [cas(7, 8, 0, 1), read(8, 2, 3)], culprits(0)],
    [
      "the same value, which changes nothing, after another write",
      [write(1, 0, 1), write(2, 2, 3), cas(1, 1, 4, 5)],
      culprits(0, 1, 2),
    ],
    [
      "from the same value, twice, whoever saw what became of it",
      [write(1, 0, 1), cas(1, 2, 2, 3), cas(1, 3, 4, 5), read(2, 4, 5), read(3, 6, 7)],
      culprits(0, 1, 2),
    ],
    ["from the initial value, twice", [write(1, 0, 1), cas(null, 2, 2, 3), cas(null, 3, 4, 5)], culprits(1, 2)],
    [
      "from the same value, twice, of unknown outcome but seen",
      [cas(null, 2, 0), cas(null, 3, 1), cas(3, 4, 2), read(2, 3, 4), read(4, 5, 6)],
      culprits(0, 1, 2, 3, 4),
    ],
    [
      "from the same value, twice, though that has no beginning",
      [cas(1, 2, 0, 1), cas(2, 1, 2, 3), cas(2, 3, 4, 5)],
      culprits(0, 1, 2),
    ],
    [
      "in a circle",
      [write(5, 0, 1), cas(1, 2, 2, 3), cas(2, 3, 4, 5), cas(3, 1, 6, 7), cas(5, 6, 8, 9)],
      culprits(1, 2, 3),
    ],
    [
      "in a circle of unknown outcomes of which one was seen",
      [cas(1, 2, 0), cas(2, 1, 1), read(2, 2, 3)],
      culprits(0, 1, 2),
    ],
    ["in a circle, one of unknown outcome", [cas(1, 2, 0, 1), cas(2, 1, 2)], culprits(0, 1)],
    [
      "called before what it replaces was, but returned before that too",
      [cas(1, 2, 0, 1), write(1, 2, 3)],
      culprits(0, 1),
    ],
    [
      "whose value was read before what it replaced was read",
      [write(1, 0, 20), cas(1, 2, 1, 20), read(2, 2, 3), read(1, 4, 5), read(1, 2, 5), read(2, 3, 5)],
      culprits(0, 1, 2, 5),
    ],
    [
      "of unknown outcome whose value was read before what it replaced was read",
      [write(1, 0), cas(1, 2, 1), read(2, 2, 3), read(1, 4, 5)],
      culprits(0, 1, 2, 3),
    ],
    ["that returned before what it replaced was read", [cas(null, 1, 0, 1), read(null, 2, 3)], culprits(0, 1)],
    [
      "from a value that another write ended for sure",
      [write(1, 0, 1), write(2, 2, 3), cas(1, 3, 4, 5)],
      culprits(0, 1, 2),
    ],
    ["from the initial value after a write", [write(1, 0, 1), cas(null, 2, 2, 3)], culprits(0, 1)],
  ];
  it("name no refused one, though it is called with the last read of a value", () => {
    expect(decideCas([write(1, 0, 1), write(2, 2, 3), read(1, 4, 5), refused(1, 9, 4, 5)])).toEqual(culprits(0, 1, 2));
  });

  it.each(wrong)("cannot be %s", (_, shorts, decision) => expect(decideCas(shorts)).toEqual(decision));

  it.each<Example>([
    [
      "two write the same",
      [cas(null, 1, 0, 1), cas(1, 2, 2, 3), cas(2, 1, 4, 5)],
      declined("1, which operation 2 writes, is not unique"),
    ],
    [
      "one of unknown outcome writes the initial value",
      [cas(1, null, 0)],
      declined("nothing, which operation 0 writes, is not unique"),
    ],
    [
      "a write of nothing is one of the initial value",
      [write(null, 0, 1)],
      declined("nothing, which operation 0 writes, is not unique"),
    ],
  ])("are declined where %s", (_, shorts, decision) => expect(decideCas(shorts)).toEqual(decision));

  it("do not mind the value of one that failed", () => {
    expect(decideCas([write(1, 0, 1), refused(7, 1, 2, 3), refused(7, 1, 4, 5)])).toEqual(linearizable(3));
  });
});

describe("a compare-and-set that was refused", () => {
  it.each<Example>([
    [
      "one of a value that was never there",
      [write(1, 0, 1), refused(7, 8, 2, 3), cas(5, 6, 4), refused(6, 9, 5, 6)],
      linearizable(3),
    ],
    [
      "when the value may not have been there yet",
      [write(1, 0, 4), refused(1, 3, 4, 8), read(1, 9, 10)],
      linearizable(3),
    ],
    ["before the value was there for sure", [write(1, 0, 5), refused(1, 2, 4, 10), read(1, 9, 12)], linearizable(3)],
    ["after the value had been replaced", [write(1, 0, 1), cas(1, 2, 2, 6), refused(1, 3, 4, 5)], linearizable(3)],
    [
      "when the value may be gone by its return",
      [write(1, 0, 1), refused(1, 3, 4, 8), cas(1, 2, 8, 9)],
      linearizable(3),
    ],
  ])("may be %s", (_, shorts, decision) => expect(decideCas(shorts)).toEqual(decision));

  it.each<Example>([
    [
      "its value was written before and replaced after",
      [write(1, 0, 1), refused(1, 3, 4, 8), cas(1, 2, 9, 10)],
      culprits(0, 1, 2),
    ],
    [
      "its value was read before and after",
      [
        write(1, 0, 30),
        read(1, 1, 2),
        read(1, 1, 3),
        refused(1, 3, 4, 8),
        read(1, 9, 10),
        read(1, 10, 11),
        cas(1, 2, 10, 11),
        read(2, 10, 11),
      ],
      culprits(0, 1, 3, 5, 6),
    ],
    [
      "its value was written before, and replaced when another one like it was called",
      [write(1, 0, 1), refused(1, 3, 4, 8), refused(1, 4, 9, 10), cas(1, 2, 9, 10)],
      culprits(0, 1, 3),
    ],
    [
      "its value was read after, and later than it was replaced at the earliest",
      [write(1, 0, 1), refused(1, 3, 4, 8), cas(1, 2, 9, 12), read(1, 10, 11)],
      culprits(0, 1, 3),
    ],
    ["the initial value was read after it", [refused(null, 3, 4, 8), read(null, 9, 10)], culprits(0, 1)],
    [
      "the initial value was replaced after it by one of unknown outcome that was seen",
      [refused(null, 3, 4, 8), cas(null, 2, 9), read(2, 10, 11)],
      culprits(0, 1, 2),
    ],
    [
      "its value, at the end of a chain, was read after it",
      [cas(null, 1, 0, 1), cas(1, 2, 2, 3), refused(2, 3, 4, 8), read(2, 9, 10)],
      culprits(0, 1, 2, 3),
    ],
  ])("contradicts that %s", (_, shorts, decision) => expect(decideCas(shorts)).toEqual(decision));

  it("is declined where nothing shows when it took place", () => {
    expect(decideCas([write(1, 0, 1), refused(1, 2, 2, 3), write(3, 4, 5)])).toEqual(unclear);
    expect(decideCas([refused(null, 2, 0, 1), write(1, 2, 3)])).toEqual(unclear);
  });
});

describe("writes and reads of a register", () => {
  const both: Example[] = [
    ["nothing at all", [], linearizable(0)],
    [
      "a read that is called before its write, and returns after its call",
      [read(1, 0, 3), write(1, 2, 5)],
      linearizable(2),
    ],
    ["a read that returns at the instant of the call of its write", [read(1, 0, 2), write(1, 2, 5)], linearizable(2)],
    ["a read that returns before its write is called", [write(2, 0, 1), read(1, 2, 3), write(1, 4, 5)], culprits(1, 2)],
    [
      "a read that returns before its write is called, which is of unknown outcome",
      [read(1, 2, 3), write(1, 4)],
      culprits(0, 1),
    ],
    ["a read of what nobody wrote", [write(2, 0, 1), read(1, 2, 3), read(3, 2, 3)], culprits(1)],
    ["a read of nothing after a write", [write(1, 0, 1), read(null, 2, 3), read(null, 3, 4)], culprits(0, 2)],
    [
      "a read of nothing after a write, with another one that takes no time",
      [write(1, 1, 2), read(null, 5, 6), write(2, 7, 7)],
      culprits(0, 1),
    ],
    ["a read of nothing with the return of a write", [write(1, 0, 2), read(null, 2, 3)], linearizable(2)],
    ["a write of unknown outcome that nobody saw", [write(1, 0), read(null, 2, 3)], linearizable(1)],
    [
      "a write of unknown outcome that was seen before an older value",
      [write(1, 0, 1), write(2, 2), read(2, 3, 4), read(1, 5, 6)],
      culprits(0, 1, 2, 3),
    ],
    [
      "a value that returns after another replaced it",
      [write(1, 0, 1), write(2, 2, 3), read(1, 4, 5)],
      culprits(0, 1, 2),
    ],
    [
      "two values that are each seen after the other",
      [write(1, 0, 9), write(2, 1, 9), read(1, 2, 3), read(2, 4, 5), read(1, 6, 7)],
      culprits(0, 1, 2, 3, 4),
    ],
    [
      "two values, the second of which is seen with the last read of the first",
      [write(1, 0, 9), write(2, 1, 9), read(1, 2, 3), read(1, 5, 7), read(2, 4, 5), read(2, 6, 7)],
      linearizable(6),
    ],
    [
      "two values, the later of which a third one, that has nothing to do with them, touches",
      [write(3, 0, 1), read(3, 1, 2), write(1, 3, 4), write(2, 5, 6), read(1, 7, 8), write(4, 7, 8), read(4, 9, 10)],
      culprits(2, 3, 4),
    ],
  ];
  const algorithms = ["register-zones", "cas-register-chains"];
  it.each(both.flatMap((example) => algorithms.map((algorithm) => [...example, algorithm] as const)))(
    "%s",
    (_, shorts, decision, algorithm) => expect(decided(algorithm, "cas-register", shorts)).toEqual(decision),
  );

  it.each(algorithms)("name what only the touching of a process with itself shows, by %s", (name) => {
    const { ops } = history([
      { p: 2, f: "write", input: 1, call: 0, ret: 1 },
      { p: 0, f: "write", input: 2, call: 2, ret: 5 },
      { p: 0, f: "read", ok: 1, call: 5, ret: 9 },
      // May come before the second write, and is the last in the list.
      { p: 1, f: "read", ok: 1, call: 5, ret: 9 },
    ]);
    const algorithm = ALGORITHMS.find((known) => known.name === name) as Algorithm;
    const spec = SPECS["cas-register"] as Spec;
    const withoutTouching = ops.filter(({ index }) => index !== 2);
    expect(algorithm.decide(spec, withoutTouching, Number.POSITIVE_INFINITY)).toEqual(linearizable(3));
    expect(algorithm.decide(spec, ops, Number.POSITIVE_INFINITY)).toEqual(culprits(0, 1, 2));
  });
});

describe("a register of texts", () => {
  it.each<Example>([
    ["by what was put", [put("a", 0, 1), get("a", 2, 3), put("b", 4, 5), get("b", 6, 7)], linearizable(4)],
    [
      "nothing as the empty text, also when it is read early",
      [get(null, 0, 1), put("a", 2, 3), get(null, 4, 5)],
      culprits(1, 2),
    ],
    [
      "a put of nothing as one of the empty text",
      [put(null, 0, 1)],
      declined('"", which operation 0 writes, is not unique'),
    ],
    [
      "an append as none of its own",
      [put("a", 0, 1), ["append", "b", null, 2, 3]],
      declined("operation 1 is neither a read nor a write"),
    ],
  ])("is decided: %s", (_, shorts, decision) => {
    expect(decided("register-zones", "kv", shorts)).toEqual(decision);
  });
});
