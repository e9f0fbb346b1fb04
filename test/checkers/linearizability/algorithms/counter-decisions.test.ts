import { describe, expect, it } from "vitest";
import type { Decision } from "../../../../checkers/linearizability/algorithm.ts";
import type { Json } from "../../../../src/core/json.ts";
import { culprits, decided, declined, linearizable, type Short } from "./sketches.ts";

const add = (by: Json, call: number, ret: number): Short => ["add", by, null, call, ret];
const maybeAdd = (by: Json, call: number): Short => ["add", by, undefined, call];
const read = (saw: Json, call: number, ret: number): Short => ["read", null, saw, call, ret];

const counterOf = (...shorts: readonly Short[]): Decision => decided("counter", "counter", shorts);

const AMOUNTS = declined("changes by different amounts: which of them add up to what was read is another problem");
const FRACTIONS = declined("sums of fractions are not exact");
const TOO_LARGE = declined("sums are too large to be exact");

type Row = readonly [title: string, shorts: readonly Short[], expected: Decision];

describe("a counter that changes by one amount", () => {
  it.each<Row>([
    ["is 0 at first", [read(0, 0, 1)], linearizable(1)],
    ["is nothing else at first", [read(1, 0, 1)], culprits(0)],
    ["is never less than it was at first", [read(-1, 0, 1), add(1, 2, 3)], culprits(0)],
    ["has changed when a change returned", [add(1, 0, 1), read(1, 2, 3)], linearizable(2)],
    ["is not what it was", [add(1, 0, 1), read(0, 2, 3)], culprits(0, 1)],
    ["is not more than it can be", [add(1, 0, 1), read(2, 2, 3), add(1, 4, 5)], culprits(0, 1)],
    ["may not have changed while a change runs", [add(1, 0, 3), read(0, 1, 2)], linearizable(2)],
    ["may have changed while a change runs", [add(1, 0, 3), read(1, 1, 2)], linearizable(2)],
    ["may be read while it changes", [read(1, 0, 9), add(1, 1, 2)], linearizable(2)],
    ["may be read just before it changes", [read(0, 0, 9), add(1, 1, 2), read(1, 3, 4)], linearizable(3)],
    ["had every value in between", [read(1, 0, 9), add(1, 1, 2), add(1, 3, 4), read(2, 5, 6)], linearizable(4)],
    ["had no value in between before", [add(1, 0, 1), add(1, 2, 3), read(1, 4, 9)], culprits(0, 1, 2)],
    ["changes by whole steps", [add(2, 0, 1), add(2, 0, 1), read(3, 0, 9)], culprits(0, 1, 2)],
    ["changes by steps", [add(2, 0, 1), add(2, 0, 1), read(4, 2, 9)], linearizable(3)],
    ["is counted in steps, not in ones", [add(2, 0, 1), add(2, 0, 1), read(2, 2, 9)], culprits(0, 1, 2)],
    ["may fall", [add(-3, 0, 1), read(-3, 2, 3), ["decrement", 3, null, 4, 5], read(-6, 6, 7)], linearizable(4)],
    ["that falls is not above 0", [add(-3, 0, 1), read(3, 0, 1)], culprits(0, 1)],
    ["changes by 1 where nothing is said", [["increment", null, null, 0, 1], read(1, 2, 3)], linearizable(2)],
    ["does not change by 0", [add(0, 0, 1), add(5, 0, 1), read(5, 2, 3)], linearizable(3)],
    ["does not change by 0 alone", [add(0, 0, 1), read(0, 2, 3)], linearizable(2)],
    ["has no change by 0 left", [add(0, 0, 1), maybeAdd(0, 0), read(1, 2, 3)], culprits(0, 1, 2)],
    ["was not read in fractions of a step", [add(1, 0, 1), read(0.5, 0, 3)], culprits(0, 1)],
  ])("%s", (_, shorts, expected) => {
    expect(counterOf(...shorts)).toEqual(expected);
  });

  it.each<Row>([
    ["may be there at once", [maybeAdd(1, 0), read(1, 1, 2)], linearizable(1)],
    ["may be there later", [maybeAdd(1, 0), read(0, 1, 2), read(1, 3, 4)], linearizable(2)],
    ["may never be there", [maybeAdd(1, 0), read(0, 1, 2)], linearizable(1)],
    ["is there once it was seen", [maybeAdd(1, 0), read(1, 1, 2), read(0, 3, 4)], culprits(0, 1, 2)],
    ["is there only once", [maybeAdd(1, 0), read(1, 1, 2), read(2, 3, 4)], culprits(0, 2)],
    ["counts where it was called", [read(1, 0, 1), maybeAdd(1, 2)], culprits(0)],
    [
      "is needed only after those that are known",
      [maybeAdd(1, 0), add(1, 0, 9), read(1, 1, 2), read(1, 10, 11), read(2, 12, 13)],
      linearizable(4),
    ],
    [
      "is used up by what was seen",
      [maybeAdd(1, 0), add(1, 1, 9), read(2, 2, 3), add(1, 4, 5), read(2, 10, 11)],
      culprits(0, 1, 2, 3, 4),
    ],
    [
      "is used up by one that saw it",
      [maybeAdd(1, 0), add(1, 1, 2), read(2, 3, 4), add(1, 5, 6), read(4, 7, 8)],
      culprits(0, 1, 3, 4),
    ],
  ])("by a change of unknown outcome, which %s", (_, shorts, expected) => {
    expect(counterOf(...shorts)).toEqual(expected);
  });

  it("is refuted by the changes called before a wrong read returned, and by no later ones", () => {
    expect(counterOf(add(1, 0, 1), read(1, 2, 3), read(3, 4, 6), add(1, 5, 9), maybeAdd(1, 7), read(9, 8, 9))).toEqual(
      culprits(0, 2, 3),
    );
  });

  it("is refuted by the last read that forced a change where the wrong read alone will not do", () => {
    const pending = [add(1, 0, 90), add(1, 1, 90)];
    expect(counterOf(...pending, read(1, 2, 3), read(2, 4, 5), read(1, 6, 7))).toEqual(culprits(0, 1, 3, 4));
    expect(counterOf(...pending, read(1, 2, 3), read(2, 4, 5), read(0, 6, 7))).toEqual(culprits(0, 1, 3, 4));
    expect(counterOf(...pending, read(1, 2, 3), read(0, 6, 7), read(2, 8, 9))).toEqual(culprits(0, 1, 2, 3));
  });

  it("is refuted by the last of three reads that forced changes, and not by one that saw what was before", () => {
    const three = [add(1, 0, 90), add(1, 0, 90), add(1, 0, 90), read(1, 1, 2), read(2, 3, 4), read(3, 5, 6)];
    expect(counterOf(...three, read(2, 7, 8))).toEqual(culprits(0, 1, 2, 5, 6));
    expect(counterOf(add(1, 0, 90), read(0, 1, 9), read(1, 2, 3), read(0, 10, 11))).toEqual(culprits(0, 2, 3));
  });

  it("is refuted by all reads that forced changes where the last one will not do", () => {
    // The last one returns when the wrong one runs; the one before shows that the wrong one comes too late.
    const some = [add(1, 0, 90), add(1, 1, 90), read(1, 2, 3), read(2, 4, 20), read(0, 5, 30), read(2, 25, 40)];
    expect(counterOf(...some)).toEqual(culprits(0, 1, 2, 3, 4));
  });

  it("is read in any order by reads that return together", () => {
    const pending = [add(1, 0, 90), add(1, 0, 90)];
    expect(counterOf(...pending, read(0, 1, 9), read(1, 2, 9), read(2, 3, 9))).toEqual(linearizable(5));
    expect(counterOf(...pending, read(2, 1, 9), read(1, 2, 9), read(0, 3, 9))).toEqual(linearizable(5));
    expect(counterOf(...pending, read(2, 1, 9), read(1, 2, 9), read(3, 3, 9))).toEqual(culprits(0, 1, 4));
  });

  it("changes as late as it can, first by what has to return first", () => {
    // What was seen early is the change that returns first, so that the other one is still to come.
    const some = [add(1, 0, 50), add(1, 1, 10), read(1, 2, 3), read(1, 20, 30), read(2, 60, 61)];
    expect(counterOf(...some)).toEqual(linearizable(5));
    expect(counterOf(...some, read(1, 62, 63))).toEqual(culprits(0, 1, 5));
  });
});

