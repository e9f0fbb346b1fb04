import type { Json } from "../../core/json.ts";
import type { Invocation, Outcome } from "../../core/operation.ts";
import { programOf } from "../shared/programs.ts";

/** What a transaction asks of the store in one step; nothing comes between the parts of a statement. */
export type Statement =
  | { readonly f: "read"; readonly key: string }
  /** Writes what `change` makes of the value before; `undefined` leaves it as it is. As SQL's UPDATE it is one step. */
  | { readonly f: "update"; readonly key: string; readonly change: Change };

export type Change = (before: Json) => Json | undefined;

/**
 * An operation as the statements of a transaction, one after the other; each is told what it read, `null` for an update. It
 * ends in what the client is told if the transaction commits; `fail` if it rolls back by itself.
 *
 * An operation on one key is one statement. A transfer reads both balances and writes both, as a program would that does
 * its sums itself: this is how updates are lost.
 */
export function* statementsOf(op: Invocation): Generator<Statement, Outcome, Json> {
  if (op.f === "txn") return yield* ofMicroOps(op.input as readonly MicroOp[]);
  const { reads, writes, run } = programOf(op);
  const [single, ...others] = writes;
  if (single !== undefined && others.length === 0) {
    let { outcome } = run(() => null);
    const change: Change = (before) => {
      const done = run(() => before);
      outcome = done.outcome;
      return done.writes[0]?.[1];
    };
    yield { f: "update", key: single, change };
    return outcome;
  }
  const found = new Map<string, Json>();
  for (const key of reads) found.set(key, yield { f: "read", key });
  const done = run((key) => found.get(key) ?? null);
  for (const [key, value] of done.writes) yield { f: "update", key, change: () => value };
  return done.outcome;
}

type MicroOp = readonly [f: string, key: string, value: Json];

function* ofMicroOps(micros: readonly MicroOp[]): Generator<Statement, Outcome, Json> {
  const value: MicroOp[] = [];
  for (const [f, key, input] of micros) {
    if (f === "r") value.push([f, key, yield { f: "read", key }]);
    else {
      yield { f: "update", key, change: f === "append" ? appended(input) : () => input };
      value.push([f, key, input]);
    }
  }
  return { type: "ok", value };
}

const appended =
  (element: Json): Change =>
  (before) => [...((before ?? []) as readonly Json[]), element];
