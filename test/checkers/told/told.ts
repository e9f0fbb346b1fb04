import { type Checker, DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { Json } from "../../../src/core/json.ts";
import { history, type Sketch } from "../../support/histories.ts";

export type Step = readonly [p: number, f: string, input: Json, ok?: Json, more?: Partial<Sketch>];

const S = 1_000_000_000;

/** One operation a second, each taking half of one, on `x` and node `n` and the process, unless they say otherwise. */
export const of = (...steps: readonly Step[]) =>
  history(
    steps.map(([p, f, input, ok = null, more], i) => ({
      ...{ p, node: `n${p}`, key: "x", f, input, ok, call: i * S },
      ...(more?.info === undefined ? { ret: i * S + S / 2 } : {}),
      ...more,
    })),
  );

export const final = { final: true } as const;
export const failed = { fail: "abort" };
/** Of a step: its outcome is unknown. */
export const unknown = { info: "timeout" };

/** All that a checker says of a history, on one line each: kind, models, operations, explanation, and ties. */
export function told(checker: Checker, ...steps: readonly Step[]): string[] {
  const verdict = checker.check(of(...steps), DEFAULT_BUDGET);
  if (verdict.valid !== false) throw new Error(`expected a violation, got ${JSON.stringify(verdict)}`);
  return verdict.anomalies.flatMap(({ kind, rulesOut, ops, explanation, because }) => [
    `${kind} [${rulesOut.join()}] ${ops.join()}: ${explanation}`,
    ...because.map(({ from, to, reason }) => `  ${from}-${to}: ${reason}`),
  ]);
}
