import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NodeId } from "../../../src/core/operation.ts";
import { Round } from "../../../src/models/leaderless/round.ts";
import { overlaps, reject, settingsOf } from "../../../src/models/leaderless/settings.ts";

const HOMES = ["n1", "n2", "n3"];

interface Happened {
  readonly asked: [node: NodeId, home: NodeId | undefined][];
  readonly enough: NodeId[][];
  readonly over: boolean[];
}

function begin({ need = 2, standIns = [], lingers = true }: { need?: number; standIns?: NodeId[]; lingers?: boolean }) {
  const happened: Happened = { asked: [], enough: [], over: [] };
  const round = new Round<number>(
    {
      homes: HOMES,
      standIns,
      need,
      untilMs: 300,
      lingers,
      ask: (node, home) => happened.asked.push([node, home]),
      enough: (answers) => happened.enough.push([...answers.keys()]),
      over: (_, isEnough) => happened.over.push(isEnough),
      countsTwice: false,
    },
    0,
  );
  return { round, happened };
}

describe("a round of questions", () => {
  it("has enough once as many different nodes as it needs have answered, and only once", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        fc.array(fc.constantFrom(...HOMES, "n9"), { maxLength: 12 }),
        (need, lingers, answers) => {
          const { round, happened } = begin({ need, lingers });
          round.start();
          for (const [i, node] of answers.entries()) round.onAnswer(node, i);
          const homes = new Set(answers.filter((node) => node !== "n9"));
          expect(happened.enough).toHaveLength(homes.size >= need ? 1 : 0);
          for (const nodes of happened.enough) expect(new Set(nodes).size).toBe(need);
          expect(round.isOver).toBe(homes.size === 3 || (homes.size >= need && !lingers));
        },
      ),
    );
  });

  it("asks those that are silent again, and gives up in the end", () => {
    const { round, happened } = begin({});
    round.start();
    round.onAnswer("n2", 0);
    round.onTick(50);
    expect(happened.asked.map(([node]) => node)).toEqual(["n1", "n2", "n3", "n1", "n3"]);
    round.onTick(300);
    expect(happened.over).toEqual([false]);
    round.onAnswer("n1", 0);
    expect(happened.enough).toEqual([]);
  });

  it("has others stand in for the homes that are silent, one for each (Dynamo, §4.6)", () => {
    const { round, happened } = begin({ standIns: ["n4", "n5", "n6"] });
    round.start();
    round.onAnswer("n2", 0);
    round.onTick(50);
    round.onTick(100);
    const standIns = happened.asked.filter(([, home]) => home !== undefined);
    expect([...new Set(standIns.map((pair) => pair.join(" for ")))]).toEqual(["n4 for n1", "n5 for n3"]);
    round.onAnswer("n5", 0);
    expect(happened.enough).toEqual([["n2", "n5"]]);
  });

  it("counts what is known beforehand, and does not ask for it", () => {
    const { round, happened } = begin({});
    round.start(new Map([["n1", 0]]));
    expect(happened.asked.map(([node]) => node)).toEqual(["n2", "n3"]);
    round.onAnswer("n3", 0);
    expect(happened.enough).toEqual([["n1", "n3"]]);
  });
});

describe("quorums (Gifford, SOSP 1979)", () => {
  it("overlap exactly if every R nodes and every W nodes have one in common", () => {
    for (const quorum of ["n3r2w2", "n3r1w1", "n3r1w3", "n3r3w1", "n5r3w3"]) {
      const settings = settingsOf({ quorum });
      const subsets = (size: number): number[] =>
        Array.from({ length: 2 ** settings.n }, (_, set) => set).filter(
          (set) => set.toString(2).replaceAll("0", "").length === size,
        );
      const meet = subsets(settings.r).every((r) => subsets(settings.w).every((w) => (r & w) !== 0));
      expect([quorum, overlaps(settings)]).toEqual([quorum, meet]);
    }
  });

  it("are refused where they contradict each other or the cluster", () => {
    const abd = { "write-back": "abd" };
    expect(reject({}, 3, "sessions")).toBeUndefined();
    expect(reject({ quorum: "n3r1w3", ...abd }, 3, "sessions")).toBeUndefined();
    expect(reject({ quorum: "n5r3w3" }, 3, "sessions")).toContain("at least 5 nodes");
    expect(reject({ members: "sloppy" }, 3, "sessions")).toContain("at least 4 nodes");
    expect(reject({ members: "sloppy" }, 4, "sessions")).toBeUndefined();
    expect(reject({ members: "sloppy", ...abd }, 5, "sessions")).toContain("choose strict");
    expect(reject({ quorum: "n3r1w1", ...abd }, 3, "sessions")).toContain("1 + 1 is not more than 3");
    expect(reject({ versions: "siblings", ...abd }, 3, "sessions")).toContain("choose lww");
    expect(reject({ repair: "anti-entropy", ...abd }, 3, "sessions")).toContain("choose read-repair");
    expect(reject(abd, 3, "set")).toContain("abd has no sets");
  });
});
