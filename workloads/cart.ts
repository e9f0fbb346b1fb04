import * as fc from "fast-check";
import { convergence, crdt, durability, linearizability, setFull } from "../checkers/index.ts";
import { set as spec } from "../checkers/specs/index.ts";
import type { Workload } from "../src/core/workload.ts";
import { readEveryKey, schedule } from "./schedule.ts";

/** How many of the latest elements are added again, and removed. */
const RECENT = 4;

const recent = fc.nat({ max: RECENT - 1 });
const choices = fc.oneof(
  fc.record({ f: fc.constant("read" as const), back: fc.constant(0) }),
  fc.record({ f: fc.constant("remove" as const), back: recent }),
  fc.record({ f: fc.constant("add" as const), back: fc.oneof(fc.constant(-1), recent) }),
);

/**
 * Shopping carts: sets whose elements are removed and added again, by several clients (DeCandia et al., "Dynamo", SOSP 2007,
 * §4.4). What comes back after it was removed, and what is gone though a remove never saw it.
 */
export const cart: Workload = {
  name: "cart",
  description: "add elements to sets, remove them and add them again, and read the whole of them",
  spec,
  plan: (options) =>
    schedule(options, choices, ({ f, back }, key) => {
      if (f === "read") return { f, key: key.key, input: null };
      if (f === "add" && back < 0) return { f, key: key.key, input: ++key.lastValue };
      return { f, key: key.key, input: Math.max(1, key.lastValue - back) };
    }),
  closingReads: readEveryKey,
  // That a removed element is missing does not tell whether its add was seen: nothing is to be said of sessions and causes.
  checkers: [
    linearizability(spec),
    setFull({ linearizable: true }),
    crdt("or-set"),
    convergence("set"),
    durability("set"),
  ],
};
