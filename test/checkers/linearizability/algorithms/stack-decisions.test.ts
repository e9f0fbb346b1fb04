import { afterEach, describe, expect, it, vi } from "vitest";
import type { Json } from "../../../../src/core/json.ts";
import { culprits, decided, declined, linearizable, type Short } from "./sketches.ts";

type Step = readonly [f: string, input: Json, ok?: Json | "fail"];

/** One after the other; operation `i` is called at `10 i` and returns at `10 i + 5`. */
const inTurn = (...steps: readonly Step[]): Short[] =>
  steps.map(([f, input, ok = null], i) => [f, input, ok, 10 * i, 10 * i + 5]);

const push = (value: Json): Step => ["push", value];
const pop = (value: Json): Step => ["pop", null, value];

const decide = (shorts: readonly Short[], deadlineMs?: number) => decided("stack", "stack", shorts, deadlineMs);

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a stack", () => {
  it.each<{ title: string; shorts: readonly Short[]; placed: number }>([
    { title: "nothing at all", shorts: [], placed: 0 },
    {
      title: "the youngest first, then empty",
      shorts: inTurn(push(1), push(2), pop(2), push(3), pop(3), pop(1), pop(null), pop("fail")),
      placed: 8,
    },
    { title: "some that stay, the oldest ones", shorts: inTurn(push(1), push(2), push(3), pop(3), push(4)), placed: 5 },
    {
      title: "filled and emptied again and again",
      shorts: inTurn(push(1), push(2), pop(2), pop(1), push(3), push(4), pop(4), pop(3)),
      placed: 8,
    },
    {
      title: "the older first, pushed at once",
      shorts: [
        ["push", 1, null, 0, 9],
        ["push", 2, null, 1, 8],
        ["pop", null, 1, 10, 11],
        ["pop", null, 2, 12, 13],
      ],
      placed: 4,
    },
    {
      title: "the older first, popped at once",
      shorts: [
        ["push", 1, null, 0, 1],
        ["push", 2, null, 2, 3],
        ["pop", null, 1, 4, 6],
        ["pop", null, 2, 5, 7],
      ],
      placed: 4,
    },
    {
      title: "one that lies on top while others are below and above, all at once",
      shorts: [
        ["push", 1, null, 0, 9],
        ["push", 2, null, 1, 9],
        ["push", 3, null, 10, 11],
        ["pop", null, 3, 12, 13],
        ["pop", null, 2, 14, 19],
        ["pop", null, 1, 15, 19],
      ],
      placed: 6,
    },
    {
      title: "one that is popped while it is pushed",
      shorts: [
        ["pop", null, 1, 0, 2],
        ["push", 1, null, 1, 3],
      ],
      placed: 2,
    },
    {
      title: "one of unknown outcome, popped or not",
      shorts: [
        ["push", 1, undefined, 0],
        ["push", 2, undefined, 1],
        ["pop", null, 1, 2, 3],
        ["pop", null, null, 4, 5],
      ],
      placed: 2,
    },
  ])("may be: $title", ({ shorts, placed }) => {
    expect(decide(shorts)).toEqual(linearizable(placed));
  });

  it.each<{ title: string; shorts: readonly Short[]; named: readonly number[] }>([
    { title: "the older first", shorts: inTurn(push(1), push(2), pop(1), pop(2)), named: [0, 1, 2, 3] },
    { title: "the older, with the younger still on it", shorts: inTurn(push(1), push(2), pop(1)), named: [0, 1, 2] },
    {
      title: "the same, on others that are right",
      shorts: inTurn(push(0), push(1), push(2), push(3), pop(3), pop(1), pop(2), pop(0)),
      named: [1, 2, 5, 6],
    },
    {
      title: "the same, before others that are right",
      shorts: inTurn(push(1), push(2), pop(1), pop(2), push(3), push(4), pop(4), pop(3)),
      named: [0, 1, 2, 3],
    },
    {
      title: "the same, after others that are right",
      shorts: inTurn(push(3), push(4), pop(4), pop(3), push(1), push(2), pop(1), pop(2)),
      named: [4, 5, 6, 7],
    },
    {
      title: "of two contradictions the one that comes last",
      shorts: inTurn(push(1), push(2), pop(1), pop(2), push(3), push(4), pop(3), pop(4)),
      named: [4, 5, 6, 7],
    },
    {
      title: "the same while another is being pushed",
      shorts: [
        ["push", 3, null, 0, 20],
        ["push", 1, null, 1, 2],
        ["push", 2, null, 3, 4],
        ["pop", null, 1, 5, 6],
        ["pop", null, 2, 7, 8],
        ["push", 4, null, 21, 22],
        ["pop", null, 4, 23, 24],
        ["pop", null, 3, 25, 26],
      ],
      named: [1, 2, 3, 4],
    },
    { title: "popped before it was pushed", shorts: inTurn(push(2), pop(1), push(1)), named: [1, 2] },
    { title: "the same, the very first", shorts: inTurn(pop(1), push(1)), named: [0, 1] },
    {
      title: "of three in the wrong order two",
      shorts: inTurn(push(1), push(2), push(3), pop(1), pop(2), pop(3)),
      named: [0, 1, 3, 4],
    },
    {
      title: "the second of two that were pushed at once before the one on it",
      shorts: [
        ["push", 1, null, 0, 9],
        ["push", 2, null, 1, 9],
        ["push", 3, null, 10, 11],
        ["pop", null, 2, 12, 13],
        ["pop", null, 3, 14, 15],
        ["pop", null, 1, 16, 17],
      ],
      named: [1, 2, 3, 4],
    },
    { title: "popped, never pushed", shorts: inTurn(push(2), pop(1)), named: [1] },
    { title: "popped twice", shorts: inTurn(push(2), push(1), pop(1), pop(1)), named: [1, 2, 3] },
    {
      title: "nothing found, but one was on it",
      shorts: inTurn(push(1), push(2), pop(null), pop(2), pop(1)),
      named: [0, 2, 4],
    },
  ])("may not be: $title", ({ shorts, named }) => {
    expect(decide(shorts)).toEqual(culprits(...named));
  });

  it("is not decided where a value is pushed twice, or a pop of unknown outcome may have made room", () => {
    expect(decide(inTurn(push(1), pop(1), push(1)))).toEqual(declined("a value is put in more than once"));
    const unknown: Short[] = [
      ["push", 1, null, 0, 1],
      ["push", 2, null, 2, 3],
      ["pop", null, undefined, 4],
      ["pop", null, 1, 6, 7],
    ];
    expect(decide(unknown)).toEqual(declined("it is not known what a taker of unknown outcome took"));
  });
});

