import type { Operation } from "../../../src/core/operation.ts";
import { deltaOf } from "../../specs/counter.ts";
import type { Algorithm, Decision } from "../algorithm.ts";
import { Heap } from "./shared/heap.ts";
import { decideInTime, refuted, type Until } from "./shared/timeline.ts";

/**
 * Counters. Where all changes are by the same amount a history is decided exactly: changes are interchangeable, so the one
 * that has to return first happens first; and each happens as late as it can, when it returns or when a read that returns
 * shows it. A read is right if the counter had its value at some moment while it ran. (Deadlines, as in scheduling: Jackson's
 * rule.) Where the amounts differ it is the question which of them add up to what was read, and only this is looked at: that
 * no read is below what it must be at least, or above what it can be at most. If all are in between the algorithm declines.
 */
export const counterAlgorithm: Algorithm = {
  name: "counter",
  specs: ["counter"],
  source:
    "Jackson, Scheduling a production line to minimize maximum tardiness, 1955; bounds as in Jepsen's counter checker",
  decide(_, ops) {
    const columns = read(ops);
    if ("type" in columns) return columns;
    return decideInTime(ops, (until, completed) => {
      if (columns.step === undefined) return decideBounds(ops, columns, until);
      return decideSteps(ops, columns, columns.step, until) ?? { type: "linearizable", placed: completed };
    });
  },
};

const READ = 0;
const CHANGE = 1;
/** A change of unknown outcome. */
const MAYBE = 2;
const NOTHING = 3;

interface Columns {
  readonly kinds: Uint8Array;
  /** What a read saw, or by how much the counter changes. */
  readonly amounts: Float64Array;
  /** By how much all changes change the counter, if they agree. */
  readonly step: number | undefined;
}

function read(ops: readonly Operation[]): Columns | Decision {
  const kinds = new Uint8Array(ops.length);
  const amounts = new Float64Array(ops.length);
  let step: number | undefined;
  let [agree, sum] = [true, 0];
  for (let position = 0; position < ops.length; position++) {
    const op = ops[position] as Operation;
    const isRead = op.f === "read";
    const amount = isRead ? (op.outcome.type === "ok" ? (op.outcome.value as number) : 0) : deltaOf(op);
    if (!isRead) sum += Math.abs(amount);
    if (!Number.isSafeInteger(amount) && !isRead) return { type: "declined", why: "sums of fractions are not exact" };
    amounts[position] = amount;
    kinds[position] = isRead ? READ : amount === 0 ? NOTHING : op.outcome.type === "ok" ? CHANGE : MAYBE;
    if (isRead || amount === 0) continue;
    step ??= amount;
    if (step !== amount) agree = false;
  }
  if (!Number.isSafeInteger(sum)) return { type: "declined", why: "sums are too large to be exact" };
  return { kinds, amounts, step: agree ? (step ?? 1) : undefined };
}

/** A read that contradicts the changes, and the reads before it that forced changes, the last one last. */
interface Wrong {
  readonly position: number;
  readonly forcing: readonly number[];
}

function decideSteps(ops: readonly Operation[], columns: Columns, step: number, until: Until): Decision | undefined {
  const wrong = runSteps(columns, step, until);
  if (wrong === undefined) return undefined;
  // All changes count: without some of them other values would be right.
  const end = until[wrong.position] as number;
  const changes = [...columns.kinds.keys()].filter((i) => i < end && columns.kinds[i] !== READ);
  const last = wrong.forcing.slice(-1);
  for (const reads of [[wrong.position], [...last, wrong.position]])
    if (runSteps(columns, step, until, new Set(reads)) !== undefined) return refuted(ops, [...changes, ...reads]);
  return refuted(ops, [...changes, ...wrong.forcing, wrong.position]);
}

/** Counts in steps. Looks at all reads, or only at some. */
function runSteps(
  { kinds, amounts }: Columns,
  step: number,
  until: Until,
  only?: ReadonlySet<number>,
): Wrong | undefined {
  const count = kinds.length;
  /** By slot: the reads that return in it, as linked lists. */
  const returning = new Int32Array(count + 1).fill(-1);
  const next = new Int32Array(count).fill(-1);
  /** By value: the slot in which the counter left it. */
  const leftIn = new Int32Array(count + 2);
  const changes = new Heap(until);
  const forcing: number[] = [];
  let [value, maybe] = [0, 0];
  for (let slot = 0; slot <= count; slot++) {
    for (; changes.least <= slot; value++) {
      changes.pop();
      leftIn[value] = slot;
    }
    for (let position = returning[slot] as number; position >= 0; position = next[position] as number) {
      const goal = (amounts[position] as number) / step;
      if (goal === value) continue;
      const possible = Number.isInteger(goal) && goal >= 0 && goal <= value + changes.size + maybe;
      if (!possible || (goal < value && (leftIn[goal] as number) <= position)) return { position, forcing };
      if (goal > value) forcing.push(position);
      for (; value < goal; value++) {
        if (changes.size > 0) changes.pop();
        else maybe--;
        leftIn[value] = slot;
      }
    }
    if (slot === count) break;
    if (kinds[slot] === CHANGE) changes.push(slot);
    else if (kinds[slot] === MAYBE) maybe++;
    else if (kinds[slot] === READ && (only === undefined || only.has(slot))) {
      const end = until[slot] as number;
      next[slot] = returning[end] as number;
      returning[end] = slot;
    }
  }
  return undefined;
}

function decideBounds(ops: readonly Operation[], { kinds, amounts }: Columns, until: Until): Decision {
  const count = kinds.length;
  // Sums over changes called before a position, and over those that had happened by then: of all, below zero, above zero.
  const [called, happened] = [sums(count), sums(count)];
  for (let i = 0; i < count; i++) {
    if (kinds[i] !== CHANGE && kinds[i] !== MAYBE) continue;
    add(called, i + 1, amounts[i] as number);
    if (kinds[i] === CHANGE) add(happened, until[i] as number, amounts[i] as number);
  }
  for (const table of [called, happened])
    for (let i = 1; i <= count; i++) {
      table.below[i] = (table.below[i] as number) + (table.below[i - 1] as number);
      table.above[i] = (table.above[i] as number) + (table.above[i - 1] as number);
    }
  for (let i = 0; i < count; i++) {
    if (kinds[i] !== READ) continue;
    const end = until[i] as number;
    const [below, above] = [called.below[end] as number, called.above[end] as number];
    const [sureBelow, sureAbove] = [happened.below[i] as number, happened.above[i] as number];
    const saw = amounts[i] as number;
    if (saw >= sureAbove + below && saw <= sureBelow + above) continue;
    return refuted(
      ops,
      [...kinds.keys()].filter((j) => j === i || (j < end && kinds[j] !== READ)),
    );
  }
  return {
    type: "declined",
    why: "changes by different amounts: which of them add up to what was read is another problem",
  };
}

interface Sums {
  /** Of negative and of positive amounts. */
  readonly below: Float64Array;
  readonly above: Float64Array;
}

const sums = (count: number): Sums => ({ below: new Float64Array(count + 1), above: new Float64Array(count + 1) });

function add({ below, above }: Sums, at: number, amount: number): void {
  const table = amount < 0 ? below : above;
  table[at] = (table[at] as number) + amount;
}
