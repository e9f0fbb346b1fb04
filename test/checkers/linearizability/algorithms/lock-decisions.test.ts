import { describe, expect, it } from "vitest";
import type { Decision } from "../../../../checkers/linearizability/algorithm.ts";
import { lockAlgorithm } from "../../../../checkers/linearizability/algorithms/mutex.ts";
import { fencedLock, mutex } from "../../../../checkers/specs/index.ts";
import type { Json } from "../../../../src/core/json.ts";
import type { Spec } from "../../../../src/core/spec.ts";
import { history, type Sketch } from "../../../support/histories.ts";
import { culprits, decided, declined, linearizable, type Short } from "./sketches.ts";

const acquire = (who: Json, call: number, ret: number): Short => ["acquire", who, null, call, ret];
const release = (who: Json, call: number, ret: number): Short => ["release", who, null, call, ret];
/** Of unknown outcome. */
const maybeAcquire = (who: Json, call: number): Short => ["acquire", who, undefined, call];
const maybeRelease = (who: Json, call: number): Short => ["release", who, undefined, call];
/** With a token. */
const fenced = (who: Json, token: Json, call: number, ret: number): Short => ["acquire", who, token, call, ret];

const UNKNOWN_ORDER = declined("it is not known in which order a holder acquired and released the lock");
const REFUSED = declined("attempts that were refused show that the lock was held");
const TOKENS = declined("tokens do not grow along one of several possible orders");

const mutexOf = (...shorts: readonly Short[]): Decision => decided("mutex", "mutex", shorts);
const reentrantOf = (...shorts: readonly Short[]): Decision => decided("mutex", "reentrant-mutex", shorts);
const fencedOf = (...shorts: readonly Short[]): Decision => decided("mutex", "fenced-lock", shorts);

describe("a lock that each holder takes once", () => {
  it("is fine while one holder comes after the other", () => {
    expect(mutexOf()).toEqual(linearizable(0));
    expect(mutexOf(acquire("a", 0, 1), release("a", 2, 3), acquire("b", 4, 5), release("b", 6, 7))).toEqual(
      linearizable(4),
    );
    // The second one gets in while the first one gets out.
    expect(mutexOf(acquire("a", 0, 1), release("a", 2, 5), acquire("b", 3, 4), release("b", 6, 7))).toEqual(
      linearizable(4),
    );
  });

  it("cannot be taken by two who never give it back", () => {
    expect(mutexOf(acquire("a", 0, 1), acquire("b", 0, 3))).toEqual(culprits(0, 1));
    expect(mutexOf(acquire("a", 0, 1), release("a", 2, 3), acquire("b", 4, 5), acquire("c", 4, 5))).toEqual(
      culprits(2, 3),
    );
  });

  it("cannot be taken by two of three, of whom the first two show it", () => {
    expect(mutexOf(acquire("a", 0, 1), acquire("b", 0, 3), acquire("c", 4, 5))).toEqual(culprits(0, 1));
  });

  it("cannot be held by two at once", () => {
    const a = [acquire("a", 0, 1), release("a", 4, 5)];
    expect(mutexOf(...a, acquire("b", 2, 3), release("b", 6, 7))).toEqual(culprits(0, 1, 2, 3));
    expect(mutexOf(...a, acquire("b", 2, 3))).toEqual(culprits(0, 1, 2));
    // Others, before and after, have nothing to do with it.
    expect(
      mutexOf(
        ...[acquire("c", 0, 1), release("c", 2, 3), acquire("a", 10, 11), acquire("b", 12, 13), release("a", 14, 15)],
        ...[release("b", 16, 17), acquire("d", 20, 21), release("d", 22, 23)],
      ),
    ).toEqual(culprits(2, 3, 4, 5));
  });

  it("cannot be taken again by its holder: only the time at which it was held so far shows this", () => {
    expect(mutexOf(acquire("a", 0, 1), acquire("a", 2, 3))).toEqual(culprits(0, 1));
    expect(
      mutexOf(acquire("a", 0, 1), release("a", 2, 3), acquire("a", 4, 5), acquire("a", 6, 7), release("a", 8, 9)),
    ).toEqual(culprits(2, 3));
  });

  it("cannot be given back by one who does not hold it", () => {
    expect(mutexOf(release("a", 0, 1))).toEqual(culprits(0));
    expect(mutexOf(acquire("b", 0, 1), release("a", 2, 3), release("b", 4, 5))).toEqual(culprits(1));
    expect(mutexOf(acquire("a", 0, 1), release("a", 2, 3), release("a", 4, 5))).toEqual(culprits(2));
  });

  it("is refuted by the first that goes wrong for its own holder", () => {
    expect(mutexOf(release("a", 0, 1), release("b", 2, 3), acquire("c", 4, 5), acquire("c", 6, 7))).toEqual(
      culprits(0),
    );
    expect(mutexOf(acquire("c", 0, 1), acquire("c", 2, 3), release("a", 4, 5), acquire("c", 6, 7))).toEqual(
      culprits(0, 1),
    );
  });

  it("belongs to the process where no name is given", () => {
    const op = (p: number, f: string, call: number): Sketch => ({ p, f, call, ret: call + 1 });
    const decide = (...sketches: readonly Sketch[]): Decision =>
      lockAlgorithm.decide(mutex as Spec, history(sketches).ops, Number.POSITIVE_INFINITY);
    expect(decide(op(3, "acquire", 0), op(3, "release", 2), op(4, "acquire", 4))).toEqual(linearizable(3));
    expect(decide(op(3, "acquire", 0), op(4, "release", 2))).toEqual(culprits(1));
  });
});

