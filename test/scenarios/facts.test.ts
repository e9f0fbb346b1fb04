import { describe, expect, it } from "vitest";
import {
  acknowledged,
  acknowledgedGone,
  answersTo,
  broken,
  held,
  measured,
  readBy,
} from "../../src/scenarios/facts.ts";
import { play, type Run } from "../../src/scenarios/play.ts";
import type { Stage } from "../../src/scenarios/scenario.ts";
import { add, during, kill, read, slow, write } from "../../src/scenarios/script.ts";

const STALE: Stage = {
  model: "leaderless",
  config: { quorum: "n3r1w1" },
  nodes: 3,
  workload: "sessions",
  clients: { alice: { node: "n1", reach: ["n1"] }, bob: { node: "n3", reach: ["n3"] } },
  script: [
    [10, "alice", write("x", 1)],
    [60, "bob", read("x")],
  ],
  faults: [during(0, 300, slow(["n1"], ["n3"], 150))],
};

describe("facts about a run", () => {
  it("broken: by the model and by the kind of the anomaly", async () => {
    const run = await play(STALE);
    expect(broken("linearizable")(run)).toMatchObject({ holds: true, found: "linearizable broken: 1 stale-read" });
    expect(broken("linearizable", "stale-read")(run).holds).toBe(true);
    expect(broken("linearizable", "lost-write")(run).holds).toBe(false);
    expect(broken("read-your-writes")(run).holds).toBe(false);
    expect(held("linearizable")(run).holds).toBe(false);
  });

  it("names clients where the checkers name processes", async () => {
    expect(broken("linearizable")(await play(STALE)).because).toMatch(/^bob read x = nothing/);
  });

  it("held: never where nothing was put to the test", async () => {
    const idle = await play({ ...STALE, script: [[10, "alice", write("x", 1)]] });
    expect(held("linearizable")(idle)).toMatchObject({ holds: false, found: "linearizable unknown" });
    const none: Run = { ...idle, models: [{ model: "linearizable", verdict: "valid", checked: 0, anomalies: [] }] };
    expect(held("linearizable")(none).holds).toBe(false);
  });

  it("measured: just what was expected, in words", async () => {
    const run = await play(STALE);
    expect(measured("bob reads", readBy("bob"), [null])(run)).toEqual({ holds: true, found: "bob reads: nothing" });
    expect(measured("bob reads", readBy("bob"), [1])(run).holds).toBe(false);
    expect(measured("writes", acknowledged, 1)(run).holds).toBe(true);
    expect(measured("writes", acknowledged, 2)(run).holds).toBe(false);
  });

  it("tells answers that were late from those that were not", async () => {
    const stage: Stage = {
      ...STALE,
      config: { quorum: "n3r1w3" },
      faults: [during(0, 900, kill("n2"))],
      timeoutMs: 100,
    };
    const run = await play(stage);
    expect(answersTo("alice")(run)).toEqual(["no answer"]);
    expect(answersTo("bob")(run)).toEqual([1]);
    expect(run.history.ops.map(({ process }) => run.clients.get(process))).toEqual(["alice", "bob"]);
  });

  it("counts elements that were acknowledged and are nowhere", async () => {
    const stage: Stage = {
      ...STALE,
      config: { versions: "lww" },
      workload: "set",
      script: [
        [10, "alice", add("cart", "milk")],
        [12, "bob", add("cart", "eggs")],
      ],
      faults: [],
      settleMs: 1000,
    };
    expect(acknowledgedGone(await play(stage))).toBe(1);
    expect(acknowledgedGone(await play({ ...stage, config: { versions: "siblings" } }))).toBe(0);
  });
});

describe("a stage", () => {
  it("refuses cues for clients without a seat, and names that there are not", async () => {
    await expect(play({ ...STALE, script: [[10, "carol", read("x")]] })).rejects.toThrow(/"carol", who has no seat/);
    await expect(play({ ...STALE, model: "rfat" })).rejects.toThrow(/model "rfat"/);
    await expect(play({ ...STALE, workload: "sesions" })).rejects.toThrow(/workload "sesions"/);
  });

  it("lets a crowd act side by side, and one client one thing after the other", async () => {
    const stage: Stage = {
      ...STALE,
      script: [
        [10, "alice", write("x", 1)],
        [11, "alice", write("x", 2)],
      ],
      faults: [],
    };
    const overlap = ({ history: { ops } }: Run): boolean => (ops[1]?.callNs ?? 0) < (ops[0]?.returnNs ?? 0);
    expect(overlap(await play(stage))).toBe(false);
    expect(overlap(await play({ ...stage, clients: { alice: { node: "n1", crowd: true } } }))).toBe(true);
  });
});
