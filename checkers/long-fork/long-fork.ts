import type { Checker } from "../../src/core/checker.ts";
import type { History } from "../../src/core/history.ts";
import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import { type Anomalies, because } from "../shared/anomalies.ts";
import type { Deadline } from "../shared/deadline.ts";
import { malformed, objectChecker } from "../shared/object-checker.ts";
import { canonical, Interner, isArray, show } from "../shared/values.ts";

export interface LongForkOptions {
  /** How many keys are read together. By default as many as the first read asks for. */
  readonly groupSize?: number;
}

/**
 * Long fork: two reads see two writes in opposite orders (Sovran et al., SOSP 2011, §4; Jepsen, `tests/long_fork`).
 * Transactions are lists of micro-operations `["r", key, value]` and `["w", key, value]`, under any function's name: either
 * one write of a key that nobody else writes, or reads of all keys of one group. Keys are `null` at first.
 *
 * Groups have no key in common, so the history is serializable exactly if the reads of each group can be put in a row in
 * which keys only ever appear, and show what was written; that is what a valid verdict vouches for. `checked` counts the reads of
 * groups that were read more than once.
 */
export function longFork({ groupSize }: LongForkOptions = {}): Checker {
  return objectChecker({
    name: "long-fork",
    tests: ["serializable"],
    judge: (history, anomalies, deadline) => {
      const transactions = transactionsOf(history, deadline);
      let checked = 0;
      for (const group of groupsOf(transactions, groupSize)) {
        if (group.length > 1) checked += group.length;
        findForks(group, transactions, anomalies, deadline);
        for (const read of group) findUnwritten(read, transactions, anomalies);
      }
      return checked > 0 ? checked : "no group of keys was read twice";
    },
  });
}

/** An answered read of a group: its keys, ascending, and what was found under each. */
interface GroupRead {
  readonly op: Operation;
  readonly keys: readonly number[];
  readonly values: readonly Json[];
  /** How many of the values are not `null`. */
  readonly seen: number;
}

interface Transactions {
  /** Numbers the keys. */
  readonly keys: Interner;
  readonly reads: GroupRead[];
  /** By key. */
  readonly writes: (Write | undefined)[];
  readonly failed: (Write | undefined)[];
}

interface Write {
  readonly op: Operation;
  readonly value: Json;
}

type MicroOp = readonly [f: "r" | "w", key: Json, value: Json];

function microOps(op: Operation, value: Json | undefined): readonly MicroOp[] {
  const list = value ?? null;
  if (!isArray(list) || !list.every(isMicroOp))
    return malformed(op, `must be a list of ["r", key, value] and ["w", key, value], not ${show(list)}`);
  return list;
}

const isMicroOp = (value: Json): value is MicroOp =>
  isArray(value) && value.length === 3 && (value[0] === "r" || value[0] === "w");

function transactionsOf(history: History, deadline: Deadline): Transactions {
  const transactions: Transactions = { keys: new Interner(), reads: [], writes: [], failed: [] };
  const { keys, reads, writes, failed } = transactions;
  for (const op of history.ops) {
    deadline.step();
    if (op.final) continue;
    // The input of a read may be left out, the outcome of a write too.
    const ops = microOps(
      op,
      op.outcome.type === "ok" && (op.outcome.value ?? null) !== null ? op.outcome.value : (op.input ?? []),
    );
    if (ops.every(([f]) => f === "r")) {
      if (op.outcome.type === "ok") reads.push(groupRead(op, ops, keys));
      continue;
    }
    const [write, ...others] = ops;
    if (write === undefined || others.length > 0) malformed(op, "a transaction must either write one key or only read");
    const [, name, value] = write;
    if (value === null) malformed(op, "a write of null looks like no write");
    const key = keys.id(name);
    const earlier = writes[key] ?? failed[key];
    if (earlier !== undefined)
      malformed(op, `key ${show(name)} is written by operation ${earlier.op.index}, too; a key must be written once`);
    (op.outcome.type === "fail" ? failed : writes)[key] = { op, value };
  }
  return transactions;
}

function groupRead(op: Operation, ops: readonly MicroOp[], names: Interner): GroupRead {
  const keys: number[] = [];
  const values: Json[] = [];
  let seen = 0;
  for (const [, name, value] of ops) {
    const key = names.id(name);
    let at = keys.length;
    while (at > 0 && (keys[at - 1] as number) > key) at--;
    if (keys[at - 1] === key) malformed(op, "a read must name each key once");
    keys.splice(at, 0, key);
    values.splice(at, 0, value);
    if (value !== null) seen++;
  }
  return { op, keys, values, seen };
}