describe("of a holder whose operations", () => {
  it("are concurrent, or come after one of unknown outcome, nobody knows the order", () => {
    expect(mutexOf(acquire("a", 0, 3), release("a", 2, 5))).toEqual(UNKNOWN_ORDER);
    expect(mutexOf(maybeAcquire("a", 0), release("a", 2, 3))).toEqual(UNKNOWN_ORDER);
    expect(mutexOf(acquire("a", 0, 1), maybeRelease("a", 2), acquire("a", 4, 5))).toEqual(UNKNOWN_ORDER);
  });

  it("touch, the order is known if they are of one process", () => {
    const decide = (...[p, q]: readonly [number, number]): Decision =>
      lockAlgorithm.decide(
        mutex as Spec,
        history([
          { p, f: "acquire", input: "a", call: 0, ret: 5 },
          { p: q, f: "release", input: "a", call: 5, ret: 9 },
        ]).ops,
        Number.POSITIVE_INFINITY,
      );
    expect(decide(0, 0)).toEqual(linearizable(2));
    expect(decide(0, 1)).toEqual(UNKNOWN_ORDER);
  });
});

describe("a lock with operations of unknown outcome", () => {
  it("was not taken by one who may have taken it", () => {
    expect(mutexOf(maybeAcquire("a", 0), acquire("b", 2, 3))).toEqual(linearizable(1));
    expect(mutexOf(maybeAcquire("a", 0), maybeAcquire("b", 1))).toEqual(linearizable(0));
  });

  it("was not given back by one who did not hold it", () => {
    expect(mutexOf(maybeRelease("a", 0), acquire("b", 2, 3))).toEqual(linearizable(1));
  });

  it("was given back by its holder if another one got in afterwards, and was not before", () => {
    expect(mutexOf(acquire("a", 0, 1), maybeRelease("a", 2), acquire("b", 4, 5))).toEqual(linearizable(2));
    expect(mutexOf(acquire("a", 0, 1), acquire("b", 2, 3), maybeRelease("a", 4))).toEqual(culprits(0, 1, 2));
  });
});

describe("a lock with attempts that were refused", () => {
  const refusal: Short = ["acquire", "b", "fail", 2, 3];

  it("is not decided, for they show that it was held", () => {
    expect(mutexOf(acquire("a", 0, 1), refusal, release("a", 4, 5))).toEqual(REFUSED);
    expect(mutexOf(refusal)).toEqual(REFUSED);
  });

  it("is refuted if it is wrong without them", () => {
    expect(mutexOf(acquire("a", 0, 1), refusal, acquire("c", 4, 5))).toEqual(culprits(0, 2));
    expect(mutexOf(refusal, release("b", 4, 5))).toEqual(culprits(1));
  });

  it("is the same to its holder, who may be refused at any time", () => {
    expect(mutexOf(acquire("b", 0, 4), refusal, release("b", 5, 6))).toEqual(REFUSED);
  });
});

describe("a reentrant lock", () => {
  it("is free when it was given back as often as it was taken", () => {
    const twice = [acquire("a", 0, 1), acquire("a", 2, 3), release("a", 4, 5)];
    expect(reentrantOf(...twice, release("a", 6, 7), acquire("b", 8, 9))).toEqual(linearizable(5));
    expect(reentrantOf(...twice, acquire("b", 8, 9))).toEqual(culprits(0, 1, 2, 3));
    expect(reentrantOf(...twice, acquire("b", 8, 9), release("b", 10, 11))).toEqual(culprits(0, 1, 2, 3, 4));
    expect(reentrantOf(...twice, release("a", 6, 7), release("a", 8, 9))).toEqual(culprits(4));
  });

  it("is one time from the first acquire to the last release", () => {
    const outer = [acquire("a", 0, 1), acquire("a", 2, 3), release("a", 6, 7), release("a", 8, 9)];
    expect(reentrantOf(...outer, acquire("b", 4, 5), release("b", 10, 11))).toEqual(culprits(0, 1, 2, 3, 4, 5));
  });

  it("needs no acquire of unknown outcome", () => {
    const some = [acquire("a", 0, 1), maybeAcquire("b", 2), release("a", 4, 5)];
    expect(reentrantOf(...some, acquire("c", 6, 7))).toEqual(linearizable(3));
  });
});

