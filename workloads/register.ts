import * as fc from "fast-check";
import { checkersFor } from "../checkers/index.ts";
import { casRegister } from "../checkers/specs/index.ts";
import type { Workload } from "../src/core/workload.ts";
import { readEveryKey, schedule } from "./schedule.ts";

/** How far back the expected value of a compare-and-set may lie: small, so that a fair share of them succeed. */
const MAX_CAS_LAG = 3;

const choices = fc.oneof(
  { weight: 5, arbitrary: fc.record({ f: fc.constant("read" as const) }) },
  { weight: 3, arbitrary: fc.record({ f: fc.constant("write" as const) }) },
  { weight: 2, arbitrary: fc.record({ f: fc.constant("cas" as const), lag: fc.nat({ max: MAX_CAS_LAG }) }) },
);

/** Registers, several at a time: clients read, write and compare-and-set. Every value is written at most once per key. */
export const register: Workload = {
  name: "register",
  description: "read, write and compare-and-set registers; values are unique per key",
  spec: casRegister,
  plan: (options) =>
    schedule(options, choices, (choice, key) => {
      if (choice.f === "read") return { f: "read", key: key.key, input: null };
      const value = ++key.lastValue;
      if (choice.f === "write") return { f: "write", key: key.key, input: value };
      const expected = value - 1 - choice.lag;
      return { f: "cas", key: key.key, input: [expected > 0 ? expected : null, value] };
    }),
  closingReads: readEveryKey,
  checkers: checkersFor(casRegister),
};
