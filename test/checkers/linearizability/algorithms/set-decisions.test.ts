import { afterEach, describe, expect, it, vi } from "vitest";
import type { Json } from "../../../../src/core/json.ts";
import { culprits, decided, declined, linearizable, type Short } from "./sketches.ts";

type Step = readonly [f: string, input: Json, ok?: Json];

/** One after the other; operation `i` is called at `10 i` and returns at `10 i + 5`. */
const inTurn = (...steps: readonly Step[]): Short[] =>
  steps.map(([f, input, ok = null], i) => [f, input, ok, 10 * i, 10 * i + 5]);

const decide = (shorts: readonly Short[], deadlineMs?: number) => decided("set", "set", shorts, deadlineMs);

/** So many operations that are all pending at once. */
const atOnce = (count: number, f: string, input: Json, ret?: number): Short[] =>
  Array.from({ length: count }, () => [f, input, null, 0, ...(ret === undefined ? [] : [ret])] as unknown as Short);

afterEach(() => {
  vi.restoreAllMocks();
});

describe("elements of a set", () => {
  it.each<{ title: string; steps: readonly Step[]; placed: number }>([
    { title: "nothing at all", steps: [], placed: 0 },
    {
      title: "added, seen, removed and missed",
      placed: 4,
      steps: [
        ["add", 1],
        ["contains", 1, true],
        ["remove", 1],
        ["contains", 1, false],
      ],
    },
    {
      title: "adds and removes that tell the truth",
      placed: 4,
      steps: [
        ["add", 1, true],
        ["add", 1, false],
        ["remove", 1, true],
        ["remove", 1, false],
      ],
    },
    {
      title: "adds and removes that do not tell",
      placed: 4,
      steps: [
        ["remove", 1],
        ["add", 1],
        ["add", 1],
        ["remove", 1],
      ],
    },
    {
      title: "other elements in between",
      placed: 4,
      steps: [
        ["add", 1],
        ["add", "1"],
        ["remove", "1", true],
        ["contains", 1, true],
      ],
    },
  ])("may be: $title", ({ steps, placed }) => {
    expect(decide(inTurn(...steps))).toEqual(linearizable(placed));
  });

  it.each<{ title: string; steps: readonly Step[]; named: readonly number[] }>([
    {
      title: "seen, never added",
      steps: [
        ["add", 2],
        ["contains", 1, true],
      ],
      named: [1],
    },
    { title: "removed, never added", steps: [["remove", 1, true]], named: [0] },
    { title: "added, but it was in", steps: [["add", 1, false]], named: [0] },
    {
      title: "missed after it was added",
      steps: [
        ["add", 1],
        ["contains", 1, false],
      ],
      named: [0, 1],
    },
    {
      title: "added a second time as if it were new",
      steps: [
        ["add", 1],
        ["add", 1, true],
      ],
      named: [0, 1],
    },
    {
      title: "removed, but it was not in",
      steps: [
        ["add", 1],
        ["remove", 1, false],
      ],
      named: [0, 1],
    },
    {
      title: "only the last that put it in, if it was",
      named: [2, 3],
      steps: [
        ["add", 1],
        ["remove", 1],
        ["add", 1],
        ["contains", 1, false],
      ],
    },
    {
      title: "the same, not who saw it in",
      named: [2, 4],
      steps: [
        ["add", 1],
        ["remove", 1],
        ["add", 1],
        ["contains", 1, true],
        ["contains", 1, false],
      ],
    },
    {
      title: "the same where adds tell",
      named: [2, 3],
      steps: [
        ["add", 1, true],
        ["remove", 1, true],
        ["add", 1, true],
        ["contains", 1, false],
      ],
    },
    {
      title: "only the add before, not the add that is wrong itself",
      named: [2, 3],
      steps: [
        ["add", 1],
        ["remove", 1],
        ["add", 1],
        ["add", 1, true],
      ],
    },
    {
      title: "nothing of what came before it was certainly out",
      named: [2],
      steps: [
        ["add", 1],
        ["remove", 1],
        ["contains", 1, true],
      ],
    },
    {
      title: "nothing that was called after the one that is wrong returned",
      named: [0, 1],
      steps: [
        ["add", 1],
        ["contains", 1, false],
        ["remove", 1],
        ["add", 1],
      ],
    },
  ])("may not be: $title", ({ steps, named }) => {
    expect(decide(inTurn(...steps))).toEqual(culprits(...named));
  });

  it("are judged each alone, the one named first of all first", () => {
    const both = inTurn(["contains", 1, false], ["contains", 2, true], ["contains", 1, true]);
    expect(decide(both)).toEqual(culprits(2));
  });

  it("may be changed by an operation of unknown outcome at any time after its call", () => {
    expect(
      decide([
        ["add", 1, undefined, 0],
        ["contains", 1, false, 2, 3],
        ["contains", 1, true, 4, 5],
      ]),
    ).toEqual(linearizable(2));
    expect(
      decide([
        ["contains", 1, true, 0, 1],
        ["add", 1, undefined, 2],
      ]),
    ).toEqual(culprits(0));
    expect(
      decide([
        ["add", 1, null, 0, 1],
        ["remove", 1, undefined, 2],
        ["contains", 1, false, 4, 5],
      ]),
    ).toEqual(linearizable(2));
  });

  it("need everything to show a contradiction where an operation of unknown outcome had to take effect early", () => {
    const used: Short[] = [
      ["add", 1, null, 0, 1],
      ["remove", 1, undefined, 2],
      ["contains", 1, false, 4, 5],
      ["add", 1, null, 6, 7],
      ["contains", 1, false, 8, 9],
    ];
    expect(decide(used)).toEqual(culprits(0, 1, 2, 3, 4));
  });

  it("may have been changed by whatever has unknown outcome, which is named with the rest", () => {
    expect(
      decide([
        ["add", 1, undefined, 0],
        ["add", 1, null, 2, 3],
        ["contains", 1, false, 4, 5],
      ]),
    ).toEqual(culprits(0, 1, 2));
  });

  it("name of what was pending with the wrong one all that changes the element, and what only looks if it must", () => {
    // Nothing was pending only before all of them.
    const looks: Short[] = [
      ["contains", 1, false, 0, 20],
      ["contains", 1, false, 1, 20],
      ["contains", 1, true, 2, 10],
    ];
    expect(decide(looks)).toEqual(culprits(2));
    const later: Short[] = [
      ["add", 1, null, 0, 1],
      ["contains", 1, true, 2, 20],
      ["contains", 1, true, 4, 5],
      ["contains", 1, false, 6, 7],
    ];
    expect(decide(later)).toEqual(culprits(0, 3));
    const changes: Short[] = [
      ["add", 1, null, 0, 9],
      ["add", 1, null, 1, 8],
      ["contains", 1, false, 10, 11],
    ];
    expect(decide(changes)).toEqual(culprits(1, 2));
    // The remove can only have come before the first look, so that the second one is wrong, with the first.
    const needed: Short[] = [
      ["add", 1, null, 0, 1],
      ["remove", 1, null, 2, 20],
      ["contains", 1, false, 3, 4],
      ["contains", 1, true, 5, 6],
    ];
    expect(decide(needed)).toEqual(culprits(0, 1, 2, 3));
  });
});

