import { afterAll, describe, expect, it } from "vitest";
import { conduct } from "../../../src/cli/conduct.ts";
import { DEFAULTS, planScenario } from "../../../src/cli/plan.ts";
import type { Isolation } from "../../../src/models/isolation/settings.ts";

const MAX_SEEDS = 20;

/** What the checkers call it, the strongest level that shows it, and a workload in which it does. */
const ANOMALIES: readonly (readonly [kind: string, level: Isolation, workload: string])[] = [
  ["write-skew", "snapshot-isolation", "write-skew"],
  ["G2-item", "snapshot-isolation", "txn-append"],
  ["long-fork", "parallel-snapshot-isolation", "long-fork"],
  ["lost-update", "read-committed", "txn-register"],
  ["wrong-total", "read-committed", "bank"],
  ["fractured-read", "read-committed", "txn-append"],
  ["G-single", "read-committed", "txn-append"],
  ["G1a", "read-uncommitted", "txn-append"],
  ["G1b", "read-uncommitted", "txn-append"],
  ["G1c", "read-uncommitted", "txn-append"],
];

const found: string[] = [];
afterAll(() => {
  process.stdout.write(`\nanomalies found by seed search, in simulation without faults:\n${found.join("\n")}\n`);
});

const known = new Map<string, Promise<readonly string[]>>();

/** The kinds of anomaly in a run; each run is made once. */
function kindsIn(isolation: Isolation, workload: string, seed: number): Promise<readonly string[]> {
  const name = `${isolation} ${workload} ${seed}`;
  const kinds = known.get(name) ?? run(isolation, workload, seed);
  known.set(name, kinds);
  return kinds;
}

async function run(isolation: Isolation, workload: string, seed: number): Promise<readonly string[]> {
  const target = { kind: "model", name: "isolation", config: { isolation } } as const;
  const shape = { ...DEFAULTS, nodes: 1, timeMs: 3_000, ratePerS: 20, faults: [] };
  const scenario = planScenario({ ...shape, target, runtime: "sim", workload, seed });
  const { verdict } = await conduct(scenario, { keep: false });
  return verdict.models.flatMap(({ anomalies }) => anomalies.map(({ kind }) => kind));
}

describe("every anomaly of transactions has a level that shows it (Berenson et al., Table 4; Adya, thesis, §3-4)", () => {
  it.each(ANOMALIES)("%s under %s, in %s", async (kind, level, workload) => {
    let seed = 1;
    let kinds = await kindsIn(level, workload, seed);
    while (!kinds.includes(kind) && seed < MAX_SEEDS) kinds = await kindsIn(level, workload, ++seed);
    expect(kinds).toContain(kind);
    found.push(`  ${kind.padEnd(16)} ${level.padEnd(28)} ${workload.padEnd(14)} seed ${seed}`);
  });
});
