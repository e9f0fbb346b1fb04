import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Fault } from "../../src/core/fault.ts";
import { anomalyTitle, describeFault, describeInvocation, describeOperation } from "../../src/report/describe.ts";
import { describeCuts } from "../../src/report/links.ts";
import { historyOf, NODES, type Step, split } from "./samples.ts";

const partition = (drops: Record<string, string[]>): Fault => ({ kind: "partition", shape: "one-way", drops });

describe("describeFault", () => {
  it("shows a clean split as groups", () => {
    expect(describeFault(split("halves", ["n1", "n2"], ["n3", "n4", "n5"]))).toBe("partition halves: n1 n2 | n3 n4 n5");
    expect(describeFault(split("thirds", ["n10"], ["n2", "n9"], ["n1"]))).toBe("partition thirds: n1 | n2 n9 | n10");
  });

  it("says who bridges two halves, if the cluster is known", () => {
    const bridge = split("bridge", ["n1", "n2"], ["n4", "n5"]);
    expect(describeFault(bridge)).toBe("partition bridge: n1 n2 | n4 n5");
    expect(describeFault(bridge, NODES)).toBe("partition bridge: n1 n2 | n4 n5, n3 hears all");
  });

  it("names each cut of overlapping majorities once", () => {
    const ring = partition({
      n1: ["n3", "n4"],
      n2: ["n4", "n5"],
      n3: ["n5", "n1"],
      n4: ["n1", "n2"],
      n5: ["n2", "n3"],
    });
    expect(describeFault(ring)).toBe("partition one-way: n1 cut from n3 n4, n2 cut from n4 n5, n3 cut from n5");
  });

  it("says who does not hear whom where cuts are one-way", () => {
    const deaf = partition({ n3: ["n1", "n2", "n4", "n5"] });
    expect(describeFault(deaf, NODES)).toBe("partition one-way: n3 hears nobody");
    expect(describeFault(deaf)).toBe("partition one-way: n3 does not hear n1 n2 n4 n5");
    const mute = partition({ n1: ["n3"], n2: ["n3"], n4: ["n3"], n5: ["n3"] });
    expect(describeFault(mute, NODES)).toBe("partition one-way: nobody hears n3");
    const half = partition({ n1: ["n4", "n5"], n2: ["n5", "n4"] });
    expect(describeFault(half, NODES)).toBe("partition one-way: n1 n2 do not hear n4 n5");
  });

  it.each<[Fault, string]>([
    [{ kind: "pause", nodes: ["n3"] }, "n3 paused"],
    [{ kind: "kill", nodes: ["n2", "n1"] }, "n1 n2 killed"],
    [{ kind: "kill", nodes: NODES }, "all nodes killed"],
    [{ kind: "clock", nodes: ["n2"], mode: "jump", offsetMs: -1500 }, "clock of n2 jumps by -1,500 ms"],
    [
      { kind: "clock", nodes: ["n1", "n2"], mode: "strobe", offsetMs: 200, periodMs: 50 },
      "clocks of n1 n2 strobe by +200 ms every 50 ms",
    ],
    [{ kind: "clock", nodes: ["n4"], mode: "drift", rate: 0.5 }, "clock of n4 runs at 0.5 times true speed"],
    [{ kind: "disk", nodes: ["n4"], stallMs: 250 }, "disk of n4 slower by 250 ms a sync"],
    [
      {
        kind: "link",
        quality: { delay: { kind: "uniform", minMs: 20, maxMs: 200 }, loss: 0.1, duplicate: 0.05, reorder: 0.2 },
      },
      "all links delay 20 to 200 ms, lose 10 %, duplicate 5 %, reorder 20 %",
    ],
    [
      { kind: "link", links: { n1: ["n3", "n2"] }, quality: { delay: { kind: "exponential", meanMs: 30 } } },
      "links delay about 30 ms: n2 n3 to n1",
    ],
  ])("%j", (fault, words) => {
    expect(describeFault(fault, NODES)).toBe(words);
  });

  it("shows a fault of an imported history that no type knows", () => {
    expect(describeFault({ kind: "meteor", nodes: ["n1"] } as unknown as Fault)).toBe('meteor {nodes: ["n1"]}');
  });
});

