import type { Json } from "../../../src/core/json.ts";
import type { Operation } from "../../../src/core/operation.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { show } from "../../shared/values.ts";
import type { Decision } from "../algorithm.ts";
import { equal, pair } from "../values.ts";
import { DistinctValues } from "./distinct.ts";

/** What an operation is to its value. */
export const PRODUCER = 0;
export const READER = 1;
/** A compare-and-set that failed: the value was another one. */
export const REFUSED = 2;
/** It can be left out: it took no effect, or nobody saw it. */
export const LEFT_OUT = 3;

/** Where a value comes from, if not from another value. */
const NOWHERE = -1;
const NEVER_WRITTEN = -2;

/**
 * The values of a register, 0 the initial one, each with at most one producer (a write or a compare-and-set), in chains: a
 * compare-and-set from u to v follows u at once. A chain begins with a value that was written, or the initial one.
 */
export class Chains {
  /** By position of an operation. */
  readonly roles: Uint8Array;
  /** By position: the value that it produced, read, or was refused for; -1 if nobody ever wrote that. */
  readonly valueAt: Int32Array;
  /** By value: the position of its producer; -1 for the initial value. */
  readonly producers: Int32Array;
  /** By value: the value that its producer replaced, or one of the constants above. */
  readonly #origins: Int32Array;
  /** By value: the position of an operation that shows that it was there; -1 if none does. */
  readonly #shownBy: Int32Array;
  /** By value: the next one of its chain; -1 if it is the last. */
  readonly next: Int32Array;
  /** By value: its chain; -1 if it was never there. */
  readonly chainOf: Int32Array;
  /** By chain: its first value. */
  readonly roots: number[] = [];
  readonly #ops: readonly Operation[];

  private constructor(ops: readonly Operation[]) {
    this.#ops = ops;
    this.roles = new Uint8Array(ops.length).fill(LEFT_OUT);
    this.valueAt = new Int32Array(ops.length).fill(-1);
    this.producers = new Int32Array(ops.length + 1).fill(-1);
    this.#origins = new Int32Array(ops.length + 1).fill(NOWHERE);
    this.#shownBy = new Int32Array(ops.length + 1).fill(-1);
    this.next = new Int32Array(ops.length + 1).fill(-1);
    this.chainOf = new Int32Array(ops.length + 1).fill(-1);
  }

  /** The chains of a history, or what is wrong with it whatever the times are. */
  static of(spec: Spec, ops: readonly Operation[]): Chains | Decision {
    const chains = new Chains(ops);
    const values = new DistinctValues(ops.length);
    values.add((spec.init() ?? null) as Json);
    const why = chains.#findProducers(values);
    if (why !== undefined) return { type: "declined", why };
    const culprits = chains.#findSights(values) ?? chains.#link(values.size);
    return culprits === undefined ? chains : blame(ops, culprits);
  }

  /** The operations that make it certain that a value was there, and how it came about. */
  proofOf(value: number): number[] {
    const positions = this.#isUnknown(value) ? this.#shows(value) : [];
    for (let v = value; v > 0; v = this.#origins[v] as number) positions.push(this.producers[v] as number);
    return positions;
  }

  #isUnknown(value: number): boolean {
    return this.#ops[this.producers[value] as number]?.outcome.type === "info";
  }

  #shows(value: number): number[] {
    const positions: number[] = [];
    // A compare-and-set of unknown outcome shows something only because its own value was shown.
    for (let at = this.#shownBy[value] as number; at >= 0; ) {
      positions.push(at);
      const { outcome } = this.#ops[at] as Operation;
      at = outcome.type === "info" ? (this.#shownBy[this.valueAt[at] as number] as number) : -1;
    }
    return positions;
  }

