import { describe, expect, it } from "vitest";
import { transactions } from "../../../checkers/transactions/index.ts";
import { DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import { runs } from "../../support/runs.ts";
import { AXIOMATIC, byAxioms } from "./axioms.ts";
import { type Kind, smallHistory } from "./generate.ts";
import { inWords } from "./lines.ts";
import { DEFINED, executions, isDetermined, oracle, txnsOf } from "./oracle.ts";

const HISTORIES = 20_000;

/** How often what came out. */
class Tally {
  readonly #counts = new Map<string, number>();

  add(what: string): void {
    this.#counts.set(what, this.of(what) + 1);
  }

  of(what: string): number {
    return this.#counts.get(what) ?? 0;
  }
}

/** Every model about which the checker and the oracle disagree. */
function disagreements(kind: Kind, history: History, quick: boolean, tally: Tally): string[] {
  const isList = kind === "list-append";
  const truth = oracle(history, isList, quick);
  tally.add(truth.has("strict-serializable") ? "valid histories" : "invalid histories");
  const determined = isDetermined(txnsOf(history), isList);
  const wrong: string[] = [];
  for (const { name, tests, check } of transactions(kind)) {
    const verdict = check(history, DEFAULT_BUDGET);
    const { valid } = verdict;
    tally.add(`${name}: ${valid}`);
    if (valid === "unknown") tally.add(verdict.why);
    if (valid !== "unknown" && valid !== tests.every((model) => truth.has(model))) wrong.push(`${name} is ${valid}`);
    if (valid === "unknown" && verdict.why !== "vacuous" && determined) wrong.push(`${name} should be known`);
  }
  return wrong;
}

/** The history without as many transactions as possible, while something stays wrong. */
function shrunk(history: History, isWrong: (history: History) => boolean): History {
  for (const gone of history.ops) {
    const ops = history.ops.filter((op) => op !== gone).map((op, index) => ({ ...op, index }));
    if (isWrong({ ...history, ops })) return shrunk({ ...history, ops }, isWrong);
  }
  return history;
}

describe.each(["list-append", "rw-register"] as const)(
  "%s against every order of versions and transactions",
  (kind) => {
    it("has one checker for each model", () => {
      expect(transactions(kind).map(({ name, tests }) => [name, ...tests])).toEqual(
        DEFINED.map((model) => [model, model]),
      );
    });

    it("agrees on every model, and knows wherever the orders of versions are determined", () => {
      const tally = new Tally();
      const total = runs(HISTORIES);
      for (let seed = 0; seed < total; seed++) {
        const history = smallHistory(kind, seed, seed % 8 === 0 ? 5 : 4);
        const wrong = disagreements(kind, history, seed % 16 !== 0, tally);
        if (wrong.length === 0) continue;
        const least = shrunk(history, (other) => disagreements(kind, other, false, new Tally()).length > 0);
        expect.fail(`seed ${seed}: ${wrong.join(", ")}\n${inWords(history)}\nshrunk:\n${inWords(least)}`);
      }
      expect(tally.of("invalid histories")).toBeGreaterThan(total / 3);
      expect(tally.of("valid histories")).toBeGreaterThan(total / 3);
      const verdicts = total * DEFINED.length;
      // Nothing was read, or a value was written twice; and of other verdicts one in a hundred is not known.
      expect(tally.of("vacuous")).toBeLessThan(0.15 * verdicts);
      expect(tally.of("malformed")).toBeLessThan(0.02 * verdicts);
      expect(tally.of("budget")).toBeLessThan(0.01 * verdicts);
      for (const model of DEFINED) {
        expect(tally.of(`${model}: true`)).toBeGreaterThan(total / 4);
        // No order of writes is impossible on registers.
        const isRefutable = kind === "list-append" || model !== "read-uncommitted";
        expect(tally.of(`${model}: false`) > total / 50).toBe(isRefutable);
      }
    });
  },
);

describe.each(["list-append", "rw-register"] as const)("%s against the axioms of Cerone et al.", (kind) => {
  it("agrees on every model that they define", () => {
    let [valid, invalid] = [0, 0];
    const total = runs(HISTORIES) / 10;
    for (let seed = 0; seed < total; seed++) {
      const history = smallHistory(kind, 1_000_000 + seed, seed % 8 === 0 ? 4 : 3);
      const truth = byAxioms(txnsOf(history), kind === "list-append");
      for (const { name, tests, check } of transactions(kind)) {
        const verdict = check(history, DEFAULT_BUDGET).valid;
        if (verdict === "unknown" || !tests.every((model) => AXIOMATIC.includes(model))) continue;
        if (verdict) valid++;
        else invalid++;
        if (verdict !== tests.every((model) => truth.has(model)))
          expect.fail(`seed ${1_000_000 + seed}: ${name} is ${verdict}\n${inWords(history)}`);
      }
    }
    expect(valid).toBeGreaterThan(3 * total);
    expect(invalid).toBeGreaterThan(total);
  });
});

describe("the oracle", () => {
  it("tries both ends of every unknown outcome", () => {
    const ends = [
      ...executions(
        [{ status: "ok" }, { status: "info" }, { status: "fail" }, { status: "info" }].map(({ status }, index) => ({
          status: status as "ok" | "info" | "fail",
          index,
          process: index,
          call: 0,
          ret: 1,
          micros: [],
        })),
      ),
    ];
    expect(ends).toEqual([[0], [0, 3], [0, 1], [0, 1, 3]]);
  });
});
