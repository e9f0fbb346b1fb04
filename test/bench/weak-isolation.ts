import { weakIsolation } from "../../checkers/transactions/weak/index.ts";
import { DEFAULT_BUDGET } from "../../src/core/checker.ts";
import type { History } from "../../src/core/history.ts";
import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import { Random } from "../../src/core/random.ts";

export interface WeakIsolationBench {
  readonly name: string;
  readonly transactions: number;
  readonly checkMs: number;
  readonly verdict: string;
}

const SESSIONS = 20;
const KEYS = 64;
/** A key is replaced by a new one after so many writes, as in Elle's workloads. */
const WRITES_PER_KEY = 128;
const MICRO_OPERATIONS = 4;

/** Registers under a strictly serializable store: every transaction takes effect at one instant inside it. */
export function serializableHistory(transactions: number): History {
  const random = new Random(1, `weak isolation ${transactions}`);
  const freeAt = new Array<number>(SESSIONS).fill(0);
  const planned = Array.from({ length: transactions }, () => {
    const process = freeAt.indexOf(Math.min(...freeAt));
    const callNs = (freeAt[process] ?? 0) + 1 + random.below(10);
    const atNs = callNs + 1 + random.below(1000);
    const returnNs = atNs + 1 + random.below(1000);
    freeAt[process] = returnNs;
    return { process, callNs, atNs, returnNs, micros: [] as Json[] };
  });
  const active = Array.from({ length: KEYS }, (_, i) => i);
  const writes = new Array<number>(KEYS).fill(0);
  const values = new Map<number, number>();
  let nextKey = KEYS;
  for (const { micros } of planned.toSorted((a, b) => a.atNs - b.atNs))
    for (let m = 0; m < MICRO_OPERATIONS; m++) {
      const slot = random.below(KEYS);
      const key = active[slot] as number;
      if (random.chance(0.5)) {
        micros.push(["r", key, values.get(key) ?? null]);
        continue;
      }
      const value = (values.get(key) ?? 0) + 1;
      values.set(key, value);
      micros.push(["w", key, value]);
      writes[slot] = (writes[slot] ?? 0) + 1;
      if (writes[slot] === WRITES_PER_KEY) {
        active[slot] = nextKey++;
        writes[slot] = 0;
      }
    }
  const ops = planned
    .toSorted((a, b) => a.callNs - b.callNs)
    .map(
      ({ process, callNs, returnNs, micros }, index): Operation => ({
        index,
        process,
        node: "",
        f: "txn",
        input: micros,
        callNs,
        returnNs,
        outcome: { type: "ok", value: micros },
      }),
    );
  return { ops, faults: [], meta: { version: 1 } };
}

/** Times each checker by itself, with the conversion to columns, and then all of them together. */
export function benchWeakIsolation(sizes: readonly number[] = [100_000, 1_000_000]): WeakIsolationBench[] {
  return sizes.flatMap((transactions) => {
    const history = serializableHistory(transactions);
    const time = (name: string, checkers: typeof weakIsolation): WeakIsolationBench => {
      // Checkers share what they found out about a history, so each gets one of its own.
      const own = { ...history };
      const started = performance.now();
      const verdicts = checkers.map((checker) => checker.check(own, DEFAULT_BUDGET).valid);
      return { name, transactions, checkMs: performance.now() - started, verdict: [...new Set(verdicts)].join(" ") };
    };
    return [
      ...weakIsolation.map((checker) => time(`${checker.name}, registers`, [checker])),
      time("all of these", weakIsolation),
    ];
  });
}
