import type { Anomaly, Checker } from "../../src/core/checker.ts";
import { Anomalies } from "../shared/anomalies.ts";
import { type ClosingKey, decidedKeys } from "../shared/closing.ts";
import type { DataType } from "../shared/values.ts";
import { lostAppends } from "./list.ts";
import { lostWrites } from "./register.ts";
import { lostAdds } from "./set.ts";

const JUDGES = { list: lostAppends, register: lostWrites, set: lostAdds } as const;

/**
 * Durability: no acknowledged write is lost. Judged by what the closing reads of a key find, on keys for which more than
 * half of the nodes answered (where the history names the nodes).
 *
 * - `list`: an acknowledged append that no closing read of its key shows is lost. One that only some nodes show is not
 *   lost, but diverged: that is for `convergence`.
 * - `set`: the same for an acknowledged add, unless a remove may have taken the element out again.
 * - `register`: a write may rightly have been overwritten, so only what is certain is reported; see `lostWrites`.
 *
 * `checked` counts the acknowledged writes on the keys that could be judged.
 */
export function durability(type: DataType | "set"): Checker {
  return {
    name: "durability",
    tests: ["durable"],
    check: (history) => {
      const anomalies = new Anomalies();
      const keys = decidedKeys(history);
      const judge = JUDGES[type];
      const checked = keys.reduce((sum, key) => sum + judge(key, anomalies), 0);
      const [first, ...rest] = anomalies.list;
      if (first) return { valid: false, checked, anomalies: [first, ...rest] satisfies [Anomaly, ...Anomaly[]] };
      if (checked > 0) return { valid: true, checked };
      return { valid: "unknown", why: "vacuous", detail: vacuous(type, keys) };
    },
  };
}

function vacuous(type: DataType | "set", keys: readonly ClosingKey[]): string {
  if (keys.length === 0) return "no key was read at the end by enough nodes, with nobody writing it any more";
  return type !== "register"
    ? `no key that was read at the end had an acknowledged ${type === "list" ? "append" : "add"} that must still be there`
    : "no key that was read at the end had an acknowledged write, or it cannot be told what its closing reads prove";
}