  /** Numbers all values that were written; says why this is no history for chains, if so. */
  #findProducers(values: DistinctValues): string | undefined {
    for (let i = 0; i < this.#ops.length; i++) {
      const op = this.#ops[i] as Operation;
      if (op.f === "read" || op.outcome.type === "fail") continue;
      const to = op.f === "cas" ? pair(op)[1] : (op.input ?? null);
      if (op.f === "cas" && isIdle(op)) continue;
      const value = values.add(to);
      if (value < 0) return `${show(to)}, which operation ${op.index} writes, is not unique`;
      this.producers[value] = i;
      this.valueAt[i] = value;
    }
    return undefined;
  }

  /** Finds out who saw which value; returns an operation that saw what nobody wrote, if there is one. */
  #findSights(values: DistinctValues): number[] | undefined {
    for (let i = 0; i < this.#ops.length; i++) {
      const op = this.#ops[i] as Operation;
      if (op.f === "write") continue;
      const isRead = op.f === "read";
      const value = values.find(isRead ? saw(op) : pair(op)[0]);
      if (op.outcome.type === "fail") {
        this.roles[i] = REFUSED;
        this.valueAt[i] = value;
      } else if (isRead || isIdle(op)) {
        if (op.outcome.type === "info") continue;
        if (value < 0) return [i];
        this.roles[i] = READER;
        this.valueAt[i] = value;
        this.#shownBy[value] = i;
      } else {
        this.#origins[this.valueAt[i] as number] = value < 0 ? NEVER_WRITTEN : value;
        if (op.outcome.type === "info") continue;
        if (value < 0) return [i];
        // `#link` would find it too, but later: this way chains are in the order of the calls that began them.
        if (this.#shownBy[value] === -1) this.#shownBy[value] = i;
      }
    }
    return undefined;
  }

  /** Puts the values that were there into chains; returns operations that cannot all have happened, if there are any. */
  #link(values: number): number[] | undefined {
    const there: number[] = [];
    const isThere = new Uint8Array(values);
    for (let v = 0; v < values; v++)
      if (this.#shownBy[v] !== -1 || !this.#isUnknown(v)) {
        there.push(v);
        isThere[v] = 1;
      }
    for (let i = 0; i < there.length; i++) {
      const value = there[i] as number;
      const origin = this.#origins[value] as number;
      if (value > 0) this.roles[this.producers[value] as number] = PRODUCER;
      if (origin === NOWHERE) this.roots.push(value);
      else if (origin === NEVER_WRITTEN) return [this.producers[value] as number, ...this.#shows(value)];
      else {
        const other = this.next[origin] as number;
        if (other >= 0) return this.#proofOfBoth(value, other);
        this.next[origin] = value;
        if (isThere[origin] === 1) continue;
        isThere[origin] = 1;
        this.#shownBy[origin] = this.producers[value] as number;
        there.push(origin);
      }
    }
    let linked = 0;
    for (const [chain, root] of this.roots.entries())
      for (let v = root; v >= 0; v = this.next[v] as number, linked++) this.chainOf[v] = chain;
    return linked === there.length ? undefined : this.#cycle(there.find((v) => this.chainOf[v] === -1) as number);
  }

  /** Two compare-and-sets that replaced the same value. Their chains may not have a beginning. */
  #proofOfBoth(one: number, other: number): number[] {
    const positions = new Set<number>();
    for (const value of [one, other]) {
      if (this.#isUnknown(value)) for (const at of this.#shows(value)) positions.add(at);
      for (let v = value; v > 0 && !positions.has(this.producers[v] as number); v = this.#origins[v] as number)
        positions.add(this.producers[v] as number);
    }
    return [...positions];
  }

  /** Compare-and-sets each of which must follow the one before, in a circle. */
  #cycle(value: number): number[] {
    const positions = new Set<number>();
    for (let v = value; !positions.has(this.producers[v] as number); v = this.#origins[v] as number) {
      positions.add(this.producers[v] as number);
      for (const at of this.#isUnknown(v) ? this.#shows(v) : []) positions.add(at);
    }
    return [...positions];
  }
}

/** True for a compare-and-set that leaves everything as it is. */
const isIdle = (op: Operation): boolean => equal(...pair(op));

const saw = ({ outcome }: Operation): Json => (outcome.type === "ok" ? (outcome.value ?? null) : null);

/** The decision that the operations at these positions cannot be linearized. */
export const blame = (ops: readonly Operation[], positions: readonly number[]): Decision => ({
  type: "not-linearizable",
  culprits: [...new Set(positions)].map((i) => (ops[i] as Operation).index).sort((a, b) => a - b),
});
