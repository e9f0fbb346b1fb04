import type { Checker } from "../../src/core/checker.ts";
import type { ConsistencyModel } from "../../src/core/consistency.ts";
import type { Operation } from "../../src/core/operation.ts";
import { type Anomalies, because } from "../shared/anomalies.ts";
import { type ClosingKey, type ClosingRead, decidedKeys } from "../shared/closing.ts";
import type { Deadline } from "../shared/deadline.ts";
import { named } from "../shared/history-index.ts";
import { listOf, objectChecker } from "../shared/object-checker.ts";
import { at, who } from "../shared/phrases.ts";
import { type Edits, editsOf, idOf } from "./edits.ts";

/**
 * Collaborative text: whatever edits were made at once, all copies end with the same text, in which nothing that was
 * acknowledged is missing, nothing deleted is back, and nothing stands twice (Attiya et al., "Specification and Complexity of
 * Collaborative Text Editing", PODC 2016, §3, of which the order between characters is judged only by its being the same
 * everywhere). Judged by the closing reads of documents for which at least two nodes, and a majority, answered.
 *
 * Characters are told apart by identifiers, never used twice: `insert {id, …}`, `delete {id}`, `read` of the list of
 * characters, each `{id, …}`; an identifier may stand for the object. Several that are typed at one go are `insert {ids, …}`:
 * all of them are there or none, but for those that somebody deleted, and they stay in their order, though others may come
 * between them.
 *
 * `checked` counts acknowledged edits.
 */
export function text(): Checker {
  return objectChecker({
    name: "text",
    tests: ["eventual", "durable"],
    judge: (history, anomalies, deadline) => {
      let checked = 0;
      for (const key of decidedKeys(history))
        if (key.finals.length > 1) checked += judgeDocument(key, anomalies, deadline);
      return checked > 0
        ? checked
        : "no text with an acknowledged edit was read on two nodes at the end by enough nodes";
    },
  });
}

/** What a copy held at the end: the characters' identifiers as canonical texts. */
interface Copy {
  readonly read: ClosingRead;
  readonly ids: readonly string[];
  readonly holds: ReadonlySet<string>;
}

function judgeDocument(key: ClosingKey, anomalies: Anomalies, deadline: Deadline): number {
  const edits = editsOf(key.ops);
  const copies = key.finals.map((read): Copy => {
    const ids = listOf(read.op, read.value).map(idOf);
    return { read, ids, holds: new Set(ids) };
  });
  compare(key, copies, anomalies);
  for (const copy of copies) {
    deadline.step();
    findImpossible(key, copy, edits, anomalies);
    findTorn(key, copy, edits, anomalies);
  }
  let acknowledged = 0;
  const missing = (id: string): boolean => copies.every(({ holds }) => !holds.has(id));
  const present = (id: string): boolean => copies.every(({ holds }) => holds.has(id));
  for (const [id, insert] of edits.inserts) {
    deadline.step();
    if (insert.outcome.type !== "ok") continue;
    acknowledged++;
    if (!edits.deletes.has(id) && missing(id))
      report("lost-insert", insert, "and nobody deleted it, but no copy holds it", key, copies, anomalies);
  }
  for (const [id, remove] of edits.deletes) {
    if (remove.outcome.type !== "ok") continue;
    acknowledged++;
    if (present(id)) report("resurrected-character", remove, "but every copy still holds it", key, copies, anomalies);
  }
  return acknowledged;
}

function compare({ name }: ClosingKey, copies: readonly Copy[], anomalies: Anomalies): void {
  const [one, ...others] = copies;
  const other = others.find(({ ids }) => ids.join() !== one?.ids.join());
  if (one === undefined || other === undefined) return;
  const lacks = (by: Copy, of: Copy): string[] => {
    const absent = of.ids.filter((id) => !by.holds.has(id));
    return absent.length > 0 ? [`${nodeOf(by)} lacks ${some(absent)}`] : [];
  };
  const differences = [...lacks(one, other), ...lacks(other, one)];
  const told = differences.length > 0 ? differences.join(", ") : firstTurned(one, other);
  anomalies.add("divergence", () => ({
    rulesOut: ["eventual"],
    key: name,
    explanation: `after everything was healed the texts of ${named(name)} differ on ${nodeOf(one)} and ${nodeOf(other)}: ${told}.`,
    ops: [one.read.op, other.read.op],
    because: [because(one.read.op, other.read.op, "they hold different texts and nothing is left to reconcile them")],
  }));
}

