import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import type { ClosingKey, ClosingRead } from "../shared/closing.ts";
import { named } from "../shared/history-index.ts";
import { listOf, malformed } from "../shared/object-checker.ts";
import { who } from "../shared/phrases.ts";
import { canonical, show } from "../shared/values.ts";
import { type KeyJudge, reportProblem } from "./key-judge.ts";

type RegisterType = "lww-register" | "mv-register";

export const judgeRegister =
  (type: RegisterType): KeyJudge =>
  (key, { anomalies, deadline }) => {
    const writes = writesOf(type, key.ops);
    const overwritten = overwrittenBy(type, key, writes);
    const acknowledged = [...writes.values()].filter(({ outcome }) => outcome.type === "ok");
    const [some] = acknowledged;
    const copies = key.finals.map((read) => ({ read, values: valuesIn(type, read.op) }));
    const empty = copies.filter(({ values }) => values.length === 0).map(({ read }) => read);
    if (some !== undefined && empty.length > 0) {
      const why = `${who(some)}, which was acknowledged, so ${named(key.name)} cannot be as if it had never been written`;
      reportProblem(key, { kind: "lost-write", why, wrong: empty, updates: [some], proves: "lost" }, anomalies);
    }
    const wrong = new Map<string, ClosingRead[]>();
    for (const { read, values } of copies)
      for (const value of values) {
        deadline.step();
        const text = canonical(value);
        if (writes.has(text) && !overwritten.has(text)) continue;
        const reads = wrong.get(text);
        if (reads) reads.push(read);
        else wrong.set(text, [read]);
      }
    for (const [value, reads] of wrong) {
      const write = writes.get(value);
      const by = overwritten.get(value);
      if (write === undefined || by === undefined) {
        const why = `nobody ever wrote ${value} to ${named(key.name)}, or that had failed`;
        reportProblem(
          key,
          { kind: "unexpected-value", why, wrong: reads, updates: [], proves: "impossible" },
          anomalies,
        );
        continue;
      }
      const why = `process ${by.process} wrote ${show(by.input)} when its session had ${write.process === by.process ? "written" : "read"} ${show(write.input)}, so that value is overwritten`;
      const proves = by.outcome.type === "ok" ? "lost" : "wrong";
      reportProblem(key, { kind: "lost-write", why, wrong: reads, updates: [write, by], proves }, anomalies);
    }
    return acknowledged.length;
  };

/** Writes that may have happened, by value's canonical text. */
function writesOf(type: RegisterType, ops: readonly Operation[]): Map<string, Operation> {
  const writes = new Map<string, Operation>();
  for (const op of ops) {
    if (op.f === "read" || op.outcome.type === "fail") continue;
    if (op.f !== "write") malformed(op, `a ${type} knows read and write, but not ${op.f}`);
    const value = canonical(op.input ?? malformed(op, "a write of null looks like no write"));
    const other = writes.get(value);
    if (other !== undefined)
      malformed(op, `${value} is written by operation ${other.index}, too; values must be unique`);
    writes.set(value, op);
  }
  return writes;
}

/** What an answered read showed: the one value of a register, all concurrent ones of a multi-value register. */
const valuesIn = (type: RegisterType, op: Operation): readonly Json[] => {
  const value = op.outcome.type === "ok" ? (op.outcome.value ?? null) : null;
  if (type === "mv-register") return listOf(op, value);
  return value === null ? [] : [value];
};

/**
 * For each value that a later write has seen, that write: its session had written or read the value before. Writes of
 * unknown outcome count where their value was seen, for then they have happened.
 */
function overwrittenBy(
  type: RegisterType,
  { ops, finals, plain }: ClosingKey,
  writes: ReadonlyMap<string, Operation>,
): Map<string, Operation> {
  const seen = new Set<string>();
  const closing = [...finals, ...plain].map(({ op }) => op);
  for (const op of [...ops, ...closing])
    if (op.f === "read" && op.outcome.type === "ok") for (const value of valuesIn(type, op)) seen.add(canonical(value));
  const overwritten = new Map<string, Operation>();
  /** By session: the values it has seen since its last write. */
  const known = new Map<number, Set<string>>();
  for (const op of ops) {
    const mine = known.get(op.process) ?? new Set();
    known.set(op.process, mine);
    if (op.f === "read" && op.outcome.type === "ok") for (const value of valuesIn(type, op)) mine.add(canonical(value));
    if (op.f !== "write") continue;
    const value = canonical(op.input ?? null);
    if (writes.get(value) !== op || (op.outcome.type === "info" && !seen.has(value))) continue;
    // What a session reads of its own write's successors says nothing against the write itself.
    for (const old of mine) if (old !== value && writes.has(old) && !overwritten.has(old)) overwritten.set(old, op);
    known.set(op.process, new Set([value]));
  }
  return overwritten;
}
