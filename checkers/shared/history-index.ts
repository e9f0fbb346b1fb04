import type { History } from "../../src/core/history.ts";
import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import { type Effect, effectOf } from "./effects.ts";
import { type DataType, Interner, show } from "./values.ts";

/** One operation that happened (or may have), with the values it saw and wrote as numbers of its key. */
export interface Access {
  /** Position in `HistoryIndex.accesses`. */
  readonly id: number;
  readonly op: Operation;
  /** Position in `HistoryIndex.sessions`, and in that session. */
  readonly session: number;
  readonly position: number;
  readonly key: KeyIndex;
  /**
   * The list or set read, or the one value that a register showed; empty if the object was in its initial state. Absent if the
   * operation looked at nothing.
   */
  readonly saw: Int32Array | undefined;
  readonly wrote: number | undefined;
  /** The one element of a set that was asked for, of which alone `saw` tells. */
  readonly asked: number | undefined;
}

/** One object. Its values are numbered from 0. */
export interface KeyIndex {
  readonly name: string;
  readonly values: readonly Json[];
  /** For each value the operation that wrote it, which may be of unknown outcome; absent if none that can have happened. */
  readonly writers: readonly (Access | undefined)[];
  /** For values without a writer: the operation that should have written it, but failed. */
  readonly failed: ReadonlyMap<number, Operation>;
  readonly accesses: readonly Access[];
}

/**
 * A history sorted by session and by key. Closing reads and operations without effect (failed; reads of unknown outcome;
 * compare-and-sets of unknown outcome whose value nobody saw) are left out, and so are keys on which a value was written
 * twice: nobody could say which of the two writes a read saw. Of a set, elements that were ever removed are left out too:
 * that one is missing does not tell whether its add was seen. No element affects another.
 */
export interface HistoryIndex {
  readonly type: DataType;
  /** Session by session, each in its order. */
  readonly accesses: readonly Access[];
  /** One list a process, in its order. */
  readonly sessions: readonly (readonly Access[])[];
  readonly keys: readonly KeyIndex[];
  /** One sentence a key that was left out. */
  readonly leftOut: readonly string[];
}

/** An operation on its way into the index. */
interface Draft {
  readonly op: Operation;
  readonly saw: Int32Array | undefined;
  readonly wrote: number | undefined;
  readonly asked: number | undefined;
}

interface KeyDraft {
  readonly name: string;
  readonly interner: Interner;
  readonly drafts: Draft[];
  readonly failed: Map<number, Operation>;
  readonly removed: Set<number>;
  doubt: string | undefined;
}

type Mutable<T> = { -readonly [P in keyof T]: T[P] };

/** Sorts a history, or says why it is malformed. */
export function indexHistory(history: History, type: DataType): HistoryIndex | { readonly malformed: string } {
  const malformed = overlap(history);
  if (malformed !== undefined) return { malformed };

  const keys = new Map<string, KeyDraft>();
  for (const op of history.ops) {
    if (op.final) continue;
    const effect = effectOf(type, op);
    if ("wrong" in effect) {
      // A failed call of something unknown had no effect, whatever it was.
      if (op.outcome.type === "fail") continue;
      return { malformed: `operation ${op.index} (${op.f} by process ${op.process}): ${effect.wrong}` };
    }
    const name = op.key ?? "";
    let key = keys.get(name);
    if (key === undefined) {
      key = { name, interner: new Interner(), drafts: [], failed: new Map(), removed: new Set(), doubt: undefined };
      keys.set(name, key);
    }
    enter(key, op, effect);
  }
  return build(type, [...keys.values()]);
}

/** Why the operations of some process are not one after the other, if they are not. */
export function overlap(history: History): string | undefined {
  const last = new Map<number, Operation>();
  for (const op of history.ops) {
    if (op.final) continue;
    const before = last.get(op.process);
    if (before !== undefined && before.returnNs > op.callNs) {
      const what = before.outcome.type === "info" ? "goes on after the unknown outcome of" : "overlaps itself:";
      return `process ${op.process} ${what} operation ${before.index} with operation ${op.index}; a process is one session`;
    }
    last.set(op.process, op);
  }
  return undefined;
}

function enter(key: KeyDraft, op: Operation, { saw, wrote, asked, removed, doubt }: Effect): void {
  const id = (value: Json | undefined): number | undefined =>
    value === undefined ? undefined : key.interner.id(value);
  const written = id(wrote);
  if (op.outcome.type === "fail") {
    if (written !== undefined) key.failed.set(written, op);
    return;
  }
  if (removed !== undefined) key.removed.add(key.interner.id(removed));
  if (doubt !== undefined) key.doubt ??= `operation ${op.index} on ${named(key.name)}: ${doubt}`;
  if (saw === undefined && written === undefined) return;
  const seen = saw && Int32Array.from(saw, (value) => key.interner.id(value));
  key.drafts.push({ op, saw: seen, wrote: written, asked: id(asked) });
}

