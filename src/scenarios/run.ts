import { type Diagram, diagramOf } from "./diagram.ts";
import type { Finding } from "./facts.ts";
import { play, type Run } from "./play.ts";
import type { Half, Stage, TextbookScenario } from "./scenario.ts";

/** A half that was played. */
export interface PlayedHalf {
  readonly half: Half;
  readonly run: Run;
  readonly diagram: Diagram;
  readonly findings: readonly Finding[];
  /** Everything that the scenario says of it was seen. */
  readonly asTold: boolean;
}

export interface PlayedScenario {
  readonly scenario: TextbookScenario;
  readonly without: PlayedHalf;
  readonly with: readonly PlayedHalf[];
  /** The anomaly appeared without the remedy and not with it. */
  readonly asTold: boolean;
}

/** The stage as a half changes it. */
export function stageOf({ stage }: TextbookScenario, { label, scene, shows, ...changes }: Half): Stage {
  return { ...stage, ...changes };
}

/** Plays all halves of a scenario, one after the other. */
export async function playScenario(scenario: TextbookScenario): Promise<PlayedScenario> {
  const without = await playHalf(scenario, scenario.without);
  const remedies: PlayedHalf[] = [];
  for (const half of scenario.with) remedies.push(await playHalf(scenario, half));
  return { scenario, without, with: remedies, asTold: [without, ...remedies].every(({ asTold }) => asTold) };
}

export async function playHalf(scenario: TextbookScenario, half: Half): Promise<PlayedHalf> {
  const run = await play(stageOf(scenario, half));
  const findings = half.shows.map((fact) => fact(run));
  const diagram = diagramOf(run, { ...scenario.scene, ...half.scene });
  return { half, run, diagram, findings, asTold: findings.every(({ holds }) => holds) };
}
