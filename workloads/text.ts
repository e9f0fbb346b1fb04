import * as fc from "fast-check";
import { availability, KINDS, textSpec } from "../checkers/index.ts";
import type { Workload } from "../src/core/workload.ts";
import { readEveryKey, schedule } from "./schedule.ts";

/** All write near the beginning, so that they often write at one place. */
const LAST_POSITION = 6;
/** Most characters that are typed at one go. */
const LONGEST = 3;
/** How far back the character lies that is to be deleted: younger ones have often not arrived, older ones are often gone. */
const DELETES = { min: 2, max: 12 };
/** So long a node that was started or thawed may take until it serves again. */
const RECOVERY_MS = 500;

const choices = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      f: fc.constant("insert" as const),
      at: fc.nat({ max: LAST_POSITION }),
      length: fc.integer({ min: 1, max: LONGEST }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ f: fc.constant("delete" as const), lag: fc.integer(DELETES) }) },
  { weight: 2, arbitrary: fc.record({ f: fc.constant("read" as const) }) },
);

/** Texts that several people write at once (Attiya et al., PODC 2016): every character is typed once, and known by its number. */
export const text: Workload = {
  name: "text",
  description:
    "insert a few characters at once into texts, delete single ones, and read; every character is typed once",
  spec: textSpec,
  plan: (options) =>
    schedule(options, choices, (choice, state) => {
      const { key, lastValue } = state;
      if (choice.f === "read") return { f: "read", key, input: null };
      if (choice.f === "delete") return { f: "delete", key, input: { id: Math.max(1, lastValue - choice.lag) } };
      state.lastValue += choice.length;
      const ids = Array.from({ length: choice.length }, (_, i) => lastValue + 1 + i);
      return { f: "insert", key, input: { at: choice.at, ids } };
    }),
  closingReads: readEveryKey,
  // That one can always write is why people bear with copies that differ.
  checkers: [...(KINDS.text?.checkers() ?? []), availability({ recoveryMs: RECOVERY_MS })],
};
