import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { judge } from "../../checkers/judge.ts";
import { type Assumptions, transactions } from "../../checkers/transactions/index.ts";
import { CONSISTENCY_MODELS, type ConsistencyModel, MODEL_ALIASES } from "../../src/core/consistency.ts";
import type { History } from "../../src/core/history.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { parseEdn } from "../../src/history/edn.ts";
import { JepsenDecoder } from "../../src/history/jepsen.ts";
import { readHistory } from "../../src/history/read.ts";

/** Histories of Elle's own tests, with what Elle says; they lie beside the project where they are at all. */
const CORPUS = fileURLToPath(new URL("../../../shared/corpus", import.meta.url));
const isThere = existsSync(`${CORPUS}/elle/cases.edn`);
if (!isThere) console.warn(`skipped: there is no corpus at ${CORPUS}`);

interface Case {
  readonly line: number;
  readonly workload: "list-append" | "rw-register";
  readonly opts: { readonly "consistency-models"?: readonly string[] | null; readonly [option: string]: unknown };
  readonly valid: boolean | "unknown";
  readonly anomalies: readonly string[];
  readonly not: readonly string[] | null;
  readonly alsoNot: readonly string[] | null;
}

/** Models of Elle's that have no name here. */
const NOT_OURS: readonly string[] = [
  "causal-cerone",
  "forward-consistent-view",
  "monotonic-snapshot-read",
  "monotonic-view",
  "strong-read-committed",
  "strong-read-uncommitted",
  "strong-session-read-uncommitted",
  "update-atomic",
];

/**
 * Cases that Elle calls valid for the models asked, by line, and that we refute. Elle looks for no values out of thin air,
 * and in line 17 it was told (`wfr-keys? false`) not to conclude that a version comes after the one that its writer read.
 */
const WRONGLY_VALID: Readonly<Record<number, string>> = {
  6: "thin-air-read",
  15: "thin-air-read",
  17: "thin-air-read",
};

/** What we call Elle's anomalies, where it is not the same. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  "G-nonadjacent-item": ["G-nonadjacent", "long-fork"],
  "G-single-item": ["G-single"],
  "G2-item": ["G2-item", "write-skew"],
};

const ours = (name: string): ConsistencyModel[] => {
  const model = name.replace(/^:/, "");
  if (NOT_OURS.includes(model)) return [];
  const known = MODEL_ALIASES[model] ?? CONSISTENCY_MODELS.find((other) => other === model);
  if (known === undefined) throw new Error(`${model} is neither ours nor listed as not ours`);
  return [known];
};

function judged(kind: Case["workload"], history: History, assumptions: Assumptions = {}) {
  const verdicts = judge(history, transactions(kind, assumptions));
  return {
    invalid: verdicts.filter(({ verdict }) => verdict === "invalid").map(({ model }) => model),
    valid: verdicts.filter(({ verdict }) => verdict === "valid").map(({ model }) => model),
    kinds: new Set(verdicts.flatMap(({ anomalies }) => anomalies.map(({ kind }) => kind))),
  };
}

const lines = isThere ? readFileSync(`${CORPUS}/elle/cases.edn`, "utf8").trim().split("\n") : [];
const cases: readonly Case[] = isThere ? JSON.parse(readFileSync(`${CORPUS}/elle/verdicts.json`, "utf8")) : [];

function historyOf({ line }: Case): History {
  const [{ history }] = parseEdn(lines[line - 1] ?? "") as [JsonObject];
  const decoder = new JepsenDecoder();
  for (const event of history as JsonObject[]) decoder.add(event, line);
  return decoder.end();
}

describe.skipIf(!isThere)("histories of Elle's tests", () => {
  it("has 19 of them", () => expect([lines.length, cases.length]).toEqual([19, 19]));

  it.each(cases)("line $line ($workload) is judged as it should be", (known) => {
    const assumptions: Assumptions = {
      sequentialKeys: known.opts["sequential-keys?"] === true,
      linearizableKeys: known.opts["linearizable-keys?"] === true,
    };
    const { invalid, valid, kinds } = judged(known.workload, historyOf(known), assumptions);
    const refuted = [...(known.not ?? []), ...(known.alsoNot ?? [])].flatMap(ours);
    expect(invalid).toEqual(expect.arrayContaining(refuted));
    expect(valid.filter((model) => refuted.includes(model))).toEqual([]);
    for (const anomaly of known.anomalies)
      if (anomaly !== "empty-transaction-graph")
        expect((KINDS[anomaly] ?? [anomaly]).filter((kind) => kinds.has(kind))).not.toEqual([]);
    const asked = known.valid === true ? (known.opts["consistency-models"] ?? []).flatMap(ours) : [];
    const wrongly = WRONGLY_VALID[known.line];
    if (wrongly === undefined) expect(invalid.filter((model) => asked.includes(model))).toEqual([]);
    else {
      expect(asked.length).toBeGreaterThan(0);
      expect(invalid).toEqual(expect.arrayContaining(asked));
      expect(kinds).toContain(wrongly);
    }
    if (known.valid === "unknown") expect([...invalid, ...valid]).toEqual([]);
  });
});

describe.skipIf(!isThere)("Jepsen's histories of transactions", () => {
  const read = (file: string): Promise<History> => readHistory(`${CORPUS}/jepsen/${file}`);

  it("paper-example.edn: T3 reads a list that later lacks its last element", async () => {
    const { invalid, kinds } = judged("list-append", await read("paper-example.edn"));
    expect(invalid).toContain("strict-serializable");
    expect([...kinds].sort()).toMatchInlineSnapshot(`
      [
        "G-single",
        "G-single-process",
      ]
    `);
  });

  it("list-append-gh-30.edn is not serializable", async () => {
    const { invalid, valid, kinds } = judged("list-append", await read("list-append-gh-30.edn"));
    expect(invalid).toContain("serializable");
    expect(valid).toMatchInlineSnapshot(`
      [
        "strong-snapshot-isolation",
        "strong-session-snapshot-isolation",
        "snapshot-isolation",
        "parallel-snapshot-isolation",
        "prefix",
        "consistent-view",
        "causal-ccv",
        "strong-session-read-atomic",
        "read-atomic",
        "monotonic-atomic-view",
        "cursor-stability",
        "strong-session-read-committed",
        "read-committed",
        "read-uncommitted",
      ]
    `);
    expect([...kinds].sort()).toMatchInlineSnapshot(`
      [
        "write-skew",
      ]
    `);
  });

  it("rw-register.edn, which elle-cli calls valid, reads 3, which nobody wrote", async () => {
    const { invalid, kinds } = judged("rw-register", await read("rw-register.edn"));
    expect(invalid).toContain("read-committed");
    expect(kinds).toContain("thin-air-read");
  });
});