/** So many times a stack that is filled with two values and emptied: parts that are judged one by one. */
const parts = (count: number): Step[] =>
  Array.from({ length: count }, (_, i): Step[] => [
    push(2 * i + 10),
    push(2 * i + 11),
    pop(2 * i + 11),
    pop(2 * i + 10),
  ]).flat();

describe("the time to decide a stack", () => {
  it("is looked at after every 4096 parts, and given to the last moment", () => {
    vi.spyOn(performance, "now").mockReturnValue(7);
    expect(decide(inTurn(...parts(3)), 6)).toEqual(linearizable(12));
    const many = inTurn(...parts(4096));
    expect(decide(many, 6)).toEqual({ type: "time", placed: 0 });
    expect(decide(many, 7)).toEqual(linearizable(4 * 4096));
  });

  it("also ends while it is made sure that a contradiction is one whatever is unknown", () => {
    vi.spyOn(performance, "now").mockReturnValue(7);
    // The value that stays on top contradicts, unless the pop of unknown outcome took it. What comes last is judged first.
    const last = inTurn(...parts(4096), push(1), push(2), pop(1));
    const unknown: Short = ["pop", null, undefined, 10 * last.length];
    expect(decide([...last, unknown], 6)).toEqual({ type: "time", placed: 0 });
  });
});
