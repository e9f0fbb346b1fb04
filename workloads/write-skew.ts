import * as fc from "fast-check";
import { transactions, weakIsolation } from "../checkers/index.ts";
import { multiRegister } from "../checkers/specs/index.ts";
import type { Workload } from "../src/core/workload.ts";
import { schedule } from "./schedule.ts";

/** Transactions of one pair. Few, so that the values of most are read before they are overwritten. */
const PER_PAIR = 8;

const side = fc.constantFrom("a", "b");

/**
 * Pairs of registers: each transaction reads both and writes one of them. Two that each read what the other overwrites are
 * a write skew, which snapshots alone do not prevent (Berenson et al., A Critique of ANSI SQL Isolation Levels, SIGMOD
 * 1995, A5B): two doctors who both go off duty because the other is on.
 */
export const writeSkew: Workload = {
  name: "write-skew",
  description: "transactions that read a pair of registers and write one of them",
  spec: multiRegister,
  kind: "rw-register",
  plan: (options) =>
    schedule(options, side, (mine, key) => {
      const pair = `${key.key}.${Math.floor(key.lastValue / PER_PAIR)}`;
      key.lastValue++;
      return {
        f: "txn",
        input: [
          ["r", `${pair}.a`, null],
          ["r", `${pair}.b`, null],
          ["w", `${pair}.${mine}`, key.lastValue],
        ],
      };
    }),
  closingReads: () => [],
  checkers: [...transactions("rw-register"), ...weakIsolation],
};
