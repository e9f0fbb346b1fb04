import type { Operation } from "../../src/core/operation.ts";
import { type Anomalies, because } from "../shared/anomalies.ts";
import { named } from "../shared/history-index.ts";
import { listOf, malformed } from "../shared/object-checker.ts";
import { Interner, show } from "../shared/values.ts";

/** An answered read of all elements; they are numbered as in `SetOperations.elements`. */
export interface SetRead {
  readonly op: Operation;
  readonly saw: Int32Array;
}

/** The operations on one set, with its elements as numbers. */
export interface SetOperations {
  readonly key: string;
  readonly elements: Interner;
  /** By element: the adds that may have happened, and those that failed. */
  readonly adds: (Operation[] | undefined)[];
  readonly failed: (Operation | undefined)[];
  /** By element: true if a remove of it may have happened. */
  readonly removed: boolean[];
  /** In order of calls, without closing reads. */
  readonly reads: SetRead[];
}

/**
 * Sorts the operations of a set: `add`, `remove`, `contains` (which is looked over) and `read`. Throws `Malformed` where
 * there is anything else.
 */
export function setOperations(key: string, ops: readonly Operation[]): SetOperations {
  const elements = new Interner();
  const set: SetOperations = { key, elements, adds: [], failed: [], removed: [], reads: [] };
  for (const op of ops) {
    const isOk = op.outcome.type === "ok";
    if (op.f === "add") {
      const element = elements.id(op.input ?? null);
      if (op.outcome.type === "fail") set.failed[element] = op;
      else if (set.adds[element]) set.adds[element].push(op);
      else set.adds[element] = [op];
    } else if (op.outcome.type === "fail" || op.f === "contains") {
      // Neither tells what is in the set as a whole.
    } else if (op.f === "remove") {
      set.removed[elements.id(op.input ?? null)] = true;
    } else if (op.f !== "read") {
      malformed(op, `a set knows add, remove, contains and read, but not ${op.f}`);
    } else if (isOk && !op.final) {
      set.reads.push(setRead(op, elements));
    }
  }
  return set;
}

/** What an answered read of a set showed. */
export function setRead(op: Operation, elements: Interner): SetRead {
  const list = listOf(op, op.outcome.type === "ok" ? op.outcome.value : null);
  const saw = new Int32Array(list.length);
  for (let i = 0; i < list.length; i++) saw[i] = elements.id(list[i] ?? null);
  return { op, saw };
}

/** Finds in reads what no set can show: an element that nobody added, and one that is there twice. */
export function reportImpossible(set: SetOperations, reads: readonly SetRead[], anomalies: Anomalies): void {
  const { key, elements, adds, failed } = set;
  const seenBy = new Int32Array(elements.values.length).fill(-1);
  const duplicated = new Set<number>();
  const unexpected = new Set<number>();
  for (let r = 0; r < reads.length; r++) {
    const { op, saw } = reads[r] as SetRead;
    for (let i = 0; i < saw.length; i++) {
      const element = saw[i] as number;
      if (seenBy[element] === r && !duplicated.has(element)) {
        duplicated.add(element);
        anomalies.add("duplicate-element", () => ({
          rulesOut: ["causal-cc", "pram"],
          key,
          explanation: `process ${op.process} read ${show(elements.values[element] ?? null)} from ${named(key)} more than once, but a set holds each element at most once.`,
          ops: [op],
          because: [],
        }));
      }
      seenBy[element] = r;
      if (adds[element] !== undefined || unexpected.has(element)) continue;
      unexpected.add(element);
      const add = failed[element];
      anomalies.add("unexpected-element", () => ({
        rulesOut: ["causal-cc", "pram"],
        key,
        explanation: `process ${op.process} read ${show(elements.values[element] ?? null)} from ${named(key)}, but ${add ? `the only add of it definitely failed (operation ${add.index})` : "nobody ever added it"}.`,
        ops: add ? [add, op] : [op],
        because: add ? [because(add, op, "failed, but was seen")] : [],
      }));
    }
  }
}
