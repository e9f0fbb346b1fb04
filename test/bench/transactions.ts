import { judge } from "../../checkers/judge.ts";
import { transactions } from "../../checkers/transactions/index.ts";
import { DEFAULT_BUDGET } from "../../src/core/checker.ts";
import type { History } from "../../src/core/history.ts";
import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import { Random } from "../../src/core/random.ts";

/** What one benchmark of the transaction checkers measured. */
export interface TransactionBench {
  readonly name: string;
  readonly transactions: number;
  readonly checkMs: number;
  /** Memory of the process after the check, MiB, the history included. */
  readonly residentMiB: number;
  /** The strongest model that held. */
  readonly verdict: string;
}

type Kind = "list-append" | "rw-register";

const CLIENTS = 20;
const KEYS = 64;
const WRITES_PER_KEY = 32;
const MICROS = 4;

/**
 * A strictly serializable history: 20 clients without think time; each transaction takes effect at a random instant inside
 * it, and has 4 micro-operations on 64 keys at a time, each of which is replaced once it was written 32 times.
 */
export function generateTransactions(kind: Kind, count: number, seed = 1): History {
  const random = new Random(seed, kind);
  const callNs = new Float64Array(count);
  const atNs = new Float64Array(count);
  const returnNs = new Float64Array(count);
  const process = new Int32Array(count);
  const freeAt = new Float64Array(CLIENTS);
  for (let t = 0; t < count; t++) {
    let client = 0;
    for (let c = 1; c < CLIENTS; c++) if ((freeAt[c] as number) < (freeAt[client] as number)) client = c;
    callNs[t] = (freeAt[client] as number) + 1 + random.below(10);
    atNs[t] = (callNs[t] as number) + 1 + random.below(1000);
    returnNs[t] = (atNs[t] as number) + 1 + random.below(1000);
    freeAt[client] = returnNs[t] as number;
    process[t] = client;
  }
  const effects = Int32Array.from({ length: count }, (_, t) => t).sort(
    (a, b) => (atNs[a] as number) - (atNs[b] as number),
  );
  const inputs: Json[] = new Array(count);
  const outputs: Json[] = new Array(count);
  const keys = Array.from({ length: KEYS }, (_, k) => ({ name: k, written: 0, list: [] as number[] }));
  let names = KEYS;
  for (const t of effects) {
    const input: Json[] = [];
    const output: Json[] = [];
    for (let m = 0; m < MICROS; m++) {
      const slot = random.below(KEYS);
      const key = keys[slot] as (typeof keys)[number];
      if (random.chance(0.5)) {
        const value = kind === "list-append" ? [...key.list] : key.written || null;
        input.push(["r", key.name, null]);
        output.push(["r", key.name, value]);
        continue;
      }
      key.written++;
      if (kind === "list-append") key.list.push(key.written);
      const micro = [kind === "list-append" ? "append" : "w", key.name, key.written];
      input.push(micro);
      output.push(micro);
      if (key.written === WRITES_PER_KEY) keys[slot] = { name: names++, written: 0, list: [] };
    }
    inputs[t] = input;
    outputs[t] = output;
  }
  const ops = outputs.map(
    (value, index): Operation => ({
      index,
      process: process[index] as number,
      node: "",
      f: "txn",
      input: inputs[index] as Json,
      callNs: callNs[index] as number,
      returnNs: returnNs[index] as number,
      outcome: { type: "ok", value },
    }),
  );
  return { ops, faults: [], meta: { version: 1 } };
}

/** Times the isolation checkers of a kind, all models at once. */
export function benchTransactions(kind: Kind, sizes: readonly number[] = [100_000, 1_000_000]): TransactionBench[] {
  return sizes.map((count) => {
    const history = generateTransactions(kind, count);
    const started = performance.now();
    const verdicts = judge(history, transactions(kind), DEFAULT_BUDGET);
    const checkMs = performance.now() - started;
    const held = verdicts.find(({ verdict }) => verdict === "valid");
    return {
      name: `${kind}, strict serializable`,
      transactions: count,
      checkMs,
      residentMiB: process.memoryUsage().rss / 2 ** 20,
      verdict: held?.model ?? "unknown",
    };
  });
}