describe("a counter that changes by different amounts", () => {
  const running = [add(1, 0, 90), add(5, 0, 90)];
  const gone = [add(1, 0, 1), add(5, 0, 1), add(-2, 0, 1)];

  it.each<Row>([
    ["is at least all that happened", [...running, read(0, 2, 3)], AMOUNTS],
    ["is not below 0 where nothing falls", [...running, read(-1, 2, 3)], culprits(0, 1, 2)],
    ["is at most all that was called", [...running, read(6, 2, 3)], AMOUNTS],
    ["is not more than all that was called", [...running, read(7, 2, 3)], culprits(0, 1, 2)],
    ["is what has happened", [...gone, read(4, 2, 3)], AMOUNTS],
    ["is not more than what has happened", [...gone, read(5, 2, 3)], culprits(0, 1, 2, 3)],
    ["is not less than what has happened", [...gone, read(3, 2, 3)], culprits(0, 1, 2, 3)],
    ["may fall as far as it falls", [add(-1, 0, 9), add(-5, 0, 9), read(-6, 2, 3)], AMOUNTS],
    ["may not have fallen", [add(-1, 0, 9), add(-5, 0, 9), read(0, 2, 3)], AMOUNTS],
    ["does not fall below that", [add(-1, 0, 9), add(-5, 0, 9), read(-7, 2, 3)], culprits(0, 1, 2)],
    ["does not rise where all fall", [add(-1, 0, 9), add(-5, 0, 9), read(1, 2, 3)], culprits(0, 1, 2)],
    ["may change by what is unknown", [maybeAdd(1, 0), maybeAdd(-5, 0), read(-5, 2, 3), read(1, 2, 3)], AMOUNTS],
    ["need not change by what is unknown", [maybeAdd(1, 0), maybeAdd(-5, 0), read(0, 2, 3)], AMOUNTS],
    ["does not change more than that", [maybeAdd(1, 0), maybeAdd(-5, 0), read(-6, 2, 3)], culprits(0, 1, 2)],
    ["does not change the other way", [maybeAdd(1, 0), maybeAdd(-5, 0), read(2, 2, 3)], culprits(0, 1, 2)],
    ["does not change by 0", [add(0, 0, 1), add(1, 0, 1), add(2, 0, 1), read(3, 2, 3)], AMOUNTS],
    ["has not changed before", [read(1, 0, 1), add(1, 2, 3), add(2, 2, 3)], culprits(0)],
    ["may change while it is read", [read(3, 0, 4), add(1, 2, 3), add(2, 2, 3)], AMOUNTS],
    ["may change after it is read", [read(0, 0, 4), add(1, 2, 3), add(2, 2, 3)], AMOUNTS],
    ["may change when the read was called", [add(1, 0, 2), add(2, 0, 1), read(2, 2, 3)], AMOUNTS],
    ["may be lower for what was called in between", [add(3, 0, 1), read(1, 2, 9), add(-2, 3, 4)], AMOUNTS],
    ["is not lower than that", [add(3, 0, 1), read(0, 2, 9), add(-2, 3, 4), add(-1, 10, 11)], culprits(0, 1, 2)],
    ["is refuted by one read", [...gone, read(4, 2, 3), read(9, 4, 5), read(4, 6, 7)], culprits(0, 1, 2, 4)],
    [
      "is refuted only by what was called in time",
      [...running, read(9, 2, 3), add(1, 4, 5), maybeAdd(2, 6)],
      culprits(0, 1, 2),
    ],
  ])("%s", (_, shorts, expected) => {
    expect(counterOf(...shorts)).toEqual(expected);
  });
});

