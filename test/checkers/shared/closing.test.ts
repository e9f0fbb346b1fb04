import { describe, expect, it } from "vitest";
import { type ClosingKey, closingKeys, decidedKeys } from "../../../checkers/shared/closing.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import { history, type Sketch } from "../../support/histories.ts";

type Short = readonly [node: string, f: string, at: readonly [number, number?], ok?: Json];

/** Each operation by a process of its own. */
const ops = (final: boolean, ...short: readonly Short[]): Omit<Sketch, "p">[] =>
  short.map(([node, f, [call, ret], ok = null]) => ({
    node,
    f,
    call,
    ...(ret === undefined ? {} : { ret, ok }),
    ...(final ? { final } : {}),
  }));
const of = (sketches: readonly Omit<Sketch, "p">[], nodes?: string[]): History =>
  history(
    sketches.map((sketch, p) => ({ ...sketch, p })),
    nodes && { nodes },
  );

const inWords = (keys: readonly ClosingKey[]) =>
  keys.map(({ name, finals, plain, ops: others }) => ({
    name,
    finals: finals.map(({ op, node, value }) => [node, op.node, value, op.returnNs]),
    plain: plain.map(({ op, node, value }) => [node, op.node, value, op.callNs]),
    others: others.map(({ f, callNs }) => `${f} ${callNs}`),
  }));

const WRITTEN = ops(false, ["a", "write", [0, 5]], ["a", "read", [6, 9], 1]);
const READ = ops(true, ["b", "read", [20, 25], 1], ["a", "read", [21, 24], null], ["b", "read", [30, 31], 2]);

describe("keys that were read in the closing phase", () => {
  it("have the last answer of every node, and the other reads of that time", () => {
    const plain = ops(false, ["a", "read", [20, 22], 7], ["c", "read", [26, 29]], ["a", "read", [27]]);
    const rest = ops(true, ["c", "read", [22]], ["d", "contains", [23, 24], true]);
    const asked = ops(false, ["a", "contains", [28, 29], true]);
    expect(inWords(closingKeys(of([...WRITTEN, ...READ, ...plain, ...rest, ...asked])))).toEqual([
      {
        name: "",
        finals: [
          ["b", "b", 2, 31],
          ["a", "a", null, 24],
        ],
        plain: [
          ["a", "a", 7, 20],
          ["c", "c", null, 26],
        ],
        others: ["write 0", "read 6", "read 20", "read 26", "read 27", "contains 28"],
      },
    ]);
  });

  it.each<[string, boolean, readonly Omit<Sketch, "p">[]]>([
    ["is called after the closing phase began", false, ops(false, ["a", "write", [21, 22]])],
    ["is called then, and its outcome is unknown", false, ops(false, ["a", "write", [21]])],
    ["is acknowledged then", false, ops(false, ["a", "write", [10, 21]])],
    ["is called at that very moment", true, ops(false, ["a", "write", [20]])],
    ["is acknowledged at that very moment", true, ops(false, ["a", "write", [10, 20]])],
    ["was called before, and its outcome is unknown", true, ops(false, ["a", "write", [10]])],
    ["fails", true, [{ node: "a", f: "write", call: 21, ret: 22, fail: "gone" }]],
    ["is only a question", true, ops(false, ["a", "contains", [21, 22], true])],
  ])("are none where a write %s: kept %s", (_, isKept, more) => {
    expect(closingKeys(of([...WRITTEN, ...READ, ...more])).length).toBe(isKept ? 1 : 0);
  });

  it("are those of whose closing reads some were answered, each for itself", () => {
    const keyed = (key: string, sketches: readonly Omit<Sketch, "p">[]) => sketches.map((op) => ({ ...op, key }));
    const all = [
      ...keyed("x", [...WRITTEN, ...READ]),
      ...keyed("y", [...WRITTEN, ...ops(true, ["b", "read", [20]])]),
      ...keyed("z", WRITTEN),
    ];
    expect(closingKeys(of(all)).map(({ name }) => name)).toEqual(["x"]);
  });
});

describe("keys of which most copies are known", () => {
  it("were read on more than half of the nodes", () => {
    const kept = (...nodes: string[]): number => decidedKeys(of([...WRITTEN, ...READ], nodes)).length;
    expect([kept("a", "b"), kept("a", "b", "c"), kept("a", "b", "c", "d")]).toEqual([1, 1, 0]);
    expect(decidedKeys(of([...WRITTEN, ...ops(true, ["a", "read", [20, 21]])])).length).toBe(1);
  });

  const last = (...sketches: readonly Omit<Sketch, "p">[]) => inWords(decidedKeys(of(sketches), { unmarked: true }));
  const reads = ops(false, ["b", "read", [10, 40], 3], ["a", "read", [11, 30], 4], ["c", "read", [12]]);
  const found = (others: readonly string[]) => [{ name: "", finals: [["b", "b", 3, 40]], plain: [], others }];

  it("are, where closing reads are not marked, those whose last answered read came after all writes", () => {
    const others = ["write 0", "read 6", "read 11", "read 12"];
    expect(last(...WRITTEN, ...reads)).toEqual(found(others));
    const asked = ops(false, ["a", "contains", [41, 42], true]);
    expect(last(...WRITTEN, ...reads, ...asked)).toEqual(found([...others, "contains 41"]));
    for (const write of [[9], [8, 9], [7, 8]] as const)
      expect(last(...WRITTEN, ...reads, ...ops(false, ["a", "write", write])).length).toBe(1);
    for (const write of [[10], [9, 10], [9, 41], [50, 60]] as const)
      expect(last(...WRITTEN, ...reads, ...ops(false, ["a", "write", write]))).toEqual([]);
    expect(last(...ops(false, ["a", "write", [0, 5]], ["a", "read", [6]]))).toEqual([]);
  });

  it("are those with marked reads where there are such", () => {
    const marked = inWords(decidedKeys(of([...WRITTEN, ...READ]), { unmarked: true }));
    expect(marked).toEqual(inWords(closingKeys(of([...WRITTEN, ...READ]))));
    expect(last(...WRITTEN, ...reads.slice(0, 2)).length).toBe(1);
    expect(inWords(decidedKeys(of([...WRITTEN, ...reads])))).toEqual([]);
  });

  it("have null for a read that yielded nothing", () => {
    expect(last(...ops(false, ["a", "read", [0, 5]]))).toEqual([
      { name: "", finals: [["a", "a", null, 5]], plain: [], others: [] },
    ]);
  });
});
