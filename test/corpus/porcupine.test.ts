import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { linearizability, SPECS } from "../../checkers/index.ts";
import { algorithmsFor } from "../../checkers/linearizability/index.ts";
import { DEFAULT_BUDGET } from "../../src/core/checker.ts";
import type { Spec } from "../../src/core/spec.ts";
import { readHistory } from "../../src/history/read.ts";
import { benchPorcupine } from "../bench/linearizability.ts";

/** Public histories with known verdicts; they lie beside the project where they are at all. */
const CORPUS = fileURLToPath(new URL("../../../shared/corpus/porcupine", import.meta.url));
const present = existsSync(CORPUS);
if (!present) console.warn(`skipped: there is no corpus at ${CORPUS}`);

interface Known {
  readonly spec: string;
  readonly operations: number;
  readonly pending: number;
  readonly linearizable: boolean;
}

describe.skipIf(!present)("real histories of etcd and a key-value store (Porcupine's test data)", () => {
  const verdicts: Record<string, Known> = present ? JSON.parse(readFileSync(`${CORPUS}/verdicts.json`, "utf8")) : {};

  it("has 56 of them, valid and invalid", () => {
    const linearizable = Object.values(verdicts).filter((known) => known.linearizable).length;
    expect([Object.keys(verdicts).length, linearizable > 10]).toEqual([56, true]);
  });

  it("are all judged as they should be, in one process", async () => {
    const bench = await benchPorcupine(CORPUS);
    if (bench === undefined) throw new Error("the corpus is gone");
    const { histories, decideMs, explainMs, wrong } = bench;
    console.info(
      `${histories} histories: decided in ${Math.round(decideMs)} ms, explained in ${Math.round(explainMs)} ms`,
    );
    expect([histories, wrong]).toEqual([56, 0]);
  });

  it.each(Object.entries(verdicts))("%s is judged so by every algorithm that can", async (file, known) => {
    const spec: Spec | undefined = SPECS[known.spec.split(" ")[0] ?? ""];
    if (!spec) throw new Error(`no spec for ${known.spec}`);
    const history = await readHistory(`${CORPUS}/${file}`);
    const judged = algorithmsFor(spec).flatMap((algorithm) => {
      const verdict = linearizability(spec, { algorithm }).check(history, DEFAULT_BUDGET);
      return verdict.valid === "unknown" ? [] : [verdict.valid];
    });
    expect(judged.length).toBeGreaterThan(0);
    expect(new Set(judged)).toEqual(new Set([known.linearizable]));
  });
});
