import type { Json } from "../../core/json.ts";
import type { NodeId, Outcome } from "../../core/operation.ts";
import { compareHybrid, type HybridStamp } from "../shared/clocks/hybrid.ts";
import type { LoggedOp } from "../shared/exactly-once.ts";
import type { Contents } from "../shared/key-value.ts";

/** A committed value and its stamp. */
export type Version = readonly [stamp: HybridStamp, value: Json];

/** A value that a transaction has written and that its record decides upon (§3.2). */
export type Intent = {
  readonly txn: string;
  /** The key in whose range the transaction's record is. */
  readonly anchor: string;
  readonly stamp: HybridStamp;
  readonly value: Json;
};

/** A key as a range has it: versions in the order of their stamps, and at most one intent, later than all of them. */
export type KeyState = { readonly versions: readonly Version[]; readonly intent: Intent | null };

/** What a transaction's record says. While there is none it is pending. */
export type Decision = { readonly status: "committed"; readonly stamp: HybridStamp } | { readonly status: "aborted" };

/**
 * Who serves a range, and up to which stamp its reads may be (§4.3): leases are disjoint in the time of stamps, whatever
 * clocks say, so that a leaseholder need not know what its predecessors have read.
 */
export type Lease = { readonly holder: NodeId; readonly start: HybridStamp; readonly end: HybridStamp };

/** What became of a command to write an intent: it lies there with this stamp, or another transaction's does. */
export type Laid = { readonly laid: HybridStamp } | { readonly conflict: Intent };

/** The commands of a range's log. */
export const takeLease = (lease: Lease): LoggedOp => ({ f: "lease", input: lease });
export const layIntent = (key: string, intent: Intent): LoggedOp => ({ f: "intent", key, input: intent });
export const decide = (txn: string, decision: Decision): LoggedOp => ({ f: "decide", key: txn, input: decision });
/** Makes a version of an intent, or removes it if the stamp is `null`. */
export const resolveIntent = (key: string, txn: string, stamp: HybridStamp | null): LoggedOp => ({
  f: "resolve",
  key,
  input: { txn, stamp },
});

const LEASE = "lease";
const keyCell = (key: string): string => `key ${key}`;
const recordCell = (txn: string): string => `txn ${txn}`;
const NOTHING: KeyState = { versions: [], intent: null };

export const keyState = (contents: ReadonlyMap<string, Json>, key: string): KeyState =>
  (contents.get(keyCell(key)) ?? NOTHING) as KeyState;

export const decisionOf = (contents: ReadonlyMap<string, Json>, txn: string): Decision | undefined =>
  contents.get(recordCell(txn)) as Decision | undefined;

/** All intents of a range, each with its key. */
export function intentsOf(contents: ReadonlyMap<string, Json>): (readonly [key: string, intent: Intent])[] {
  const prefix = keyCell("");
  return [...contents].flatMap(([cell, state]) => {
    const intent = cell.startsWith(prefix) ? (state as KeyState).intent : null;
    return intent === null ? [] : [[cell.slice(prefix.length), intent] as const];
  });
}

/** The next stamp after this one. */
export const nextStamp = ([wallMs, logical]: HybridStamp): HybridStamp => [wallMs, logical + 1];

export const laterOf = (a: HybridStamp, b: HybridStamp): HybridStamp => (compareHybrid(a, b) < 0 ? b : a);

/** What a copy tells of the changes that commands make to it. */
export interface Observer {
  decided(txn: string, decision: Decision): void;
  versioned(key: string, txn: string, stamp: HybridStamp): void;
}

/** Applies a command to a copy of a range. All of them bear to be done again, also long after others. */
export function applyCommand(contents: Contents, { f, key = "", input }: LoggedOp, observer?: Observer): Outcome {
  switch (f) {
    case "lease":
      return ok(applyLease(contents, input as Lease));
    case "intent":
      return ok(applyIntent(contents, key, input as Intent));
    case "decide":
      return ok(applyDecision(contents, key, input as Decision, observer));
    case "resolve": {
      const { txn, stamp } = input as { readonly txn: string; readonly stamp: HybridStamp | null };
      applyResolve(contents, key, txn, stamp, observer);
      return ok(null);
    }
    default:
      return { type: "fail", error: { name: "not-supported", text: `a range has no command ${f}` } };
  }
}

