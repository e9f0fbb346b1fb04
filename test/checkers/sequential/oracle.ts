import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Operation } from "../../../src/core/operation.ts";
import type { Spec } from "../../../src/core/spec.ts";

/** Operations that count for Lamport's definition: those that may have changed or did show something. */
export const counted = (spec: Spec, { ops }: History): Operation[] =>
  ops.filter(({ f, outcome, ...op }) =>
    outcome.type === "fail" ? spec.observes({ f, ...op }, outcome) : outcome.type === "ok" || !spec.isRead(f),
  );

/** Lamport's definition, by trying every interleaving. */
export function isSequential(spec: Spec, history: History): boolean {
  const place = (left: readonly Operation[], states: ReadonlyMap<string, unknown>): boolean => {
    if (left.every(({ outcome }) => outcome.type === "info")) return true;
    return left.some((op, i) => {
      if (left.findIndex(({ process }) => process === op.process) !== i) return false;
      const object = spec.perKey ? (op.key ?? "") : "";
      const state = spec.step(states.has(object) ? states.get(object) : spec.init(), op, op.outcome);
      if (state === undefined) return false;
      return place(left.toSpliced(i, 1), new Map(states).set(object, state));
    });
  };
  return place(counted(spec, history), new Map());
}

/**
 * The same for registers whose operations were all answered, by trying every order of the writes: given that, each session
 * goes on by itself, and every read is best done as early as it can be.
 */
export function isSequentialByWrites({ ops }: History): boolean {
  const processes = [...new Set(ops.map(({ process }) => process))];
  const sessions = processes.map((p) => ops.filter(({ process }) => process === p));
  const fits = (order: readonly Operation[]): boolean =>
    sessions.every((session) => {
      let done = 0;
      return session.every((op) => {
        if (op.f !== "read") {
          const at = order.indexOf(op);
          const isPossible = at >= done && (op.f === "write" || holds(order.slice(0, at), op) === from(op));
          done = at + 1;
          return isPossible;
        }
        while (done < order.length && holds(order.slice(0, done), op) !== from(op)) done++;
        return holds(order.slice(0, done), op) === from(op);
      });
    });
  const some = (order: readonly Operation[], left: readonly Operation[]): boolean =>
    left.length === 0 ? fits(order) : left.some((op, i) => some([...order, op], left.toSpliced(i, 1)));
  return some(
    [],
    ops.filter(({ f }) => f !== "read"),
  );
}

/** What a read or compare-and-set saw. */
const from = ({ f, input, outcome }: Operation): Json =>
  f === "cas" ? ((input as Json[])[0] as Json) : outcome.type === "ok" ? outcome.value : null;

/** What the key of an operation holds after these writes. */
function holds(order: readonly Operation[], { key }: Operation): Json {
  const last = order.findLast((write) => write.key === key);
  return last === undefined ? null : last.f === "cas" ? ((last.input as Json[])[1] as Json) : last.input;
}

/**
 * Whether the orders that follow from others go in a circle, for registers whose values are unique: session order; a write
 * before its reads, and reads of nothing before all writes; and, for a read of `w` and another write `w'` of its key, `w'`
 * before `w` if before the read, and the read before `w'` if `w` is before `w'` (Gibbons and Korach, SIAM J. Comput. 1997, §4).
 */
export function impliesCircle(history: History): boolean {
  const ops = history.ops.filter(
    ({ f, outcome }) => outcome.type === "ok" || (outcome.type === "info" && f !== "read"),
  );
  const writes = (op: Operation, key: Operation["key"]): boolean => op.f !== "read" && op.key === key;
  const value = ({ f, input }: Operation): Json => (f === "cas" ? ((input as Json[])[1] as Json) : input);
  const sourceOf = (op: Operation): number =>
    op.f === "write" ? -1 : ops.findIndex((write) => writes(write, op.key) && value(write) === from(op));
  /** Bit `a` of `past[b]`: `a` before `b`. */
  const past = ops.map((b, i) =>
    ops.reduce((set, a, k) => {
      const isInitial = a.f !== "write" && from(a) === null && k !== i && writes(b, a.key);
      return isInitial || (a.process === b.process && k < i) || sourceOf(b) === k ? set | (1 << k) : set;
    }, 0),
  );
  const knows = (b: number, a: number): boolean => ((past[b] as number) & (1 << a)) !== 0;
  for (let again = true; again; ) {
    again = false;
    const add = (b: number, set: number): void => {
      const known = past[b] as number;
      if ((known | set) === known) return;
      past[b] = known | set;
      again = true;
    };
    for (let a = 0; a < ops.length; a++)
      for (let b = 0; b < ops.length; b++) if (knows(b, a)) add(b, past[a] as number);
    for (const [read, op] of ops.entries()) {
      const source = sourceOf(op);
      if (source < 0) continue;
      for (const [other, write] of ops.entries()) {
        if (!writes(write, op.key) || other === source || other === read) continue;
        if (knows(read, other)) add(source, 1 << other);
        if (knows(other, source)) add(other, 1 << read);
      }
    }
  }
  return ops.some((_, a) => knows(a, a));
}
