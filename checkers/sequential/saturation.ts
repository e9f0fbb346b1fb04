import { Clocks } from "../causal/clocks.ts";
import { circleOf, type EdgesInto, mentioned, type Step, ties } from "../causal/explain.ts";
import { lookup } from "../causal/report.ts";
import type { Wait } from "../causal/schedule.ts";
import type { Anomalies } from "../shared/anomalies.ts";
import type { Causes } from "../shared/causes.ts";
import { increment, startsOf } from "../shared/counts.ts";
import type { Deadline } from "../shared/deadline.ts";
import { IntColumn } from "../shared/growing.ts";
import { who, written } from "../shared/phrases.ts";
import { INITIAL, type Registers } from "../shared/registers.ts";

/**
 * What every sequential order of a history of registers whose values are unique must keep (Gibbons and Korach, "Testing
 * Shared Memories", SIAM J. Comput. 1997, §4): session order; reads after the writes that they saw; and, to the fixed
 * point, for a read of `w` and another write `w'` of its key: `w'` before the read is `w'` before `w`, and `w` before
 * `w'` is the read before `w'`. If that has a circle there is no such order. If not there may be one.
 */
export class Saturation {
  readonly #registers: Registers;
  readonly #deadline: Deadline;
  /** Orders that were found out: `from` before `to`, on account of a read. */
  readonly #from = new IntColumn();
  readonly #to = new IntColumn();
  readonly #read = new IntColumn();
  /** The reads of each write: `#readers[#readersAt[w]]` up to `#readers[#readersAt[w + 1]]`, by session. */
  readonly #readersAt: Int32Array;
  readonly #readers: Int32Array;
  /** All that must come before each operation, apart from session order. */
  causes: Causes;

