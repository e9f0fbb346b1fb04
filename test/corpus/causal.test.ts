import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { causal, causalCc, causalCm } from "../../checkers/causal/index.ts";
import { DEFAULT_BUDGET } from "../../src/core/checker.ts";
import type { History } from "../../src/core/history.ts";
import { readHistory } from "../../src/history/read.ts";

/** Public histories with known verdicts; they lie beside the project where they are at all. */
const CORPUS = fileURLToPath(new URL("../../../shared/corpus/causal", import.meta.url));
const present = existsSync(CORPUS);
if (!present) console.warn(`skipped: there is no corpus at ${CORPUS}`);

const CHECKERS = { CC: causalCc("register"), CM: causalCm("register"), CCv: causal("register") };
type Known = Record<keyof typeof CHECKERS, "satisfies" | "violates">;

/** The paper's registers hold 0 at first, ours nothing. */
const initiallyNothing = (history: History): History => ({
  ...history,
  ops: history.ops.map((op) =>
    op.f === "read" && op.outcome.type === "ok" && op.outcome.value === 0
      ? { ...op, outcome: { type: "ok", value: null } }
      : op,
  ),
});

describe.skipIf(!present)("Figure 2 of Bouajjani et al., On Verifying Causal Consistency (POPL 2017)", () => {
  const verdicts: Record<string, Known> = present ? JSON.parse(readFileSync(`${CORPUS}/verdicts.json`, "utf8")) : {};

  it("has five histories, which tell the three models apart", () => {
    const combinations = new Set(Object.values(verdicts).map(({ CC, CM, CCv }) => `${CC} ${CM} ${CCv}`));
    expect([Object.keys(verdicts).length, combinations.size]).toEqual([5, 5]);
  });

  it.each(Object.entries(verdicts))("%s is judged as in the paper", async (file, known) => {
    const history = initiallyNothing(await readHistory(`${CORPUS}/${file}`));
    const judged = Object.entries(CHECKERS).map(([model, checker]) => {
      const { valid } = checker.check(history, DEFAULT_BUDGET);
      return [model, valid === true ? "satisfies" : valid === false ? "violates" : valid];
    });
    expect(Object.fromEntries(judged)).toEqual(known);
  });
});