describe("limits on elements of a set", () => {
  it("are 30 operations on one that are pending at once, other than those of unknown outcome", () => {
    const crowded = declined("too many operations on one element are pending at once");
    expect(decide(atOnce(30, "add", 1, 5))).toEqual(linearizable(30));
    expect(decide(atOnce(31, "add", 1, 5))).toEqual(crowded);
    expect(decide(atOnce(40, "add", 1))).toEqual(linearizable(0));
    expect(decide(atOnce(40, "remove", 1))).toEqual(linearizable(0));
    // Other elements count for themselves, and may still be wrong.
    expect(decide([...atOnce(30, "add", 1, 5), ...atOnce(30, "add", 2, 5)])).toEqual(linearizable(60));
    expect(decide([...atOnce(31, "add", 1, 5), ["contains", 2, true, 6, 7]])).toEqual(culprits(31));
    expect(decide([...atOnce(31, "add", 1, 5), ["contains", 2, false, 6, 7]])).toEqual(crowded);
  });

  it("are the time that is given, to the last moment", () => {
    vi.spyOn(performance, "now").mockReturnValue(7);
    const steps = inTurn(["add", 1], ["contains", 1, false]);
    expect(decide(steps, 7)).toEqual(culprits(0, 1));
    expect(decide(steps, 6.9)).toEqual({ type: "time", placed: 0 });
    expect(decide([], 6.9)).toEqual(linearizable(0));
  });
});
