import { expect } from "vitest";
import type { Verdict } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Operation } from "../../../src/core/operation.ts";
import { Random } from "../../../src/core/random.ts";

/** How often each answer was expected. */
export interface Tally {
  valid: number;
  invalid: number;
}

/**
 * Tries a property on so many random histories, one a seed. `holds` throws where it does not hold, and returns if the
 * history satisfies what is judged. A failure is shrunk, and says its seed.
 */
export function tryMany(count: number, make: (random: Random) => History, holds: (history: History) => boolean): Tally {
  const tally: Tally = { valid: 0, invalid: 0 };
  for (let seed = 0; seed < count; seed++) {
    const made = make(new Random(seed));
    try {
      if (holds(made)) tally.valid++;
      else tally.invalid++;
    } catch (error) {
      const small = shrink(made, holds);
      throw new Error(`seed ${seed}: ${(error as Error).message}\n${told(small)}\n${reason(small, holds)}`);
    }
  }
  return tally;
}

/** Throws, naming the model, unless a verdict on it is what it should be. (An `expect` for each of a million histories would take half of the time.) */
export function agree(verdict: Verdict, holds: boolean, model = ""): void {
  if ((verdict.valid !== false) !== holds)
    expect(verdict.valid !== false, `${model} ${JSON.stringify(verdict)}`).toBe(holds);
}

/** A third of the histories or more must break what is judged, and a tenth must not, or the test shows little. */
export function expectBothWays({ valid, invalid }: Tally): void {
  expect(invalid / (valid + invalid)).toBeGreaterThan(1 / 3);
  expect(valid / (valid + invalid)).toBeGreaterThan(1 / 10);
}

function reason(history: History, holds: (history: History) => boolean): string {
  try {
    holds(history);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

/** Leaves out one operation after the other as long as the property fails. */
function shrink(history: History, holds: (history: History) => boolean): History {
  for (const left of history.ops) {
    const ops = history.ops.filter((op) => op !== left).map((op, index) => ({ ...op, index }));
    const smaller = { ...history, ops };
    if (reason(smaller, holds) !== "") return shrink(smaller, holds);
  }
  return history;
}

const told = ({ ops }: History): string =>
  ops
    .map(({ process, f, key, input, outcome }: Operation) =>
      [
        process,
        f,
        key,
        JSON.stringify(input),
        outcome.type,
        outcome.type === "ok" ? JSON.stringify(outcome.value) : "",
      ].join(" "),
    )
    .join("\n");
