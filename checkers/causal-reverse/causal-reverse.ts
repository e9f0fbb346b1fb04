import type { Checker } from "../../src/core/checker.ts";
import type { Operation } from "../../src/core/operation.ts";
import { type Anomalies, because } from "../shared/anomalies.ts";
import type { Deadline } from "../shared/deadline.ts";
import { listOf, malformed, objectChecker, operationsByKey } from "../shared/object-checker.ts";
import { Interner, show } from "../shared/values.ts";

/** Functions that put in a value; Jepsen calls it `write`, a set `add`. */
const INSERTS: readonly string[] = ["write", "add", "insert"];

/**
 * Causal reverse: a read sees a write, but not another one that had been acknowledged before the first was called (Jepsen,
 * `tests/causal_reverse`, found in CockroachDB). Operations are `write` (or `add`, `insert`) of a value that no other
 * operation on the key writes, and `read` of the list of all values.
 *
 * A valid verdict vouches for no model. `checked` counts answered reads that saw something. Closing reads are left out.
 */
export function causalReverse(): Checker {
  return objectChecker({
    name: "causal-reverse",
    tests: [],
    judge: (history, anomalies, deadline) => {
      let checked = 0;
      for (const [key, ops] of operationsByKey(history)) checked += judgeKey(key, ops, anomalies, deadline);
      return checked > 0 ? checked : "no read saw a value";
    },
  });
}

function judgeKey(key: string, ops: readonly Operation[], anomalies: Anomalies, deadline: Deadline): number {
  const values = new Interner();
  const { writers, failed, reads } = sort(ops, values);
  const acknowledged = writers
    .filter((op): op is Operation => op?.outcome.type === "ok")
    .sort((a, b) => a.returnNs - b.returnNs);
  const valueOfAck = Int32Array.from(acknowledged, ({ input }) => values.id(input ?? null));
  const returnNsOfAck = Float64Array.from(acknowledged, ({ returnNs }) => returnNs);
  const seenBy = new Int32Array(values.values.length).fill(-1);
  let checked = 0;
  for (let r = 0; r < reads.length; r++) {
    const { op, saw } = reads[r] as SetRead;
    deadline.step();
    let last: Operation | undefined;
    for (let i = 0; i < saw.length; i++) {
      const value = saw[i] as number;
      seenBy[value] = r;
      const writer = writers[value];
      if (writer === undefined) reportUnwritten(key, op, values, value, failed[value], anomalies);
      else if (last === undefined || writer.callNs > last.callNs) last = writer;
    }
    if (last === undefined) continue;
    checked++;
    // All that was acknowledged before the latest of the writes seen was called: no more than were seen, or one is missing.
    for (let i = 0; i < returnNsOfAck.length && (returnNsOfAck[i] as number) < last.callNs; i++) {
      if (seenBy[valueOfAck[i] as number] === r) continue;
      reportReverse(key, acknowledged[i] as Operation, last, op, anomalies);
      break;
    }
  }
  return checked;
}

/** An answered read of all values, as their numbers. */
interface SetRead {
  readonly op: Operation;
  readonly saw: Int32Array;
}

interface Sorted {
  /** By value's number: who wrote it, or was to and failed. */
  readonly writers: (Operation | undefined)[];
  readonly failed: (Operation | undefined)[];
  readonly reads: SetRead[];
}

function sort(ops: readonly Operation[], values: Interner): Sorted {
  const sorted: Sorted = { writers: [], failed: [], reads: [] };
  for (const op of ops) {
    if (op.final) continue;
    if (INSERTS.includes(op.f)) {
      const value = values.id(op.input ?? null);
      if (op.outcome.type === "fail") {
        sorted.failed[value] = op;
        continue;
      }
      const other = sorted.writers[value];
      if (other !== undefined)
        malformed(op, `${show(op.input)} is written by operation ${other.index}, too; values must be unique`);
      sorted.writers[value] = op;
    } else if (op.outcome.type !== "fail" && op.f !== "read") {
      malformed(op, `must be read or one of ${INSERTS.join(", ")}`);
    } else if (op.outcome.type === "ok") {
      sorted.reads.push({ op, saw: Int32Array.from(listOf(op, op.outcome.value), (value) => values.id(value)) });
    }
  }
  return sorted;
}

function reportUnwritten(
  key: string,
  read: Operation,
  values: Interner,
  value: number,
  failed: Operation | undefined,
  anomalies: Anomalies,
): void {
  const shown = show(values.values[value] ?? null);
  anomalies.add("thin-air-read", () => ({
    rulesOut: ["causal-cc", "pram"],
    key,
    explanation: `process ${read.process} saw ${shown}, but ${failed ? `the only write of it failed (operation ${failed.index})` : "nobody wrote that"}.`,
    ops: failed ? [failed, read] : [read],
    because: failed ? [because(failed, read, "failed, but was seen")] : [],
  }));
}

function reportReverse(key: string, missing: Operation, seen: Operation, read: Operation, anomalies: Anomalies): void {
  const same = missing.process === seen.process;
  anomalies.add("causal-reverse", () => ({
    rulesOut: same ? ["causal-cc", "monotonic-writes"] : ["linearizable", "strong-snapshot-isolation"],
    key,
    explanation: `process ${seen.process} wrote ${show(seen.input)} when ${same ? "its own write" : `process ${missing.process}'s write`} of ${show(missing.input)} had been acknowledged, yet process ${read.process} saw the later one, ${show(seen.input)}, without the earlier one.`,
    ops: [missing, seen, read],
    because: [
      because(
        missing,
        seen,
        `${show(missing.input)} was acknowledged before the write of ${show(seen.input)} was called`,
      ),
      because(seen, read, `${show(seen.input)} was seen`),
      because(read, missing, `${show(missing.input)} was not`),
    ],
  }));
}
