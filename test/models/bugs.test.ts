import { afterAll, describe, expect, test } from "vitest";
import { conduct } from "../../src/cli/conduct.ts";
import { DEFAULT_FAULTS, planScenario } from "../../src/cli/plan.ts";
import { requestFor } from "../../src/cli/request.ts";
import { namedTarget } from "../../src/cli/target.ts";
import { type ConsistencyModel, weakerOrEqual } from "../../src/core/consistency.ts";
import type { FaultKind } from "../../src/core/fault.ts";
import type { Model } from "../../src/core/model.ts";
import type { Scenario } from "../../src/core/scenario.ts";
import { MODELS } from "../../src/models/index.ts";

/** What `splitbrain run <model> --bug <bug>` would run with this seed. */
const scenarioOf = (model: Model, bug: string, seed: number): Scenario =>
  planScenario({ ...requestFor(namedTarget(model.name, undefined, bug), "sim"), seed });

const BUGS = Object.values(MODELS).flatMap((model) => Object.keys(model.bugs).map((bug) => ({ model, bug })));

const found: string[] = [];
afterAll(() => {
  process.stdout.write(`\nbugs found by seed search, in simulation:\n${found.join("\n")}\n`);
});

describe("every bug breaks what it says to break, in the histories of clients", () => {
  test.each(BUGS.map((one) => ({ ...one, name: `${one.model.name} ${one.bug}` })))(
    "$name",
    async ({ model, bug, name }) => {
      const { target, hunt } = namedTarget(model.name, undefined, bug);
      const breaks = model.bugs[bug]?.breaks ?? [];
      // What the configuration does not promise can break without the bug.
      const faults = new Set<FaultKind>(hunt.faults ?? DEFAULT_FAULTS);
      expect(weakerOrEqual(model.holds({ config: target.config, faults }))).toEqual(
        expect.arrayContaining([...breaks]),
      );

      const broken = new Set<ConsistencyModel>();
      const start = performance.now();
      let seed = 0;
      while (!breaks.every((one) => broken.has(one))) {
        seed++;
        const { verdict, problems } = await conduct(scenarioOf(model, bug, seed), { keep: false });
        expect(problems).toEqual([]);
        for (const one of verdict.models) if (one.verdict === "invalid") broken.add(one.model);
      }
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      found.push(`  ${name.padEnd(48)} ${breaks.join(", ").padEnd(20)} seeds 1-${seed}, ${seconds} s`);
    },
    60_000,
  );
});