describe("describeCuts", () => {
  /** Reads the words back into directed cuts `to<from`. */
  const cutsIn = (words: string): string[] => {
    const cuts: string[] = [];
    const all = (tos: readonly string[], froms: readonly string[]): void => {
      for (const to of tos) for (const from of froms) if (to !== from) cuts.push(`${to}<${from}`);
    };
    for (const clause of words.split(", ")) {
      const [left = "", right = ""] = clause.split(
        / cut from | does not hear | do not hear | \| | hears all| hear all/,
      );
      if (clause === "no link cut" || / hears? all$/.test(clause)) continue;
      if (clause.includes(" | ")) {
        const groups = clause.split(" | ").map((group) => group.split(" "));
        for (const a of groups) for (const b of groups) if (a !== b) all(a, b);
      } else if (clause.endsWith(" hears nobody")) all([clause.slice(0, -13)], NODES);
      else if (clause.startsWith("nobody hears ")) all(NODES, [clause.slice(13)]);
      else if (clause.includes(" cut from ")) {
        all([left], right.split(" "));
        all(right.split(" "), [left]);
      } else all(left.split(" "), right.split(" "));
    }
    return [...new Set(cuts)].sort();
  };
  const links = fc.uniqueArray(fc.tuple(fc.constantFrom(...NODES), fc.constantFrom(...NODES)), {
    selector: ([to, from]) => `${to}<${from}`,
    maxLength: 20,
  });
  const dropsOf = (pairs: readonly (readonly [string, string])[]): Record<string, string[]> => {
    const drops: Record<string, string[]> = {};
    for (const [to, from] of pairs) drops[to] = [...(drops[to] ?? []), from];
    return drops;
  };

  it("loses and invents no cut, one-way", () => {
    fc.assert(
      fc.property(links, fc.boolean(), (pairs, known) => {
        const expected = pairs.filter(([to, from]) => to !== from).map(([to, from]) => `${to}<${from}`);
        expect(cutsIn(describeCuts(dropsOf(pairs), known ? NODES : undefined))).toEqual(expected.sort());
      }),
    );
  });

  it("loses and invents no cut, two-way", () => {
    fc.assert(
      fc.property(links, fc.boolean(), (pairs, known) => {
        const both = pairs.flatMap(([a, b]): [string, string][] =>
          a === b
            ? []
            : [
                [a, b],
                [b, a],
              ],
        );
        const expected = [...new Set(both.map(([to, from]) => `${to}<${from}`))].sort();
        expect(cutsIn(describeCuts(dropsOf(both), known ? NODES : undefined))).toEqual(expected);
      }),
    );
  });
});

describe("operations in words", () => {
  const only = (step: Omit<Step, "p" | "fromMs">) => {
    const [op] = historyOf([{ p: 0, fromMs: 0, ...step }]).ops;
    if (!op) throw new Error("no operation");
    return op;
  };

  it.each<[Omit<Step, "p" | "fromMs">, string]>([
    [{ f: "read", key: "x", ok: 5 }, "read x → 5"],
    [{ f: "read", key: "x" }, "read x → null"],
    [{ f: "read", ok: 5, final: true }, "read (closing) → 5"],
    [{ f: "write", key: "x", input: 3 }, "write x 3 → ok"],
    [{ f: "write", key: "x", input: 3, ok: 3 }, "write x 3 → ok"],
    [{ f: "cas", key: "x", input: [1, 2], fail: "precondition-failed" }, "cas x 1 to 2 → failed: precondition-failed"],
    [{ f: "append", key: "x", input: 7, info: "timeout" }, "append x 7 → unknown: timeout"],
    [
      {
        f: "txn",
        input: [
          ["r", "x", null],
          ["w", "y", 2],
        ],
        ok: [
          ["r", "x", 1],
          ["w", "y", 2],
        ],
      },
      "txn r x, w y 2 → x = 1",
    ],
    [{ f: "txn", input: [["append", 7, 1]], ok: [["append", 7, 1]] }, "txn append 7 1 → ok"],
    [{ f: "txn", input: [["r", "x", null]], ok: [["r", "x", [1, 2]]] }, "txn r x → x = [1 2]"],
    [{ f: "add", input: "a b", ok: { id: 1 } }, 'add "a b" → {id: 1}'],
  ])("%j", (step, words) => {
    expect(describeOperation(only(step))).toBe(words);
  });

  it("neutralises what a terminal would obey", () => {
    const op = only({ f: "write", key: "\u001b[2Jx\u202e\ny", input: "\u0007" });
    expect(describeInvocation(op)).toBe('write \\x1b[2Jx\\u{202e} y "\\u0007"');
  });
});

describe("anomalyTitle", () => {
  it.each([
    [{ kind: "stale-read", key: "k1" }, "stale-read on k1"],
    [{ kind: "mutual-exclusion", key: "" }, "mutual-exclusion"],
    [{ kind: "G-single" }, "G-single"],
  ])("%j is %s", (anomaly, title) => {
    expect(anomalyTitle({ rulesOut: ["linearizable"], explanation: "", ops: [], because: [], ...anomaly })).toBe(title);
  });
});
