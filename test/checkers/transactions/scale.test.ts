import { describe, expect, it } from "vitest";
import { transactions } from "../../../checkers/transactions/index.ts";
import { DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import { Random } from "../../../src/core/random.ts";
import { generateTransactions } from "../../bench/transactions.ts";
import { history as toHistory } from "../../support/histories.ts";
import type { Kind } from "./generate.ts";

const SEEDS = 30;
const TRANSACTIONS = 600;
/** So many that columns stand in memory of the other sort (see `memory.ts`), and grow. */
const MANY = 20_000;

type Micro = readonly [string, number, Json];

/** The history with one read as it would have been before the last write that it saw; of those, a random one. */
function withStaleRead(history: History, random: Random): History {
  const isStaleable = ([f, , value]: Micro): boolean =>
    f === "r" && (Array.isArray(value) ? value.length > 0 : value !== null);
  const micros = (at: number): readonly Micro[] => {
    const outcome = history.ops[at]?.outcome;
    return outcome?.type === "ok" ? (outcome.value as unknown as readonly Micro[]) : [];
  };
  const reads = history.ops.flatMap(({ index }) =>
    micros(index).flatMap((micro, m) => (isStaleable(micro) ? [{ index, m }] : [])),
  );
  const { index, m } = random.pick(reads);
  const older = (value: Json): Json =>
    Array.isArray(value) ? value.slice(0, -1) : value === 1 ? null : (value as number) - 1;
  const value = micros(index).map(([f, key, seen], i): Json => (i === m ? [f, key, older(seen)] : [f, key, seen]));
  return {
    ...history,
    ops: history.ops.map((op) => (op.index === index ? { ...op, outcome: { type: "ok", value } } : op)),
  };
}

const strict = (kind: Kind, history: History): boolean | "unknown" => {
  const [checker] = transactions(kind);
  if (checker?.name !== "strict-serializable") throw new Error("the first checker is that of the strongest model");
  return checker.check(history, DEFAULT_BUDGET).valid;
};

describe.each(["list-append", "rw-register"] as const)("%s of 20 clients without think time", (kind) => {
  it("is found strictly serializable where it is, and not where one read is stale", () => {
    const random = new Random(3, kind);
    let [proved, refuted] = [0, 0];
    for (let seed = 0; seed < SEEDS; seed++) {
      const history = generateTransactions(kind, TRANSACTIONS, seed);
      const valid = strict(kind, history);
      expect([valid, seed]).not.toEqual([false, seed]);
      if (valid === true) proved++;
      // Sometimes the stale read is fine: the overwriting transaction may be concurrent and come later.
      if (strict(kind, withStaleRead(history, random)) === false) refuted++;
    }
    expect(proved).toBe(SEEDS);
    expect(refuted).toBeGreaterThan(SEEDS / 2);
  });

  it("is so too where the columns are large", () => {
    const history = generateTransactions(kind, MANY, 5);
    const random = new Random(7, kind);
    expect(strict(kind, history)).toBe(true);
    const refuted = [1, 2, 3].filter(() => strict(kind, withStaleRead(history, random)) === false);
    expect(refuted.length).toBeGreaterThan(0);
  });
});

describe("rw-register of writers that return in the opposite order of their calls", () => {
  const WRITERS = 40;
  /** All write at the same time; afterwards two read, one after the other. */
  const read = (first: number, second: number): boolean | "unknown" => {
    const write = (i: number) => [["w", "x", i]];
    const writes = Array.from({ length: WRITERS }, (_, i) => ({
      p: i,
      f: "txn",
      input: write(i),
      call: i,
      ret: 1000 - i,
      ok: write(i),
    }));
    const reads = [first, second].map((value, i) => ({
      p: WRITERS + i,
      f: "txn",
      input: [["r", "x", null]],
      call: 2000 + 100 * i,
      ret: 2050 + 100 * i,
      ok: [["r", "x", value]],
    }));
    return strict("rw-register", toHistory([...writes, ...reads]));
  };

  it("has any of their values, but no two", () => {
    for (let value = 0; value < WRITERS; value++) {
      expect(read(value, value)).toBe(true);
      expect(read(value, (value + 1) % WRITERS)).toBe(false);
    }
  });
});
