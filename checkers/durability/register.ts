import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import { type Anomalies, because } from "../shared/anomalies.ts";
import type { ClosingKey, ClosingRead } from "../shared/closing.ts";
import { effectOf } from "../shared/effects.ts";
import { named } from "../shared/history-index.ts";
import { who } from "../shared/phrases.ts";
import { canonical, show } from "../shared/values.ts";
import { acknowledgedBy } from "./list.ts";

/**
 * Reports a write that is certainly lost: all closing reads agree on a value, and this write was called after the write
 * of that value had been acknowledged (or the value is the initial one). So the register should hold what it wrote, or
 * something later still. A list that nobody wrote stands for siblings, values that were written concurrently; then the
 * write was called after those of all of them. Nothing is certain if the closing reads differ, if a value was written
 * twice or by nobody, or if the outcome of its write is unknown: that may have taken effect last.
 *
 * Of several such writes the last is named, for it may have overwritten the others.
 *
 * Returns the number of acknowledged writes of the key; 0 if nothing is certain.
 */
export function lostWrites({ name, finals, plain, ops }: ClosingKey, anomalies: Anomalies): number {
  const reads = [...finals, ...plain];
  const [read] = reads;
  const writes = ops.filter(({ outcome }) => outcome.type !== "fail").flatMap(writeOf);
  const acknowledged = writes.filter(({ op }) => op.outcome.type === "ok");
  if (!read || reads.some(({ value }) => canonical(value) !== canonical(read.value))) return 0;
  const writers = writersOf(read.value, writes);
  if (writers === undefined || writers.some(({ outcome }) => outcome.type === "info")) return 0;
  const later = acknowledged.filter(({ op }) => writers.every(({ returnNs }) => op.callNs > returnNs));
  const lost = later.at(-1)?.op;
  if (lost) report(name, lost, writers, read, reads, later.length - 1, anomalies);
  return acknowledged.length;
}

interface Write {
  readonly op: Operation;
  readonly value: string;
}

/** Who wrote what was found: nobody the initial value, one any other, one each of siblings. `undefined` if that is not so. */
function writersOf(found: Json, writes: readonly Write[]): Operation[] | undefined {
  if (found === null) return [];
  const of = (value: Json): Write[] => writes.filter((write) => write.value === canonical(value));
  const values = Array.isArray(found) && found.length > 0 && of(found).length === 0 ? (found as Json[]) : [found];
  const writers = values.map(of);
  return writers.every(({ length }) => length === 1) ? writers.flat().map(({ op }) => op) : undefined;
}

function writeOf(op: Operation): Write[] {
  const effect = effectOf("register", op);
  return "wrong" in effect || effect.wrote === undefined ? [] : [{ op, value: canonical(effect.wrote) }];
}

function report(
  key: string,
  lost: Operation,
  writers: readonly Operation[],
  read: ClosingRead,
  reads: readonly ClosingRead[],
  others: number,
  anomalies: Anomalies,
): void {
  const held = show(read.value);
  const [writer] = writers;
  const earlier =
    writer === undefined
      ? ", as if it had never been written"
      : writers.length > 1
        ? ", all of which had been acknowledged before that"
        : `, which process ${writer.process} had written before: ${acknowledgedBy(writer)}`;
  const more = others > 0 ? ` (${others} more ${others === 1 ? "write" : "writes"} after it may be lost too)` : "";
  anomalies.add("lost-write", () => ({
    rulesOut: ["durable"],
    key,
    explanation: `${who(lost)} and ${acknowledgedBy(lost)}, but at the end every copy of ${named(key)} that answered holds ${held}${earlier}${more}.`,
    ops: [...writers, lost, ...reads.map(({ op }) => op)],
    because: [
      ...writers.map((one) =>
        because(one, lost, `${inputOf(one)} had been acknowledged before ${inputOf(lost)} was called`),
      ),
      ...reads.map(({ op }) => because(lost, op, `${inputOf(lost)} was acknowledged, but ${held} was found`)),
    ],
  }));
}

const inputOf = ({ f, input }: Operation): string =>
  show(f === "cas" && Array.isArray(input) ? (input[1] as Json) : input);
