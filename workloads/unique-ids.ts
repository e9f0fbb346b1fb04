import * as fc from "fast-check";
import { checkersFor } from "../checkers/index.ts";
import { uniqueIds as spec } from "../checkers/specs/index.ts";
import type { Workload } from "../src/core/workload.ts";
import { schedule } from "./schedule.ts";

/** Identifiers: no two that were handed out may be the same (Maelstrom's unique-ids). */
export const uniqueIds: Workload = {
  name: "unique-ids",
  description: "generate identifiers, no two of which may be the same",
  spec,
  plan: (options) => schedule(options, fc.constant("generate"), (f) => ({ f, input: null })),
  // There is nothing to read.
  closingReads: () => [],
  checkers: checkersFor(spec),
};
