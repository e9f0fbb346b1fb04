import { afterEach, describe, expect, it, vi } from "vitest";
import type { Json } from "../../../../src/core/json.ts";
import { culprits, decided, declined, linearizable, type Short } from "./sketches.ts";

type Step = readonly [f: string, input: Json, ok?: Json];

/** One after the other; operation `i` is called at `10 i` and returns at `10 i + 5`. */
const inTurn = (...steps: readonly Step[]): Short[] =>
  steps.map(([f, input, ok = null], i) => [f, input, ok, 10 * i, 10 * i + 5]);

const decide = (shorts: readonly Short[], deadlineMs?: number) => decided("set", "set", shorts, deadlineMs);

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a set that is read as a whole", () => {
  it.each<{ title: string; shorts: readonly Short[]; placed: number }>([
    { title: "empty", shorts: inTurn(["read", null], ["read", null, []], ["add", 1]), placed: 3 },
    {
      title: "growing",
      shorts: inTurn(["add", 1], ["read", null, [1]], ["add", 2], ["read", null, [2, 1]], ["read", null, [1, 2]]),
      placed: 5,
    },
    {
      title: "an element of unknown outcome, never seen",
      shorts: [
        ["add", 1, undefined, 0],
        ["read", null, [], 2, 3],
      ],
      placed: 1,
    },
    {
      title: "an element of unknown outcome, seen later",
      shorts: [
        ["add", 1, undefined, 0],
        ["read", null, [], 2, 3],
        ["read", null, [1], 4, 5],
      ],
      placed: 2,
    },
    {
      title: "adds that nobody sees, which come last",
      shorts: [
        ["add", 1, null, 0, 9],
        ["read", null, [], 2, 3],
      ],
      placed: 2,
    },
    {
      title: "reads at once that see more or less",
      shorts: [
        ["read", null, [1], 0, 9],
        ["read", null, [], 1, 9],
        ["add", 1, true, 2, 9],
      ],
      placed: 3,
    },
  ])("may be: $title", ({ shorts, placed }) => {
    expect(decide(shorts)).toEqual(linearizable(placed));
  });

  it.each<{ title: string; shorts: readonly Short[]; named: readonly number[] }>([
    {
      title: "a read of what nobody added, with the adds of the rest",
      named: [1, 3],
      shorts: inTurn(["add", 1], ["add", 2], ["add", 3], ["read", null, [2, 9]]),
    },
    {
      title: "a read that shows an element twice",
      named: [0, 2],
      shorts: inTurn(["add", 1], ["add", 2], ["read", null, [1, 1]]),
    },
    {
      title: "two reads of which neither shows all of the other",
      named: [0, 1, 3, 4],
      shorts: [
        ["add", 1, null, 0, 9],
        ["add", 2, null, 1, 9],
        ["add", 3, null, 2, 9],
        ["read", null, [1], 3, 9],
        ["read", null, [2], 4, 9],
      ],
    },
    {
      title: "the same, not what others show",
      named: [1, 2, 5, 6],
      shorts: [
        ["add", 3, null, 0, 9],
        ["add", 1, null, 1, 9],
        ["add", 2, null, 2, 9],
        ["read", null, [], 3, 9],
        ["read", null, [1, 2, 3], 4, 9],
        ["read", null, [1], 5, 9],
        ["read", null, [2], 6, 9],
      ],
    },
    {
      title: "the same where the smaller one was called first of all",
      named: [0, 1, 2, 3, 4],
      shorts: [
        ["read", null, [1], 0, 9],
        ["add", 1, null, 1, 9],
        ["add", 2, null, 2, 9],
        ["add", 3, null, 3, 9],
        ["read", null, [2, 3], 4, 9],
      ],
    },
    {
      title: "a read that misses what was added before, with the adds of what it shows",
      named: [0, 1, 3],
      shorts: inTurn(["add", 2], ["add", 1], ["add", 3], ["read", null, [1]]),
    },
    {
      title: "a read that returned before what it shows was added",
      named: [0, 1],
      shorts: inTurn(["read", null, [1]], ["add", 1], ["add", 2]),
    },
    {
      title: "the same, not with another read that shows it",
      named: [1, 2],
      shorts: [
        ["read", null, [1], 0, 9],
        ["read", null, [1], 1, 2],
        ["add", 1, null, 3, 9],
      ],
    },
    {
      title: "a read of less than an earlier one, with all adds",
      named: [0, 1, 2],
      shorts: [
        ["add", 1, null, 0, 9],
        ["read", null, [1], 1, 2],
        ["read", null, [], 3, 4],
      ],
    },
    {
      title: "two adds in the other order than a read shows",
      named: [0, 1, 3],
      shorts: [
        ["add", 1, null, 0, 1],
        ["add", 2, null, 2, 9],
        ["read", null, [2, 1], 3, 9],
        ["read", null, [2], 4, 9],
      ],
    },
    {
      title: "two adds of which the second is seen before the first one is, and a later read",
      named: [0, 1, 2],
      shorts: [
        ["add", 1, null, 0, 1],
        ["add", 2, null, 2, 9],
        ["read", null, [2], 3, 9],
      ],
    },
  ])("may not be: $title", ({ shorts, named }) => {
    expect(decide(shorts)).toEqual(culprits(...named));
  });

  it.each<{ title: string; steps: readonly Step[]; why: string }>([
    {
      title: "elements are removed",
      steps: [
        ["remove", 1],
        ["read", null, []],
      ],
      why: "the whole set is read, and elements are looked at or removed",
    },
    {
      title: "elements are looked at",
      steps: [
        ["read", null, []],
        ["contains", 1, false],
      ],
      why: "the whole set is read, and elements are looked at or removed",
    },
    {
      title: "an add tells that the element was in",
      steps: [
        ["add", 1, false],
        ["read", null, []],
      ],
      why: "the whole set is read, and elements are looked at or removed",
    },
    {
      title: "an element is added twice",
      steps: [
        ["add", 1],
        ["read", null, [1]],
        ["add", 1],
      ],
      why: "the whole set is read, and an element is added more than once",
    },
  ])("is not decided where $title", ({ steps, why }) => {
    expect(decide(inTurn(...steps))).toEqual(declined(why));
  });

  it("is not decided past the deadline, which is looked at after every million elements", () => {
    vi.spyOn(performance, "now").mockReturnValue(7);
    const ofLength = (length: number): Short[] => inTurn(["read", null, new Array<Json>(length).fill(1)]);
    expect(decide(ofLength(2 ** 20), 6)).toEqual(culprits(0));
    expect(decide(ofLength(2 ** 20 + 1), 6)).toEqual({ type: "time", placed: 0 });
    expect(decide(ofLength(2 ** 20 + 1), 7)).toEqual(culprits(0));
  });
});