/** The reads by group. Throws `Malformed` where groups differ in size or overlap. */
function groupsOf({ keys: names, reads }: Transactions, groupSize: number | undefined): GroupRead[][] {
  const size = groupSize ?? reads[0]?.keys.length;
  const groups: GroupRead[][] = [];
  /** By key. */
  const groupOf: (GroupRead[] | undefined)[] = [];
  for (const read of reads) {
    const { op, keys } = read;
    const [first] = keys;
    if (first === undefined || keys.length !== size)
      malformed(op, `must read all ${size ?? 0} keys of a group, not ${keys.length}`);
    const group = groupOf[first];
    if (group === undefined) {
      for (const key of keys)
        if (groupOf[key] !== undefined)
          malformed(
            op,
            `reads ${show(names.values[key] ?? null)}, which is read with other keys, too; groups must not overlap`,
          );
      const begun = [read];
      groups.push(begun);
      for (const key of keys) groupOf[key] = begun;
    } else {
      if (keys.some((key, at) => group[0]?.keys[at] !== key))
        malformed(
          op,
          `reads ${show(names.values[first] ?? null)}, which is read with other keys, too; groups must not overlap`,
        );
      group.push(read);
    }
  }
  return groups;
}

/**
 * Reads in a row, the emptiest first: comparable ones then each see all that the one before saw. Of those that do not, the
 * first is reported with the read that it contradicts. Throws `Malformed` for two values of one key.
 */
function findForks(
  group: readonly GroupRead[],
  { keys: names }: Transactions,
  anomalies: Anomalies,
  deadline: Deadline,
): void {
  const name = (read: GroupRead, at: number): string => show(names.values[read.keys[at] as number] ?? null);
  const shown: (GroupRead | undefined)[] = [];
  let before: GroupRead | undefined;
  for (const read of [...group].sort((a, b) => a.seen - b.seen)) {
    deadline.step();
    let [lost, gained] = [-1, -1];
    for (let at = 0; at < read.values.length; at++) {
      const value = read.values[at] ?? null;
      const had = before?.values[at] ?? null;
      if (value === null && had !== null) lost = at;
      if (value !== null && had === null) gained = at;
      if (value === null) continue;
      const other = shown[at];
      if (other === undefined) shown[at] = read;
      else if (!isEqual(other.values[at] ?? null, value))
        malformed(
          read.op,
          `${name(read, at)} has another value than in operation ${other.op.index}; a key must be written once`,
        );
    }
    if (before !== undefined && lost >= 0 && gained >= 0)
      reportFork(before, read, name(read, lost), name(read, gained), anomalies);
    before = read;
  }
}

const isEqual = (a: Json, b: Json): boolean => a === b || (typeof a === "object" && canonical(a) === canonical(b));

/** `one` saw the write of the key `x` and not that of `y`, `other` that of `y` and not that of `x`. */
function reportFork(one: GroupRead, other: GroupRead, x: string, y: string, anomalies: Anomalies): void {
  const isFirst = one.op.index < other.op.index;
  const [a, b] = isFirst ? [one.op, other.op] : [other.op, one.op];
  const [first, second] = isFirst ? [x, y] : [y, x];
  anomalies.add("long-fork", () => ({
    // Two anti-dependencies, not next to each other, all on items (Adya, PL-2.99).
    rulesOut: ["prefix", "repeatable-read"],
    explanation: `process ${a.process} saw the write of ${first} and not that of ${second}, and process ${b.process} saw that of ${second} and not that of ${first}: whichever was first, one of the two saw the later write without the earlier one.`,
    ops: [a, b],
    because: [
      because(a, b, `${second} was written after operation ${a.index} had looked`),
      because(b, a, `${first} was written after operation ${b.index} had looked`),
    ],
  }));
}

function findUnwritten(
  { op, keys, values }: GroupRead,
  { keys: names, writes, failed }: Transactions,
  anomalies: Anomalies,
): void {
  for (let at = 0; at < keys.length; at++) {
    const value = values[at] ?? null;
    if (value === null) continue;
    const key = keys[at] as number;
    const write = writes[key];
    if (write !== undefined && isEqual(write.value, value)) continue;
    const aborted = failed[key];
    const [kind, why] = aborted
      ? (["aborted-read", `that write failed (operation ${aborted.op.index})`] as const)
      : (["thin-air-read", "nobody wrote that"] as const);
    const raw = names.values[key] ?? null;
    const name = typeof raw === "string" ? raw : show(raw);
    anomalies.add(kind, () => ({
      rulesOut: ["read-committed"],
      key: name,
      explanation: `process ${op.process} read ${show(value)} from ${name}, but ${why}.`,
      ops: aborted ? [aborted.op, op] : [op],
      because: aborted ? [because(aborted.op, op, "failed, but was seen")] : [],
    }));
  }
}
