import { expect } from "vitest";
import type { History } from "../../../src/core/history.ts";

/** One transaction a line: process, times, outcome, micro-operations. */
export const inWords = ({ ops }: History): string =>
  ops
    .map(({ process, callNs, returnNs, input, outcome }) => {
      const micros = JSON.stringify(outcome.type === "ok" ? outcome.value : input);
      return `${process} ${callNs}-${returnNs} ${outcome.type} ${micros}`;
    })
    .join("\n");

/** Fails, with the history, if two lists are not the same. */
export function sameLines(of: { readonly history: History }, found: readonly unknown[], expected: readonly unknown[]) {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  if (one !== other) expect.fail(`found ${one}\nexpected ${other}\n${inWords(of.history)}`);
}
