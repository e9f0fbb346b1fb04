import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { playScenario, SCENARIOS } from "../../src/scenarios/index.ts";
import { overview, story } from "../../src/scenarios/tell.ts";
import { splitbrain, splitbrainHere } from "../support/cli.ts";

const scenario = (...args: string[]) => splitbrainHere(["scenario", ...args], tmpdir());
const PLAIN = { color: false, width: 100 };
const named = (name: string) => {
  const found = SCENARIOS[name];
  if (found === undefined) throw new Error(`${name} is gone`);
  return found;
};

describe("splitbrain scenario", () => {
  it("lists what there is, a line each", async () => {
    const { exitCode, stdout } = await scenario();
    expect(exitCode).toBe(0);
    const [, ...lines] = stdout.trimEnd().split("\n");
    expect(lines.map((line) => line.trim().split(/ {2,}/)[0])).toEqual(Object.keys(SCENARIOS));
  });

  it("tells one story, in the same bytes wherever it is played", async () => {
    const { exitCode, stdout, stderr } = await splitbrain(["scenario", "read-your-writes"], tmpdir());
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/What happens[\s\S]*WITHOUT the remedy[\s\S]*✗ {2}read-your-writes broken[\s\S]*WITH the/);
    expect(`${stdout}\n`).toBe(`${story(await playScenario(named("read-your-writes")), PLAIN)}\n`);
  });

  it("plays all of them", async () => {
    const { exitCode, stdout, stderr } = await scenario("--all", "--json");
    expect(exitCode, stderr).toBe(0);
    const { schema, asTold, scenarios } = JSON.parse(stdout);
    const names = scenarios.map(({ name }: { name: string }) => name);
    expect({ schema, asTold, names }).toEqual({
      schema: "splitbrain.scenario/1",
      asTold: true,
      names: Object.keys(SCENARIOS),
    });
    for (const one of scenarios) {
      expect(Object.keys(one)).toEqual(["name", "title", "source", "asTold", "without", "with"]);
      for (const half of [one.without, ...one.with]) {
        expect(Object.keys(half)).toEqual(["setting", "asTold", "findings", "diagram"]);
        expect(half.findings.length).toBeGreaterThan(0);
      }
    }
  });

  it("says in the table which was not as told", async () => {
    const entry = named("quorum-r1-w1");
    const good = await playScenario(entry);
    const bad = await playScenario({
      ...entry,
      name: "sabotaged",
      with: [{ ...entry.with[0], ...(entry.without.config && { config: entry.without.config }) }],
    });
    const rows = [good, bad].map((played) => ({ played, ms: 12.3 }));
    expect(overview(rows, PLAIN)).toMatch(
      /quorum-r1-w1 [\s\S]*12 {2}yes[\s\S]*sabotaged [\s\S]*12 {2}NO[\s\S]*1 of 2 scenarios not as told/,
    );
    expect(overview(rows.slice(0, 1), PLAIN)).toContain("1 scenario, all as told");
  });

  it.each<[string, string[], RegExp]>([
    ["an unknown scenario", ["split-brian"], /no scenario "split-brian"\. Did you mean "split-brain"\?/],
    ["a scenario and all of them", ["split-brain", "--all"], /not both/],
  ])("refuses %s", async (_, args, expected) => {
    const { exitCode, stdout, stderr } = await scenario(...args);
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 254, stdout: "" });
    expect(stderr).toMatch(expected);
    expect(stderr.trim().split("\n").length).toBe(1);
  });
});