/** Leaves out the elements of a set that were removed. */
function withoutRemoved({ drafts, removed }: KeyDraft): Draft[] {
  if (removed.size === 0) return drafts;
  return drafts
    .filter(({ wrote, asked }) => !removed.has(wrote ?? -1) && !removed.has(asked ?? -1))
    .map((draft) => ({ ...draft, saw: draft.saw?.filter((value) => !removed.has(value)) }));
}

/** Leaves out compare-and-sets of unknown outcome that left no trace; those that were seen did happen, and saw `from`. */
function happened(type: DataType, key: KeyDraft): Draft[] {
  if (type === "set") return withoutRemoved(key);
  const doubtful = new Map<number, Draft>();
  const seen: number[] = [];
  for (const draft of key.drafts) {
    if (draft.op.outcome.type === "ok") {
      for (const value of draft.saw ?? []) seen.push(value);
    } else if (draft.saw !== undefined && draft.wrote !== undefined) {
      doubtful.set(draft.wrote, draft);
    }
  }
  if (doubtful.size === 0) return key.drafts;
  for (let value = seen.pop(); value !== undefined; value = seen.pop()) {
    const draft = doubtful.get(value);
    if (draft === undefined) continue;
    doubtful.delete(value);
    for (const from of draft.saw ?? []) seen.push(from);
  }
  const unseen = new Set(doubtful.values());
  return key.drafts.filter((draft) => !unseen.has(draft));
}

/** Why the reads of this key cannot be told apart, if they cannot. */
function ambiguity(type: DataType, key: KeyDraft): string | undefined {
  if (key.doubt !== undefined) return key.doubt;
  const writers = new Map<number, Operation>();
  for (const { op, wrote } of withoutRemoved(key)) {
    if (wrote === undefined) continue;
    const value = key.interner.values[wrote] ?? null;
    if (type === "register" && value === null)
      return `operation ${op.index} writes null to ${named(key.name)}, which also stands for the initial state`;
    const other = writers.get(wrote);
    if (other !== undefined)
      return `${show(value)} is written to ${named(key.name)} by both operation ${other.index} and operation ${op.index}; values must be unique per key`;
    writers.set(wrote, op);
  }
  return undefined;
}

/** A key for people. Histories of a single object have none. */
export const named = (key: string): string => (key === "" ? "the object" : key);

function build(type: DataType, drafts: readonly KeyDraft[]): HistoryIndex {
  const leftOut: string[] = [];
  const keys: KeyIndex[] = [];
  const rows: { draft: Draft; key: KeyIndex; writers: (Access | undefined)[]; accesses: Access[] }[] = [];
  for (const draft of drafts) {
    const problem = ambiguity(type, draft);
    if (problem !== undefined) {
      leftOut.push(problem);
      continue;
    }
    const { values } = draft.interner;
    const writers: (Access | undefined)[] = values.map(() => undefined);
    const accesses: Access[] = [];
    const key: KeyIndex = { name: draft.name, values, writers, failed: draft.failed, accesses };
    keys.push(key);
    if (draft.removed.size > 0)
      leftOut.push(`elements of ${named(draft.name)} were removed, and what reads show of those is not judged`);
    for (const entry of happened(type, draft)) rows.push({ draft: entry, key, writers, accesses });
  }
  rows.sort((a, b) => a.draft.op.index - b.draft.op.index);

  const sessions = new Map<number, Mutable<Access>[]>();
  for (const { draft, key, writers, accesses } of rows) {
    let session = sessions.get(draft.op.process);
    if (session === undefined) {
      session = [];
      sessions.set(draft.op.process, session);
    }
    const access: Mutable<Access> = {
      id: -1,
      op: draft.op,
      session: session[0]?.session ?? sessions.size - 1,
      position: session.length,
      key,
      saw: draft.saw,
      wrote: draft.wrote,
      asked: draft.asked,
    };
    accesses.push(access);
    session.push(access);
    if (draft.wrote !== undefined) writers[draft.wrote] = access;
  }
  const bySession = [...sessions.values()];
  const all = bySession.flat();
  for (const [id, access] of all.entries()) access.id = id;
  return { type, accesses: all, sessions: bySession, keys, leftOut };
}