function firstTurned(a: Copy, b: Copy): string {
  const i = a.ids.findIndex((id, at) => id !== b.ids[at]);
  return `from position ${i} on the order differs, ${nodeOf(a)} has ${some(a.ids.slice(i, i + 3))} and ${nodeOf(b)} ${some(b.ids.slice(i, i + 3))}`;
}

function findImpossible({ name }: ClosingKey, { read, ids }: Copy, { inserts }: Edits, anomalies: Anomalies): void {
  const met = new Set<string>();
  for (const id of ids) {
    const twice = met.has(id);
    met.add(id);
    if (!twice && inserts.has(id)) continue;
    const rulesOut: [ConsistencyModel, ...ConsistencyModel[]] = ["causal-cc", "pram"];
    const why = twice ? "twice, but every character was inserted once" : "which nobody inserted, or that had failed";
    anomalies.add(twice ? "duplicate-character" : "unexpected-character", () => ({
      rulesOut,
      key: name,
      explanation: `at the end ${read.node || "a copy"} holds in ${named(name)} the character ${id} ${why}.`,
      ops: [...(twice ? [inserts.get(id)] : []), read.op].filter((op) => op !== undefined),
      because: [],
    }));
  }
}

/** Inserts that a copy holds in parts, or in another order than that in which they were typed. */
function findTorn({ name }: ClosingKey, { read, ids, holds }: Copy, edits: Edits, anomalies: Anomalies): void {
  const places = new Map(ids.map((id, i) => [id, i]));
  const wrong = (kind: string, insert: Operation, what: string): void =>
    anomalies.add(kind, () => ({
      rulesOut: ["causal-cc", "pram"],
      key: name,
      explanation: `at the end ${read.node || "a copy"} holds in ${named(name)} ${what} that process ${insert.process} typed at one go.`,
      ops: [insert, read.op],
      because: [],
    }));
  for (const { insert, ids: typed } of edits.runs) {
    const kept = typed.filter((id) => holds.has(id));
    const missing = typed.filter((id) => !holds.has(id) && !edits.deletes.has(id));
    if (kept.length > 0 && missing.length > 0)
      wrong("torn-insert", insert, `${some(kept)} without ${some(missing)}, of the characters`);
    if (kept.some((id, i) => i > 0 && (places.get(id) ?? 0) < (places.get(kept[i - 1] ?? "") ?? 0)))
      wrong("turned-insert", insert, `in another order the characters ${some(typed)}`);
  }
}

function report(
  kind: string,
  edit: Operation,
  what: string,
  { name }: ClosingKey,
  copies: readonly Copy[],
  anomalies: Anomalies,
): void {
  const reads = copies.map(({ read }) => read.op);
  anomalies.add(kind, () => ({
    rulesOut: ["durable"],
    key: name,
    explanation: `${who(edit)}, which was acknowledged at ${at(edit.returnNs)}, ${what} at the end.`,
    ops: [edit, ...reads],
    because: reads.map((read) => because(edit, read, "acknowledged, but without effect on this copy")),
  }));
}

const nodeOf = ({ read }: Copy): string => read.node || `process ${read.op.process}`;

/** How many characters a sentence names. */
const MAX_CHARACTERS = 8;

/** Some identifiers for people; they are canonical texts already. */
const some = (ids: readonly string[]): string =>
  ids.slice(0, MAX_CHARACTERS).join(", ") +
  (ids.length > MAX_CHARACTERS ? ` and ${ids.length - MAX_CHARACTERS} more` : "");
