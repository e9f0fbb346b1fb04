import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  readAtomic,
  strongSessionReadAtomic,
  strongSessionReadCommitted,
  transactionalCausal,
} from "../../checkers/transactions/weak/index.ts";
import { type Checker, DEFAULT_BUDGET } from "../../src/core/checker.ts";
import { readHistory } from "../../src/history/read.ts";

/** Public histories with known verdicts; they lie beside the project where they are at all. */
const CORPUS = fileURLToPath(new URL("../../../shared/corpus", import.meta.url));
const present = existsSync(`${CORPUS}/isolation`);
if (!present) console.warn(`skipped: there is no corpus at ${CORPUS}/isolation`);

interface Known {
  readonly file: string;
  readonly verdict: Readonly<Record<string, "satisfies" | "violates">>;
}

/**
 * The literature's levels; there each of them keeps the order of sessions. Plume's RC is the patterns a to g of its paper:
 * read committed and no circle of causes. AWDIT's asks more (a monotonic view besides), and its histories here satisfy
 * either or none. RA with sessions is no model of the lattice: tap-h breaks it by a session alone.
 */
const CHECKERS: Readonly<Record<string, Checker>> = {
  RC: strongSessionReadCommitted,
  RA: strongSessionReadAtomic,
  CC: transactionalCausal,
  TCC: transactionalCausal,
};

/**
 * Verdicts that we believe wrong. In tap-j a transaction does w(1,1), r(1,1), r(1,2): after its own write of 1 it reads
 * another transaction's 2. Plume was measured to call that a non-repeatable read, and RC satisfied. But w(1,2), r(1,1) in
 * one transaction (tap-d) is no RC to Plume either, and a read that went well in between repairs nothing: the last read
 * misses the transaction's own last write, which no level allows (Adya, thesis §4.2; Biswas & Enea, §2.1: a read after a
 * write of its transaction returns that write).
 */
const WRONG: Readonly<Record<string, string>> = { "isolation/plume-taps/tap-j.txt RC": "violates" };

describe.skipIf(!present)("histories of Plume's patterns and of AWDIT's tests", () => {
  const known: readonly Known[] = present ? JSON.parse(readFileSync(`${CORPUS}/isolation/verdicts.json`, "utf8")) : [];

  it("has 21 of them, with verdicts on three levels each", () => {
    const verdicts = known.flatMap(({ verdict }) => Object.values(verdict));
    expect([known.length, verdicts.length, verdicts.filter((verdict) => verdict === "satisfies").length]).toEqual([
      21, 63, 21,
    ]);
  });

  it.each(known.flatMap(({ file, verdict }) => Object.entries(verdict).map((entry) => [file, ...entry] as const)))(
    "%s: %s is judged as it should be",
    async (file, level, verdict) => {
      const checker = CHECKERS[level];
      if (!checker) throw new Error(`no checker for ${level}`);
      const { valid } = checker.check(await readHistory(`${CORPUS}/${file}`), DEFAULT_BUDGET);
      const expected = WRONG[`${file} ${level}`] ?? verdict;
      expect(valid === true ? "satisfies" : valid === false ? "violates" : valid).toBe(expected);
    },
  );

  it("tap-h breaks read atomic by its sessions alone", async () => {
    const history = await readHistory(`${CORPUS}/isolation/plume-taps/tap-h.txt`);
    expect(readAtomic.check(history, DEFAULT_BUDGET)).toEqual({ valid: true, checked: 3 });
  });
});
