import { expect, test } from "vitest";
import { conduct } from "../../src/cli/conduct.ts";
import { DEFAULTS, planScenario } from "../../src/cli/plan.ts";
import { requestFor } from "../../src/cli/request.ts";
import { completed, type ModelConfig } from "../../src/core/model.ts";
import type { InvariantVerdict } from "../../src/core/verdict.ts";
import { MODELS } from "../../src/models/index.ts";

/** Of each model with invariants a configuration that puts all of them to the test. */
const SUITABLE: Readonly<Record<string, ModelConfig>> = {
  raft: { membership: "joint", compaction: "snapshots" },
  "single-leader": { replication: "sync", failover: "fenced" },
  paxos: {},
  "multi-paxos": {},
  zab: {},
  "multi-leader": { topology: "star", conflicts: "on-write" },
  leaderless: {},
  "operational-transformation": {},
  dynamodb: { tables: "global" },
  "lock-service": {},
  crdt: { propagation: "delta" },
  spanner: {},
  isolation: {},
  cockroach: {},
};

async function invariantsOf(name: string, config: ModelConfig): Promise<readonly InvariantVerdict[]> {
  const model = MODELS[name];
  if (model === undefined) throw new Error(`no model ${name}`);
  const target = { kind: "model", name, config: completed(model.options, config) } as const;
  const request = requestFor({ subject: model, target, hunt: {} }, "sim", {
    timeMs: 10_000,
    gapMs: DEFAULTS.gapMs,
    faults: ["partition", "kill"],
  });
  const { verdict } = await conduct(planScenario({ ...request, seed: 1 }), { keep: false });
  return verdict.invariants;
}

test("every model with invariants is here", () => {
  const having = Object.values(MODELS).filter(({ invariants }) => invariants !== undefined);
  expect(having.map(({ name }) => name).sort()).toEqual(Object.keys(SUITABLE).sort());
});

test.each(Object.entries(SUITABLE))("a run of %s puts each invariant to the test", async (name, config) => {
  const invariants = await invariantsOf(name, config);
  expect(invariants.filter(({ verdict, checked }) => verdict !== "valid" || checked === 0)).toEqual([]);
});

test("what a configuration never puts to the test is unknown", async () => {
  const untested = (await invariantsOf("single-leader", { failover: "fenced" })).filter(({ checked }) => checked === 0);
  expect(untested).toEqual([expect.objectContaining({ name: "acknowledged-stays", verdict: "unknown" })]);
});
