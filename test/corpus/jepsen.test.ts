import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { bank } from "../../checkers/bank/index.ts";
import { counter } from "../../checkers/counters/index.ts";
import { longFork } from "../../checkers/long-fork/index.ts";
import { set, setFull } from "../../checkers/sets/index.ts";
import { type Checker, DEFAULT_BUDGET } from "../../src/core/checker.ts";
import { readHistory } from "../../src/history/read.ts";

/** Public histories with known verdicts; they lie beside the project where they are at all. */
const CORPUS = fileURLToPath(new URL("../../../shared/corpus/jepsen", import.meta.url));
const present = existsSync(CORPUS);
if (!present) console.warn(`skipped: there is no corpus at ${CORPUS}`);

interface Known {
  readonly workload: string;
  readonly valid: boolean;
}

/** Who judges what; histories of transactions are judged in `elle.test.ts`. */
const CHECKERS: Readonly<Record<string, Checker>> = {
  bank: bank(),
  counter: counter(),
  "long-fork group-size 3": longFork({ groupSize: 3 }),
  set: set(),
  "set-full": setFull({ linearizable: true }),
};

/** What each invalid history shows, so that a verdict is not right for a wrong reason. */
const KINDS: Readonly<Record<string, string>> = {
  "bank-tidb.edn": "wrong-total",
  "long-fork.edn": "long-fork",
  // Its adds are of pairs [0 n], its read shows the numbers alone: taken literally, as its verdict does, all are lost.
  "set_full.edn": "lost-element",
};

/**
 * Nobody ever reads this counter. Jepsen calls that valid; here nothing is valid that was not exercised, and a checker of
 * reads that had none to look at says so.
 */
const UNREAD = ["counter.edn"];

describe.skipIf(!present)("histories of Jepsen's tests", () => {
  const verdicts: Record<string, Known> = present ? JSON.parse(readFileSync(`${CORPUS}/verdicts.json`, "utf8")) : {};
  const mine = Object.entries(verdicts).filter(([, { workload }]) => Object.hasOwn(CHECKERS, workload));

  it("has 7 of banks, counters, sets and long forks, 3 of them invalid", () => {
    expect([mine.length, mine.filter(([, { valid }]) => !valid).length]).toEqual([7, 3]);
  });

  it.each(mine)("%s is judged as it should be", async (file, { workload, valid }) => {
    const history = await readHistory(`${CORPUS}/${file}`);
    const verdict = CHECKERS[workload]?.check(history, DEFAULT_BUDGET);
    expect(verdict?.valid).toBe(UNREAD.includes(file) ? "unknown" : valid);
    if (verdict?.valid === false) expect(verdict.anomalies.map(({ kind }) => kind)).toContain(KINDS[file]);
  });
});
