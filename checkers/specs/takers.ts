import type { Json } from "../../src/core/json.ts";
import type { Spec } from "../../src/core/spec.ts";
import { describeItems, element, provesEmpty, yielded } from "./shared.ts";

/** What tells one kind of queue from another. */
interface Discipline {
  readonly name: string;
  /** The functions that put a value in, and those that take one out. */
  readonly add: readonly string[];
  readonly take: readonly string[];
  /** What they do, in words. */
  readonly adds: string;
  readonly takes: string;
  /** The items with one more; the next to be taken stands first. */
  insert(items: readonly string[], item: string): readonly string[];
  /** Throws for a value that cannot be put in. */
  check?(value: Json): void;
}

/**
 * A collection whose takers get the next value by some discipline, or `null` if there is none. A taker that fails with
 * `empty` or `precondition-failed` proves the same. A state is the list of canonical texts, the next one first.
 */
export function takers({ name, add, take, adds, takes, insert, check }: Discipline): Spec<readonly string[]> {
  const isTake = (f: string): boolean => take.includes(f);
  return {
    name,
    functions: Object.fromEntries([...add.map((f) => [f, adds]), ...take.map((f) => [f, takes])]),
    init: () => [],
    step(s, op, outcome) {
      if (!isTake(op.f)) {
        const item = element(op);
        check?.(op.input);
        return insert(s, item);
      }
      if (outcome.type === "fail") return s.length === 0 ? s : undefined;
      const saw = yielded(outcome);
      if (saw !== undefined && saw !== (s[0] ?? "null")) return undefined;
      return s.length === 0 ? s : s.slice(1);
    },
    key: (s) => s.join(),
    describe: describeItems,
    isRead: () => false,
    observes: (op, outcome) => isTake(op.f) && provesEmpty(outcome),
    nature: (op) => (isTake(op.f) ? "guarded" : "blind"),
    changesNothing: (op, outcome) => isTake(op.f) && yielded(outcome) === "null",
    // What was never put in takes nobody else's place.
    without(op, gone) {
      if (!isTake(op.f)) return gone(op.input) ? undefined : op;
      return op.outcome.type === "ok" && op.outcome.value !== null && gone(op.outcome.value) ? undefined : op;
    },
    perKey: true,
  };
}
