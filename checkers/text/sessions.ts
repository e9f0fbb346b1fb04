import type { Checker } from "../../src/core/checker.ts";
import type { History } from "../../src/core/history.ts";
import type { Operation } from "../../src/core/operation.ts";
import { type Anomalies, because } from "../shared/anomalies.ts";
import type { Deadline } from "../shared/deadline.ts";
import { named } from "../shared/history-index.ts";
import { listOf, objectChecker, operationsByKey } from "../shared/object-checker.ts";
import { at, who } from "../shared/phrases.ts";
import { charactersOf, editsOf, idOf } from "./edits.ts";

/** A session's operations on one text, in its order, closing reads left out. */
interface Session {
  readonly key: string;
  readonly ops: readonly Operation[];
  /** Whether a delete that may have happened by the end of the read takes the character away. */
  readonly mayBeGone: (id: string, read: Operation) => boolean;
}

function* sessionsOf(history: History, deadline: Deadline): Generator<Session> {
  for (const [key, ops] of operationsByKey(history)) {
    editsOf(ops);
    const deletedFrom = new Map<string, number>();
    for (const op of ops)
      if (op.f === "delete" && op.outcome.type !== "fail")
        for (const id of charactersOf(op).map(idOf))
          deletedFrom.set(id, Math.min(op.callNs, deletedFrom.get(id) ?? Number.POSITIVE_INFINITY));
    const mayBeGone = (id: string, { returnNs }: Operation): boolean =>
      (deletedFrom.get(id) ?? Number.POSITIVE_INFINITY) <= returnNs;
    const sessions = new Map<number, Operation[]>();
    for (const op of ops) {
      deadline.step();
      if (op.final || op.outcome.type !== "ok") continue;
      const session = sessions.get(op.process);
      if (session) session.push(op);
      else sessions.set(op.process, [op]);
    }
    for (const session of sessions.values()) yield { key, ops: session, mayBeGone };
  }
}

const shownBy = (read: Operation): string[] =>
  listOf(read, read.outcome.type === "ok" ? read.outcome.value : null).map(idOf);

/**
 * Read-your-writes of texts (Terry et al., PDIS 1994, §3): a read shows every character that its session inserted before,
 * unless somebody may have deleted it, and none that its session deleted. `checked` counts reads that follow an edit.
 */
export const textReadsOwnWrites = (): Checker =>
  objectChecker({
    name: "read-your-writes",
    tests: ["read-your-writes"],
    judge: (history, anomalies, deadline) => {
      let checked = 0;
      for (const session of sessionsOf(history, deadline)) checked += ownEdits(session, anomalies, deadline);
      return checked > 0 ? checked : "no session read a text that it had edited before";
    },
  });

function ownEdits({ key, ops, mayBeGone }: Session, anomalies: Anomalies, deadline: Deadline): number {
  const own = new Map<string, Operation>();
  let checked = 0;
  for (const op of ops) {
    deadline.step();
    if (op.f !== "read") {
      for (const id of charactersOf(op).map(idOf)) own.set(id, op);
      continue;
    }
    if (own.size === 0) continue;
    checked++;
    const shown = new Set(shownBy(op));
    const missed = [...own].find(([id, edit]) =>
      edit.f === "insert" ? !shown.has(id) && !mayBeGone(id, op) : shown.has(id),
    );
    if (missed === undefined) continue;
    const [id, edit] = missed;
    anomalies.add("missed-own-write", () => ({
      rulesOut: ["read-your-writes"],
      key,
      explanation: `${who(edit)}, acknowledged at ${at(edit.returnNs)}, but its later read of ${named(key)} shows the text ${edit.f === "insert" ? "without" : "with"} ${id}.`,
      ops: [edit, op],
      because: [because(edit, op, "a session must see what it did before")],
    }));
  }
  return checked;
}

/**
 * Monotonic reads of texts (Terry et al., PDIS 1994, §3): a character that a session saw stays until somebody may have deleted
 * it, does not come back once the session saw it gone, and keeps its place before or behind each other one. `checked` counts
 * reads for which an earlier one of the same text by the same session showed something.
 */
export const textReadsForwards = (): Checker =>
  objectChecker({
    name: "monotonic-reads",
    tests: ["monotonic-reads"],
    judge: (history, anomalies, deadline) => {
      let checked = 0;
      for (const session of sessionsOf(history, deadline)) checked += forwards(session, anomalies, deadline);
      return checked > 0 ? checked : "no session read a text twice after it was written in";
    },
  });

function forwards({ key, ops, mayBeGone }: Session, anomalies: Anomalies, deadline: Deadline): number {
  const gone = new Set<string>();
  let before: { readonly read: Operation; readonly ids: readonly string[] } | undefined;
  let checked = 0;
  for (const read of ops) {
    deadline.step();
    if (read.f !== "read") continue;
    const ids = shownBy(read);
    const shown = new Set(ids);
    if (before !== undefined) {
      checked++;
      const wrong = wentBack(before.ids, ids, gone, (id) => !mayBeGone(id, read));
      if (wrong !== undefined) report(key, before.read, read, wrong, anomalies);
      for (const id of before.ids) if (!shown.has(id)) gone.add(id);
    }
    if (ids.length > 0 || before !== undefined) before = { read, ids };
  }
  return checked;
}

/** What a read shows that the one before it, and those before that, forbid: a clause. */
function wentBack(
  before: readonly string[],
  now: readonly string[],
  gone: ReadonlySet<string>,
  mustStay: (id: string) => boolean,
): string | undefined {
  const places = new Map(now.map((id, i) => [id, i]));
  const missing = before.find((id) => !places.has(id) && mustStay(id));
  if (missing !== undefined) return `no longer shows ${missing}, which nobody had deleted`;
  const back = now.find((id) => gone.has(id));
  if (back !== undefined) return `shows ${back} again, which had been deleted`;
  const common = [...new Set(before)].filter((id) => places.has(id));
  const turned = common.findIndex((id, i) => i > 0 && (places.get(id) ?? 0) < (places.get(common[i - 1] ?? "") ?? 0));
  return turned < 0 ? undefined : `shows ${common[turned]} before ${common[turned - 1]}, and not behind it`;
}

function report(key: string, before: Operation, after: Operation, wrong: string, anomalies: Anomalies): void {
  anomalies.add("non-monotonic-read", () => ({
    rulesOut: ["monotonic-reads"],
    key,
    explanation: `process ${after.process} read ${named(key)} at ${at(before.returnNs)}, and its later read at ${at(after.returnNs)} ${wrong}.`,
    ops: [before, after],
    because: [because(before, after, "what a session has seen, its later reads must see as well")],
  }));
}
