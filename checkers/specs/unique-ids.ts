import type { Spec } from "../../src/core/spec.ts";
import { describeItems, sorted, yielded } from "./shared.ts";

/** `generate` yields a value that it has never yielded before (Maelstrom's unique-ids). */
export const uniqueIds: Spec<readonly string[]> = {
  name: "unique-ids",
  functions: { generate: "input null, output the identifier" },
  init: () => [],
  step(s, _, outcome) {
    const id = yielded(outcome);
    if (id === undefined) return s;
    return s.includes(id) ? undefined : sorted([...s, id]);
  },
  key: (s) => s.join(),
  describe: (s) => `used: ${describeItems(s)}`,
  isRead: () => false,
  observes: () => false,
  changesNothing: (_, outcome) => outcome.type !== "ok",
  without: (op, gone) => (op.outcome.type === "ok" && gone(op.outcome.value) ? undefined : op),
  perKey: false,
};
