import { Deadline } from "../../../../checkers/shared/deadline.ts";
import { transactionsOf } from "../../../../checkers/transactions/columns.ts";
import type { Demands } from "../../../../checkers/transactions/weak/demands.ts";
import { type Facts, gather } from "../../../../checkers/transactions/weak/facts.ts";
import { type Layer, topologicalOrder } from "../../../../checkers/transactions/weak/layers.ts";
import { type Sessions, sessionsOf, type Writes, writesOf } from "../../../../checkers/transactions/weak/sessions.ts";
import { DEFAULT_BUDGET } from "../../../../src/core/checker.ts";
import { sketched, type TxnSketch } from "../sketch.ts";

/** What the checks of weak isolation start from. */
export interface Gathered {
  readonly facts: Facts;
  readonly sessions: Sessions;
  readonly writes: Writes;
  /** In the order of sessions and reads. */
  readonly order: Int32Array;
}

/**
 * Transactions one after the other; `3: w x 1` is one of process 3, and `3: w x 1!` one that failed. `fate` says which
 * other ones did not commit.
 */
export function gathered(texts: readonly string[], fate: Readonly<Record<number, "fail" | "info">> = {}): Gathered {
  const sketches = texts.map((text, i): TxnSketch => {
    const [p = "", does = ""] = text.split(":");
    const ended = does.includes("!") ? "fail" : fate[i];
    return { p: Number(p), does: does.replace("!", ""), ...(ended === undefined ? {} : { fate: ended }) };
  });
  const txns = transactionsOf(sketched(...sketches), "rw-register");
  if ("malformed" in txns) throw new Error(txns.malformed);
  const facts = gather(txns, new Deadline(DEFAULT_BUDGET));
  const sessions = sessionsOf(facts);
  const { order } = topologicalOrder(txns.count, [sessions.so, facts.wr]);
  return { facts, sessions, order, writes: writesOf(facts, sessions) };
}

/** The edges of a layer: from which node to which. */
export const edgesOf = ({ heads, targets }: Layer): (readonly [number, number])[] =>
  Array.from(targets, (to, e) => [heads.findLastIndex((head) => head <= e), to] as const);

/** `0 < 1`: transaction 0 commits before 1. `0 missed by 1 of x`: 1 found `x` unwritten. In order. */
export function told({ layer, missed }: Demands, keyNames: readonly string[]): string[] {
  const edges = edgesOf(layer).map(([from, to]) => `${from} < ${to}`);
  const misses = missed.map(({ writer, reader, key }) => `${writer} missed by ${reader} of ${keyNames[key]}`);
  return [...edges, ...misses].sort();
}
