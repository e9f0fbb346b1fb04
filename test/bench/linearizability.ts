import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { divideLinearizability, SPECS } from "../../checkers/index.ts";
import { DEFAULT_BUDGET } from "../../src/core/checker.ts";
import { readHistory } from "../../src/history/read.ts";
import type { ClientShape } from "./client-histories.ts";

/** One line of the table: the best of several checks of the same history, in a process of its own. */
export interface LinearizabilityBench extends ClientShape {
  readonly checkMs: number;
  /** Largest resident set of the process, the history included, megabytes. */
  readonly peakMb: number;
  readonly verdict: string;
}

const KINDS = ["valid", "5 % unknown", "stale read"] as const;

const registers = (operations: number, clients: number): ClientShape[] =>
  KINDS.map((kind) => ({ spec: "register", operations, clients, keys: 1, kind }));

const SHAPES: readonly ClientShape[] = [
  ...registers(1_000, 20),
  ...registers(100_000, 10),
  ...registers(1_000_000, 5),
  ...registers(1_000_000, 100),
  ...[5, 20, 100].map((clients): ClientShape => {
    return { spec: "kv", operations: 1_000_000, clients, keys: 100, kind: "valid" };
  }),
  { spec: "cas-register", operations: 10_000, clients: 10, keys: 1, values: 5, kind: "valid" },
  { spec: "cas-register", operations: 100_000, clients: 10, keys: 1, values: 5, kind: "valid" },
  { spec: "cas-register", operations: 1_000, clients: 20, keys: 1, values: 5, kind: "valid" },
  { spec: "cas-register", operations: 1_000, clients: 20, keys: 1, values: 5, kind: "5 % unknown" },
  { spec: "cas-register", operations: 10_000, clients: 20, keys: 1, values: 5, kind: "valid" },
  { spec: "cas-register", operations: 10_000, clients: 20, keys: 1, values: 5, kind: "5 % unknown" },
];

/** Measures one history after another, each in a process of its own. */
export function* benchLinearizability(shapes: readonly ClientShape[] = SHAPES): Generator<LinearizabilityBench> {
  const program = fileURLToPath(import.meta.url).replace(/(\.[jt]s)$/, "-case$1");
  for (const shape of shapes) {
    const measured = execFileSync(process.execPath, [program, JSON.stringify(shape)], { encoding: "utf8" });
    yield { ...shape, ...JSON.parse(measured) };
  }
}

/** What Porcupine's histories take in one process, all together. */
export interface CorpusBench {
  readonly histories: number;
  /** To read them and decide them, as Porcupine does. */
  readonly decideMs: number;
  /** To prove what is not linearizable, beyond that. */
  readonly explainMs: number;
  /** Verdicts that are not the known ones. */
  readonly wrong: number;
}

/** Measures the histories of etcd and of a key-value store in a folder; `undefined` if it is not there. */
export async function benchPorcupine(folder: string): Promise<CorpusBench | undefined> {
  if (!existsSync(folder)) return undefined;
  const known: Record<string, { readonly spec: string; readonly linearizable: boolean }> = JSON.parse(
    readFileSync(`${folder}/verdicts.json`, "utf8"),
  );
  const startMs = performance.now();
  const decided = await Promise.all(
    Object.entries(known).map(async ([file, { spec, linearizable }]) => {
      const found = SPECS[spec.split(" ")[0] ?? ""];
      if (found === undefined) throw new Error(`there is no specification ${spec}`);
      const division = divideLinearizability(found);
      const parts = division.parts(await readHistory(`${folder}/${file}`));
      if ("valid" in parts) throw new Error(`${file} cannot be judged`);
      const deadlineMs = performance.now() + DEFAULT_BUDGET.timeMs;
      const outcomes = division.decide(parts, DEFAULT_BUDGET, deadlineMs);
      return { verdict: () => division.conclude(parts, outcomes, DEFAULT_BUDGET, deadlineMs).valid, linearizable };
    }),
  );
  const decidedMs = performance.now();
  const wrong = decided.filter(({ verdict, linearizable }) => verdict() !== linearizable).length;
  return {
    histories: decided.length,
    decideMs: decidedMs - startMs,
    explainMs: performance.now() - decidedMs,
    wrong,
  };
}
