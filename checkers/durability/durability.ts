import type { Anomaly, Checker } from "../../src/core/checker.ts";
import { Anomalies } from "../shared/anomalies.ts";
import { type ClosingKey, closingKeys } from "../shared/closing.ts";
import type { DataType } from "../shared/values.ts";
import { lostAppends } from "./list.ts";
import { lostWrites } from "./register.ts";

/**
 * Durability: no acknowledged write is lost. Judged by what the closing reads of a key find, on keys for which more than
 * half of the nodes answered (where the history names the nodes).
 *
 * - `list`: an acknowledged append that no closing read of its key shows is lost. One that only some nodes show is not
 *   lost, but diverged: that is for `convergence`.
 * - `register`: a write may rightly have been overwritten, so only what is certain is reported; see `lostWrites`.
 *
 * `checked` counts the acknowledged writes on the keys that could be judged.
 */
export function durability(type: DataType): Checker {
  return {
    name: "durability",
    tests: ["durable"],
    check: (history) => {
      const anomalies = new Anomalies();
      const quorum = Math.floor((history.meta.nodes?.length ?? 0) / 2) + 1;
      const keys = closingKeys(history).filter(
        ({ finals }) => history.meta.nodes === undefined || finals.length >= quorum,
      );
      const judge = type === "list" ? lostAppends : lostWrites;
      const checked = keys.reduce((sum, key) => sum + judge(key, anomalies), 0);
      const [first, ...rest] = anomalies.list;
      if (first) return { valid: false, checked, anomalies: [first, ...rest] satisfies [Anomaly, ...Anomaly[]] };
      if (checked > 0) return { valid: true, checked };
      return { valid: "unknown", why: "vacuous", detail: vacuous(type, keys) };
    },
  };
}

function vacuous(type: DataType, keys: readonly ClosingKey[]): string {
  if (keys.length === 0) return "no key was read at the end by enough nodes, with nobody writing it any more";
  return type === "list"
    ? "no key that was read at the end had an acknowledged append"
    : "no key that was read at the end had an acknowledged write, or it cannot be told what its closing reads prove";
}
