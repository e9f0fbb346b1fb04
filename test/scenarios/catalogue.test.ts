import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { displayWidth } from "../../src/report/layout.ts";
import { type PlayedScenario, playScenario, SCENARIOS } from "../../src/scenarios/index.ts";
import { story } from "../../src/scenarios/tell.ts";

const PLAIN = { color: false, width: 100 };
/** What fits on a screen together with the story. */
const MOST_ROWS = 36;
const MOST_LINES = 90;

describe.each(Object.values(SCENARIOS))("$name", (scenario) => {
  let played: PlayedScenario;
  let tookMs: number;
  beforeAll(async () => {
    // Of the processor: a busy machine is not what is asked about.
    const before = process.cpuUsage();
    played = await playScenario(scenario);
    const { user, system } = process.cpuUsage(before);
    tookMs = (user + system) / 1000;
  });

  it("goes wrong without the remedy and not with it, in less than 2 s", () => {
    const wrong = [played.without, ...played.with].flatMap(({ findings }) => findings.filter(({ holds }) => !holds));
    expect(wrong).toEqual([]);
    expect(played.asTold).toBe(true);
    expect(tookMs).toBeLessThan(2000);
  });

  it("says of each half what is not so of the other", () => {
    const { without, with: remedies } = scenario;
    for (const { run, half } of played.with) {
      expect(without.shows.every((fact) => fact(run).holds)).toBe(false);
      expect(half.shows.every((fact) => fact(played.without.run).holds)).toBe(false);
    }
    expect(remedies.length).toBe(played.with.length);
  });

  it("is the same every time", async () => {
    expect(story(await playScenario(scenario), PLAIN)).toBe(story(played, PLAIN));
  });

  it("is told in lines of 100 columns, with diagrams of a screen at most", () => {
    const wide = story(played, PLAIN)
      .split("\n")
      .filter((line) => displayWidth(line) > 100);
    expect(wide).toEqual([]);
    for (const { diagram } of [played.without, ...played.with]) {
      expect(diagram.rows.length).toBeGreaterThan(4);
      expect(diagram.rows.length).toBeLessThanOrEqual(MOST_ROWS);
    }
  });

  it("is one short file of its name", () => {
    const text = readFileSync(new URL(`../../src/scenarios/entries/${scenario.name}.ts`, import.meta.url), "utf8");
    expect(text.split("\n").length).toBeLessThanOrEqual(MOST_LINES);
    expect(scenario.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  it("tells what happens, why, and what helps, in a few words, and from where it is known", () => {
    const { title, source, story: told } = scenario;
    expect(title.length).toBeLessThanOrEqual(90);
    expect(source.length).toBeGreaterThan(10);
    for (const part of Object.values(told)) {
      expect(part.length).toBeGreaterThan(20);
      expect(part.length).toBeLessThanOrEqual(400);
    }
  });
});

describe("the catalogue", () => {
  it("has every name once", () => {
    // `SCENARIOS` is keyed by name, so a second entry of a name would hide the first.
    const index = readFileSync(new URL("../../src/scenarios/index.ts", import.meta.url), "utf8");
    expect(index.match(/from "\.\/entries\//g)?.length).toBe(Object.keys(SCENARIOS).length);
  });

  it("is not as told when the remedy is left out", async () => {
    const { "quorum-r1-w1": scenario } = SCENARIOS;
    if (scenario === undefined) throw new Error("quorum-r1-w1 is gone");
    const [half] = scenario.with;
    const sabotaged = await playScenario({ ...scenario, with: [{ ...scenario.without, shows: half.shows }] });
    expect(sabotaged.asTold).toBe(false);
    expect(story(sabotaged, PLAIN)).toMatch(/!! linearizable broken[\s\S]*NOT as told/);
  });
});