  constructor(registers: Registers, deadline: Deadline) {
    this.#registers = registers;
    this.#deadline = deadline;
    const { count, source } = registers;
    this.#readersAt = new Int32Array(count + 1);
    for (const from of source) if (from >= 0) increment(this.#readersAt, from + 1);
    startsOf(this.#readersAt);
    const next = this.#readersAt.slice();
    this.#readers = new Int32Array(this.#readersAt[count] as number);
    for (let id = 0; id < count; id++) {
      const from = source[id] as number;
      if (from < 0) continue;
      this.#readers[next[from] as number] = id;
      next[from] = (next[from] as number) + 1;
    }
    this.#initialReadsFirst();
    this.causes = this.#withOrders();
  }

  /** Goes on to the fixed point; reports a circle if there is one, and returns whether there is none. */
  run(anomalies: Anomalies): boolean {
    for (;;) {
      const clocks = new Clocks(this.causes, this.#deadline);
      for (const waits of clocks.cycles) this.#report(waits, anomalies);
      if (clocks.cycles.length > 0) return false;
      const before = this.#from.length;
      this.#findOrders(clocks);
      if (this.#from.length === before) return true;
      this.causes = this.#withOrders();
    }
  }

  #order(from: number, to: number, read: number): void {
    this.#from.push(from);
    this.#to.push(to);
    this.#read.push(read);
  }

  /** Whoever saw the initial state did so before any write. */
  #initialReadsFirst(): void {
    const { first, source, key, slots, slotAt, slotWrites } = this.#registers;
    /** For each key the last such read of the session in hand. */
    for (let s = 0; s + 1 < first.length; s++) {
      const last = new Map<number, number>();
      for (let id = first[s] as number; id < (first[s + 1] as number); id++)
        if (source[id] === INITIAL) last.set(key[id] as number, id);
      for (const [k, read] of last)
        for (let slot = slots[k] as number; slot < (slots[k + 1] as number); slot++) {
          this.#deadline.step();
          const write = slotWrites[slotAt[slot] as number] as number;
          // A compare-and-set that saw the initial state is itself the first write.
          if (write !== read) this.#order(read, write, read);
        }
    }
  }

  #withOrders(): Causes {
    const { count, source } = this.#registers;
    const at = new Int32Array(count + 1);
    for (let id = 0; id < count; id++) at[id + 1] = (source[id] as number) >= 0 ? 1 : 0;
    for (const to of this.#to.values) increment(at, to + 1);
    startsOf(at);
    const next = at.slice();
    const sources = new Int32Array(at[count] as number);
    const add = (id: number, from: number): void => {
      sources[next[id] as number] = from;
      next[id] = (next[id] as number) + 1;
    };
    for (let id = 0; id < count; id++) if ((source[id] as number) >= 0) add(id, source[id] as number);
    for (const [i, to] of this.#to.values.entries()) add(to, this.#from.at(i));
    return { ...this.#registers, sourcesAt: at, sources };
  }

  /** One round: what follows from the order so far. Of each session the last write in the past is enough. */
  #findOrders(clocks: Clocks): void {
    const { first, source, writes, key, slots, slotSession, slotAt, slotWrites } = this.#registers;
    const known = new Int32Array(slotSession.length);
    const knownBy = new Int32Array(slotSession.length).fill(-1);
    for (let s = 0; s + 1 < first.length; s++) {
      for (let id = first[s] as number; id < (first[s + 1] as number); id++) {
        const k = key[id] as number;
        for (let slot = slots[k] as number; slot < (slots[k + 1] as number); slot++) {
          this.#deadline.step();
          if (knownBy[slot] !== s) {
            knownBy[slot] = s;
            known[slot] = slotAt[slot] as number;
          }
          const bound = clocks.knownOf(id, slotSession[slot] as number);
          let at = known[slot] as number;
          while (at < (slotAt[slot + 1] as number) && (slotWrites[at] as number) < bound) at++;
          known[slot] = at;
          if (at === slotAt[slot]) continue;
          const write = slotWrites[at - 1] as number;
          const from = source[id] as number;
          if (from >= 0 && write !== from && !clocks.knows(from, write)) this.#order(write, from, id);
          if (writes[id] === 1) this.#readersFirst(write, id, clocks);
        }
      }
    }
  }

  /** `write` comes before `later`, so its readers do. Of each session the last is enough. */
  #readersFirst(write: number, later: number, clocks: Clocks): void {
    const { session } = this.#registers;
    const end = this.#readersAt[write + 1] as number;
    for (let i = this.#readersAt[write] as number; i < end; i++) {
      this.#deadline.step();
      const read = this.#readers[i] as number;
      const isLast = i + 1 === end || session[this.#readers[i + 1] as number] !== session[read];
      if (isLast && read !== later && !clocks.knows(later, read)) this.#order(read, later, read);
    }
  }

  #report(waits: readonly Wait[], anomalies: Anomalies): void {
    anomalies.add("cyclic-order", () => {
      const at = lookup(this.#registers);
      const edges = this.#edges();
      const steps = circleOf(this.causes, waits, edges);
      const orders = steps.flatMap(({ reason }) => reason ?? []);
      return {
        rulesOut: ["sequential"] as const,
        explanation: `no one order of all operations that keeps each session's explains what was read: ${orders.length > 0 ? orders.join("; ") : mentioned(steps, at).map(who).join("; ")}. Together with what each session did in turn that is a circle.`,
        ops: mentioned(
          steps,
          at,
          steps.flatMap(({ read }) => read ?? []),
        ),
        because: ties(steps, at),
      };
    });
  }

  #edges(): EdgesInto {
    const { source } = this.#registers;
    const at = lookup(this.#registers);
    const into = new Map<number, { from: number; step: Omit<Step, "from" | "to"> }[]>();
    for (const [i, to] of this.#to.values.entries()) {
      const [from, read] = [this.#from.at(i), this.#read.at(i)];
      const { process, index } = at(read);
      const reason =
        from === read
          ? `process ${process} read before ${written(at(to))} overwrote what it saw (operation ${index})`
          : `process ${process} read ${written(at(to))} after ${written(at(from))} was written (operation ${index}), so ${written(at(to))} came later`;
      const step = { kind: "arb", read, reason } as const;
      const list = into.get(to);
      if (list) list.push({ from, step });
      else into.set(to, [{ from, step }]);
    }
    return (id, visit) => {
      if ((source[id] as number) >= 0) visit(source[id] as number, { kind: "rf" });
      for (const { from, step } of into.get(id) ?? []) visit(from, step);
    };
  }
}