describe("a lock with fencing tokens", () => {
  const held = (who: Json, token: Json, from: number): Short[] => [
    fenced(who, token, from, from + 1),
    release(who, from + 2, from + 3),
  ];

  it.each<[title: string, tokens: readonly Json[], expected: Decision]>([
    ["grow", [1, 2, 7], linearizable(6)],
    ["stay the same", [1, 2, 2], culprits(2, 3, 4, 5)],
    ["fall", [3, 2, 7], culprits(0, 1, 2, 3)],
    ["are not told", [null, null, null], linearizable(6)],
    ["grow from the last that was told", [1, null, 2], linearizable(6)],
    ["fall from the last that was told", [2, null, 1], culprits(0, 1, 4, 5)],
    ["fall behind one that was not told", [null, 2, 1], culprits(2, 3, 4, 5)],
    ["are below zero", [-3, -2, 0], linearizable(6)],
    ["fall from zero", [0, -1, 1], culprits(0, 1, 2, 3)],
  ])("whose tokens %s", (_, tokens, expected) => {
    const [one, two, three] = tokens as readonly [Json, Json, Json];
    expect(fencedOf(...held("a", one, 0), ...held("b", two, 10), ...held("c", three, 20))).toEqual(expected);
  });

  it("is held at last by one who got a token that is too small", () => {
    expect(fencedOf(...held("a", 5, 0), fenced("b", 4, 10, 11))).toEqual(culprits(0, 1, 2));
    expect(fencedOf(...held("a", 5, 0), fenced("b", 6, 10, 11))).toEqual(linearizable(3));
    // The one who keeps it comes last, though it was called first.
    expect(fencedOf(fenced("b", 4, 0, 20), fenced("a", 5, 1, 10), release("a", 11, 12))).toEqual(culprits(0, 1, 2));
    expect(fencedOf(fenced("b", 6, 0, 20), fenced("a", 5, 1, 10), release("a", 11, 12))).toEqual(linearizable(3));
  });

  it("is not refuted by tokens of a lock without them, which may answer what it likes", () => {
    expect(mutexOf(...held("a", 5, 0), ...held("b", 4, 10))).toEqual(linearizable(4));
  });
});

describe("a lock whose holders give it back at the very instant at which they got it, when others call", () => {
  const TOUCHING = declined("whether it is linearizable depends on operations of one process that only touch");
  const op = (p: number, f: string, token: Json, call: number, ret: number): Sketch => ({
    ...{ p, f, input: `client ${p}`, ok: token, call, ret },
  });
  const decide = (...sketches: readonly Sketch[]): Decision =>
    lockAlgorithm.decide(fencedLock as Spec, history(sketches).ops, Number.POSITIVE_INFINITY);

  it("is refuted by tokens only where no other order is possible", () => {
    const both = (one: number, two: number): Decision =>
      decide(
        ...[op(0, "acquire", one, 0, 10), op(1, "acquire", two, 0, 10)],
        ...[op(0, "release", null, 10, 20), op(1, "release", null, 10, 20)],
      );
    expect(both(1, 2)).toEqual(linearizable(4));
    expect(both(2, 1)).toEqual(TOKENS);
    expect(both(1, 1)).toEqual(TOKENS);
    // The first holder got it before the second one called to give it back, so it is known who came first.
    const known = (one: number, two: number): Decision =>
      decide(
        ...[op(0, "acquire", one, 0, 10), op(0, "release", null, 10, 20)],
        ...[op(1, "acquire", two, 10, 12), op(1, "release", null, 13, 20)],
      );
    expect(known(1, 2)).toEqual(linearizable(4));
    expect(known(2, 1)).toEqual(culprits(0, 1, 2, 3));
  });

  it("was held in the order in which it was given back", () => {
    const both = (one: number, two: number): Decision =>
      decide(
        ...[op(0, "acquire", one, 0, 10), op(1, "acquire", two, 1, 10)],
        ...[op(1, "release", null, 10, 20), op(0, "release", null, 10, 20)],
      );
    expect(both(2, 1)).toEqual(linearizable(4));
    expect(both(1, 2)).toEqual(TOKENS);
  });

  it("was held first by one who certainly had it before", () => {
    const other = [op(1, "acquire", 2, 1, 5), op(1, "release", null, 10, 20)];
    expect(decide(op(0, "acquire", 3, 0, 10), op(0, "release", null, 10, 20), ...other)).toEqual(TOUCHING);
  });
});