const ok = (value: Json): Outcome => ({ type: "ok", value });

/** Extends the lease if it is the same, else begins one that starts no earlier than the one before ends. */
function applyLease(contents: Contents, asked: Lease): Lease {
  const held = contents.get(LEASE) as Lease | undefined;
  const same = held?.holder === asked.holder && compareHybrid(held.start, asked.start) === 0;
  const start = held === undefined || same ? asked.start : laterOf(asked.start, held.end);
  const end = laterOf(asked.end, same ? held.end : start);
  const lease: Lease = { holder: asked.holder, start, end };
  contents.set(LEASE, lease);
  return lease;
}

/**
 * Lays an intent above all versions. One that lies there keeps its stamp: reads have been judged by it, and the
 * transaction may have been told.
 */
function applyIntent(contents: Contents, key: string, asked: Intent): Laid {
  const { versions, intent } = keyState(contents, key);
  if (intent !== null) return intent.txn === asked.txn ? { laid: intent.stamp } : { conflict: intent };
  const newest = versions.at(-1)?.[0];
  const stamp = newest === undefined ? asked.stamp : laterOf(asked.stamp, nextStamp(newest));
  contents.set(keyCell(key), { versions, intent: { ...asked, stamp } });
  return { laid: stamp };
}

/** Decides a transaction, unless it is decided already: a record stays for ever. */
function applyDecision(contents: Contents, txn: string, asked: Decision, observer?: Observer): Decision {
  const decision = decisionOf(contents, txn) ?? asked;
  contents.set(recordCell(txn), decision);
  observer?.decided(txn, decision);
  return decision;
}

/** An intent that came late, after its transaction was resolved, is above the version that is already there. */
function applyResolve(
  contents: Contents,
  key: string,
  txn: string,
  stamp: HybridStamp | null,
  observer?: Observer,
): void {
  const { versions, intent } = keyState(contents, key);
  if (intent?.txn !== txn) return;
  const isNew = stamp !== null && !versions.some(([at]) => compareHybrid(at, stamp) === 0);
  contents.set(keyCell(key), { versions: isNew ? [...versions, [stamp, intent.value]] : versions, intent: null });
  if (isNew) observer?.versioned(key, txn, stamp);
}

/** What a read finds. */
export type Found =
  | { readonly value: Json }
  /** Another transaction's intent may have to be read. */
  | { readonly conflict: Intent }
  /** A version may have been committed before the reader began, though its stamp is later (§4.2). */
  | { readonly uncertain: HybridStamp };

/**
 * A read at a stamp by a reader whose uncertainty interval ends at `limitMs`. What is above that was written after the
 * reader began. An intent within it may have been committed.
 */
export function readAt({ versions, intent }: KeyState, stamp: HybridStamp, limitMs: number, txn: string): Found {
  const concerns = (at: HybridStamp): boolean => compareHybrid(at, stamp) <= 0 || at[0] <= limitMs;
  if (intent !== null && intent.txn !== txn && concerns(intent.stamp)) return { conflict: intent };
  const uncertain = versions.findLast(([at]) => concerns(at));
  if (uncertain === undefined) return { value: null };
  const [at, value] = uncertain;
  return compareHybrid(at, stamp) <= 0 ? { value } : { uncertain: at };
}

/** True if a key was not written after one stamp and up to another, nor is about to be (§3.3.2): a read may move on. */
export function unchanged({ versions, intent }: KeyState, from: HybridStamp, to: HybridStamp, txn: string): boolean {
  if (intent !== null && intent.txn !== txn && compareHybrid(intent.stamp, to) <= 0) return false;
  return !versions.some(([at]) => compareHybrid(at, from) > 0 && compareHybrid(at, to) <= 0);
}
