import { describe, expect, it } from "vitest";
import { copiesGrow, quorumsKeep } from "../../../src/models/leaderless/invariants.ts";

const copy = (time: number) => ({ stamp: [time, "n1/1", 1], value: time });
const kept = (time: number, home = true) => ({ key: "x", copy: copy(time), home });

describe("copies grow", () => {
  it("unless a home goes back to an older version", () => {
    const { onTrace } = copiesGrow();
    expect(onTrace("n1", "copy", kept(2))).toBeUndefined();
    expect(onTrace("n2", "copy", kept(1))).toBeUndefined();
    expect(onTrace("n1", "copy", { ...kept(1), key: "y" })).toBeUndefined();
    expect(onTrace("n3", "copy", kept(2, false))).toBeUndefined();
    expect(onTrace("n3", "copy", kept(1, false))).toBeUndefined();
    expect(onTrace("n1", "copy", kept(2))).toBe(true);
    expect(onTrace("n1", "copy", kept(1))).toBe('n1 went back from [2,"n1/1",1] to [1,"n1/1",1] of x');
  });
});

describe("quorums keep what was acknowledged", () => {
  it("on as many homes as were counted, or what overwrote it", () => {
    const { onTrace } = quorumsKeep();
    onTrace("n1", "copy", kept(2));
    onTrace("n2", "copy", kept(3));
    onTrace("n3", "copy", kept(1));
    onTrace("n4", "copy", kept(2, false));
    const acknowledged = (nodes: number) => onTrace("n4", "acknowledged", { key: "x", copy: copy(2), nodes });
    expect(acknowledged(2)).toBe(true);
    expect(acknowledged(3)).toBe('n4 acknowledged [2,"n1/1",1] of x for 3 nodes, but 2 keep it');
  });
});
