import { describe, expect, it } from "vitest";
import { conduct } from "../../../src/cli/conduct.ts";
import { DEFAULTS, planScenario } from "../../../src/cli/plan.ts";
import type { ConsistencyModel } from "../../../src/core/consistency.ts";
import { FAULT_KINDS, type FaultKind } from "../../../src/core/fault.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import { completed, type ModelConfig } from "../../../src/core/model.ts";
import type { NodeId } from "../../../src/core/operation.ts";
import { msToNs } from "../../../src/core/time.ts";
import { leaderless } from "../../../src/models/leaderless/index.ts";
import { Ring } from "../../../src/models/leaderless/ring.ts";
import { startSim } from "../../../src/runtimes/sim/index.ts";

interface Trials {
  readonly config: ModelConfig;
  readonly workload?: string;
  readonly faults?: readonly FaultKind[];
  readonly seeds?: number;
  /** Stops once all of these have been seen to break. */
  readonly until?: readonly ConsistencyModel[];
}

/** In how many of the runs each model was broken. */
async function brokenIn({ config, workload = "sessions", faults = FAULT_KINDS, seeds = 15, until }: Trials) {
  const counts = new Map<ConsistencyModel, number>();
  const target = { kind: "model", name: "leaderless", config: completed(leaderless.options, config) } as const;
  const shape = { ...DEFAULTS, nodes: 5, timeMs: 12_000, ratePerS: 10, gapMs: 1000, target, workload, faults };
  for (let seed = 1; seed <= seeds; seed++) {
    const { verdict } = await conduct(planScenario({ ...shape, runtime: "sim", seed }), { keep: false });
    for (const { model, verdict: found } of verdict.models)
      if (found === "invalid") counts.set(model, (counts.get(model) ?? 0) + 1);
    if (until?.every((model) => counts.has(model))) break;
  }
  return (model: ConsistencyModel): number => counts.get(model) ?? 0;
}

describe("what quorums give, as measured", () => {
  it("W + R > N alone is not linearizable, without any skewed clock; the write-back of ABD makes it so", async () => {
    const faults = ["partition"] as const;
    for (const quorum of ["n3r2w2", "n3r1w3"]) {
      const until = ["linearizable", "monotonic-reads"] as const;
      const without = await brokenIn({ config: { quorum, repair: "anti-entropy" }, faults, until });
      for (const model of until) expect(without(model)).toBeGreaterThan(0);
      const abd = await brokenIn({ config: { quorum, "write-back": "abd" }, faults, seeds: 8 });
      expect(abd("linearizable")).toBe(0);
    }
  });

  it("W + R ≤ N and sloppy quorums miss a session's own writes, which strict ones that overlap never do", async () => {
    const versions = "siblings";
    const strict = await brokenIn({ config: { versions }, seeds: 8 });
    expect(strict("read-your-writes")).toBe(0);
    for (const config of [
      { versions, quorum: "n3r1w1" },
      { versions, members: "sloppy" },
    ]) {
      const weaker = await brokenIn({ config, until: ["read-your-writes"] });
      expect(weaker("read-your-writes")).toBeGreaterThan(0);
    }
  });

  it("the last write by the wall clock loses elements of sets; siblings lose none, whatever the quorum", async () => {
    const trials = { workload: "set", seeds: 3 };
    const lww = await brokenIn({ config: {}, ...trials });
    expect(lww("durable")).toBe(3);
    for (const config of [{}, { quorum: "n3r1w1" }, { members: "sloppy" }]) {
      const siblings = await brokenIn({ config: { versions: "siblings", ...config }, ...trials });
      expect(siblings("durable")).toBe(0);
    }
  });
});

describe("a sloppy quorum (Dynamo, §4.6)", () => {
  it("takes writes when all homes are dead, and hands them over when they are back", async () => {
    const holders: { readonly node: NodeId; readonly detail: JsonObject }[] = [];
    const cluster = startSim({
      model: leaderless,
      config: { members: "sloppy" },
      nodes: 5,
      seed: 1,
      events: {
        onTrace: (_atNs, node, event, detail) => {
          if (event === "copy") holders.push({ node, detail });
        },
      },
    });
    const ring = new Ring(cluster.nodes, 3);
    const homes = ring.homes(ring.rangeOf("x"));
    const heal = await cluster.inject({ kind: "kill", nodes: homes });
    const session = cluster.open(0, "n1");
    const written = await session.invoke({ f: "write", key: "x", input: 1 }, msToNs(1000));
    expect(written.type).toBe("ok");
    expect(holders.filter(({ node }) => homes.includes(node))).toEqual([]);
    expect(holders.map(({ detail }) => detail.home)).toEqual([false, false]);
    await heal();
    await cluster.sleepUntilNs(cluster.nowNs() + msToNs(1000));
    for (const [i, node] of cluster.nodes.entries()) {
      const read = { f: "read", key: "x", input: null, final: true } as const;
      expect(await cluster.open(i + 1, node).invoke(read, msToNs(1000))).toEqual({ type: "ok", value: 1 });
    }
    expect([...new Set(holders.filter(({ detail }) => detail.home === true).map(({ node }) => node))].sort()).toEqual(
      [...homes].sort(),
    );
  });
});
