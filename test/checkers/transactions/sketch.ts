import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import { history } from "../../support/histories.ts";

/** A transaction in few words: `a x 1` appends, `w x 1` writes, `r x [1,2]` reads; what follows a `;` comes next. */
export interface TxnSketch {
  readonly p?: number;
  readonly at?: readonly [number, number];
  readonly does: string;
  readonly fate?: "fail" | "info";
}

/** One after the other in time if no times are given, each in a session of its own if no process is. */
export function sketched(...txns: readonly (string | TxnSketch)[]): History {
  return history(
    txns.map((given, i) => {
      const {
        p = i,
        at = [10 * i, 10 * i + 5],
        does,
        fate,
      }: TxnSketch = typeof given === "string" ? { does: given, at: [0, 100] } : given;
      const micros = does
        .split(";")
        .filter((text) => text.trim() !== "")
        .map((text): Json => {
          const [f = "", key = "", value = "null"] = text.trim().split(/\s+/);
          return [f === "a" ? "append" : f, key, JSON.parse(value)];
        });
      const common = { p, f: "txn", input: micros, call: at[0] };
      if (fate === "info") return common;
      return fate === "fail" ? { ...common, ret: at[1], fail: "aborted" } : { ...common, ret: at[1], ok: micros };
    }),
  );
}