describe("a counter whose sums are not exact", () => {
  const half = Number.MAX_SAFE_INTEGER / 2 + 0.5;

  it.each<Row>([
    ["by fractions", [add(0.5, 0, 1)], FRACTIONS],
    ["by fractions that may not have happened", [maybeAdd(-1.5, 0)], FRACTIONS],
    ["by one number that is too large", [add(2 ** 53, 0, 1)], FRACTIONS],
    ["by all numbers together", [add(half, 0, 1), add(half, 2, 3)], TOO_LARGE],
    ["by all numbers together, whether up or down", [add(half, 0, 1), add(-half, 2, 3)], TOO_LARGE],
    ["by all numbers together, also below 0", [add(-half, 0, 1), add(-half, 2, 3)], TOO_LARGE],
  ])("is not decided: %s", (_, shorts, expected) => {
    expect(counterOf(...shorts)).toEqual(expected);
  });

  it("is decided as long as they are", () => {
    expect(counterOf(add(half, 0, 1), add(half - 1, 2, 3))).toEqual(AMOUNTS);
    expect(counterOf(add(2 ** 53 - 1, 0, 1), read(2 ** 53 - 1, 2, 3))).toEqual(linearizable(2));
    // What was seen is not added up.
    expect(counterOf(read(2 ** 60, 0, 1), read(2 ** 60, 2, 3))).toEqual(culprits(0));
  });
});
