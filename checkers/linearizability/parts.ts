import type { Verdict } from "../../src/core/checker.ts";
import type { History } from "../../src/core/history.ts";
import type { Operation } from "../../src/core/operation.ts";
import type { Spec } from "../../src/core/spec.ts";
import type { Decided } from "./decide.ts";
import { counts } from "./problem.ts";

/** The operations on one object, and what was decided. */
export interface Part {
  readonly key: string | undefined;
  readonly ops: readonly Operation[];
  decided: Decided | undefined;
}

/**
 * What there is to decide; or the verdict, if the history does not come that far. Each operation is looked at once, as
 * those of a long history lie far apart in memory.
 */
export function partsToDecide(spec: Spec, { ops }: History): Part[] | Verdict {
  const flaws = new Flaws(spec);
  const idleness = new Idleness(spec);
  const partition = new Partition(ops);
  for (let i = 0; i < ops.length; i++) {
    const op = ops[i] as Operation;
    if (op.final || !counts(spec, op)) {
      partition.leaveOut(i);
      continue;
    }
    const flaw = flaws.of(op);
    if (flaw !== undefined) return { valid: "unknown", why: "malformed", detail: flaw };
    idleness.see(op);
    partition.enter(i, spec.perKey ? op.key : undefined);
  }
  const idle = idleness.why();
  if (idle !== undefined) return { valid: "unknown", why: "vacuous", detail: idle };
  return partition.parts();
}

/** Finds what is wrong with the shape of a history. */
class Flaws {
  readonly #spec: Spec;
  readonly #initial: unknown;
  /** Functions that the specification has been found to know. */
  readonly #known = new Set<string>();

  constructor(spec: Spec) {
    this.#spec = spec;
    this.#initial = spec.init();
  }

  of(op: Operation): string | undefined {
    if (!this.#known.has(op.f)) {
      if (!Object.hasOwn(this.#spec.functions, op.f)) {
        const functions = Object.keys(this.#spec.functions).join(", ");
        return `${where(op)}: the specification ${this.#spec.name} knows ${functions}, but not ${op.f}`;
      }
      this.#known.add(op.f);
    }
    if (op.outcome.type !== "info" && !(op.returnNs >= op.callNs))
      return `${where(op)} returns at ${op.returnNs} ns, but it is called at ${op.callNs} ns; it must return later`;
    try {
      this.#spec.step(this.#initial, op, op.outcome);
    } catch (error) {
      return `${where(op)}: ${error instanceof Error ? error.message : String(error)}`;
    }
    return undefined;
  }
}

const where = ({ index, f, process }: Operation): string => `operation ${index} (${f} by process ${process})`;

/** Finds out whether a history exercises nothing: an acknowledged write, say, is possible whatever the system does. */
class Idleness {
  readonly #spec: Spec;
  #completed = 0;
  #shows = false;

  constructor(spec: Spec) {
    this.#spec = spec;
  }

  see(op: Operation): void {
    if (this.#shows || op.outcome.type === "info") return;
    this.#completed++;
    this.#shows =
      op.outcome.type === "fail" ||
      this.#spec.isRead(op.f) ||
      (this.#spec.nature?.(op, op.outcome) ?? "guarded") === "guarded";
  }

  why(): string | undefined {
    if (this.#shows) return undefined;
    if (this.#completed === 0) return "no operation completed";
    return `${this.#completed} operations completed, but none of them shows the state; there must be reads`;
  }
}

/** Divides operations by key. What is all of one key is not copied. */
class Partition {
  readonly #ops: readonly Operation[];
  /** By position: the number of the part, -1 for an operation that is left out. Absent while all are of the first part. */
  #partOf: Int32Array | undefined;
  readonly #numbers = new Map<string | undefined, number>();
  readonly #keys: (string | undefined)[] = [];
  readonly #sizes: number[] = [];
  /** The part of the operation before, and its key. */
  #number = -1;
  #key: string | undefined;

  constructor(ops: readonly Operation[]) {
    this.#ops = ops;
  }

  leaveOut(position: number): void {
    this.#partOf ??= new Int32Array(this.#ops.length);
    this.#partOf[position] = -1;
  }

  enter(position: number, key: string | undefined): void {
    if (key !== this.#key || this.#number < 0) this.#turnTo(key);
    if (this.#number > 0) this.#partOf ??= new Int32Array(this.#ops.length);
    if (this.#partOf !== undefined) this.#partOf[position] = this.#number;
    this.#sizes[this.#number] = (this.#sizes[this.#number] as number) + 1;
  }

  #turnTo(key: string | undefined): void {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#keys.length;
      this.#numbers.set(key, number);
      this.#keys.push(key);
      this.#sizes.push(0);
    }
    this.#number = number;
    this.#key = key;
  }

  parts(): Part[] {
    const all = this.#ops;
    const partOf = this.#partOf;
    if (partOf === undefined) return [{ key: this.#keys[0], ops: all, decided: undefined }];
    const parts = this.#sizes.map((size) => new Array<Operation>(size));
    const filled = new Int32Array(parts.length);
    for (let i = 0; i < all.length; i++) {
      const number = partOf[i] as number;
      if (number < 0) continue;
      const at = filled[number] as number;
      (parts[number] as Operation[])[at] = all[i] as Operation;
      filled[number] = at + 1;
    }
    return parts.map((ops, i) => ({ key: this.#keys[i], ops, decided: undefined }));
  }
}
