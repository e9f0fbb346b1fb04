import {
  convergence,
  counter as counterBounds,
  crdt,
  linearizability,
  monotonicReads,
  readYourWrites,
} from "../checkers/index.ts";
import type { Workload } from "../src/core/workload.ts";
import { counter } from "./counter.ts";

/** Counters without coordination that only grow (Maelstrom's g-counter). To search for one order of all would cost much. */
export const gCounter: Workload = {
  ...counter,
  name: "g-counter",
  description: "increment counters by one, and read them; each node may count by itself",
  checkers: [
    linearizability(counter.spec),
    readYourWrites("counter"),
    monotonicReads("counter"),
    counterBounds(),
    crdt("g-counter"),
    convergence(),
  ],
};
