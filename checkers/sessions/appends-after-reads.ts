import { type Anomalies, because } from "../shared/anomalies.ts";
import type { Deadline } from "../shared/deadline.ts";
import { type Access, type HistoryIndex, type KeyIndex, named } from "../shared/history-index.ts";
import { shown, who } from "../shared/phrases.ts";
import { commonPrefix, Positions } from "../shared/positions.ts";
import { sessionsByKey } from "./by-key.ts";

/** What an append must come after: everything that its session had read of the key. */
interface Requirement {
  /** The values that the session saw for the first time since its append before, with the read that showed them. */
  readonly fresh: readonly { readonly value: number; readonly read: Access }[];
  /** The session's append before, whose requirement belongs to this one. */
  readonly previous: Access | undefined;
  /** True if the session had read something at all. */
  readonly any: boolean;
}

/**
 * Writes follow reads on lists and sets. Returns the number of appends seen in lists whose session had read something of the key.
 */
export function appendsAfterWhatWasRead(index: HistoryIndex, anomalies: Anomalies, deadline: Deadline): number {
  const requirements = new Map<Access, Requirement>();
  for (const { key, accesses } of sessionsByKey(index)) collect(key, accesses, requirements, deadline);
  let checked = 0;
  for (const key of index.keys) checked += judgeKey(key, index.type === "list", requirements, anomalies, deadline);
  return checked;
}

function collect(
  key: KeyIndex,
  accesses: readonly Access[],
  requirements: Map<Access, Requirement>,
  deadline: Deadline,
): void {
  const seen = new Set<number>();
  let lastList: Int32Array = new Int32Array();
  let fresh: { value: number; read: Access }[] = [];
  let previous: Access | undefined;
  for (const access of accesses) {
    deadline.step();
    if (access.saw) {
      for (const value of access.saw.subarray(commonPrefix(lastList, access.saw))) {
        // An element that nobody appended is no write; `causal` reports it.
        if (seen.has(value) || key.writers[value] === undefined) continue;
        seen.add(value);
        fresh.push({ value, read: access });
      }
      lastList = access.saw;
    }
    if (access.wrote === undefined) continue;
    requirements.set(access, { fresh, previous, any: seen.size > 0 });
    fresh = [];
    previous = access;
  }
}

function judgeKey(
  key: KeyIndex,
  isOrdered: boolean,
  requirements: ReadonlyMap<Access, Requirement>,
  anomalies: Anomalies,
  deadline: Deadline,
): number {
  const required = key.writers.map((append) => append && requirements.get(append));
  const positions = new Positions(key);
  let checked = 0;
  // Whether an append stands where it must is decided by the list up to it, so a prefix is judged only once.
  let judged: Int32Array = new Int32Array();
  for (const read of key.accesses) {
    deadline.step();
    const { saw } = read;
    // Whoever asked for one element did not look for others.
    if (saw === undefined || read.asked !== undefined) continue;
    for (const value of saw) if (required[value]?.any) checked++;
    const known = isOrdered ? commonPrefix(judged, saw) : 0;
    if (known === saw.length) continue;
    positions.load(saw);
    for (const value of saw.subarray(known)) {
      deadline.step();
      const missed = firstMissed(positions, required, value, isOrdered ? positions.of(value) : saw.length);
      const append = key.writers[value];
      if (missed && append) report(missed, append, read, positions.of(missed.value) < 0, anomalies);
    }
    judged = saw;
  }
  return checked;
}

/** A value that the session of this append had read before, but that does not stand before `limit` in the list. */
function firstMissed(
  positions: Positions,
  required: readonly (Requirement | undefined)[],
  append: number,
  limit: number,
): { value: number; read: Access } | undefined {
  let requirement = required[append];
  while (requirement) {
    for (const fresh of requirement.fresh) {
      const position = positions.of(fresh.value);
      if (position < 0 || position >= limit) return fresh;
    }
    const previous = requirement.previous?.wrote;
    if (previous === undefined) return undefined;
    const position = positions.of(previous);
    // An earlier append of the session that stands before this one answers for its own requirement.
    if (position >= 0 && position < limit) return undefined;
    requirement = required[previous];
  }
  return undefined;
}

function report(
  missed: { readonly value: number; readonly read: Access },
  append: Access,
  read: Access,
  missing: boolean,
  anomalies: Anomalies,
): void {
  anomalies.add("write-before-read", () => {
    const [first, second] = [shown(read, missed.value), shown(append, append.wrote ?? 0)];
    const how = missing ? `without ${first}` : `before ${first}`;
    const source = read.key.writers[missed.value];
    return {
      rulesOut: ["writes-follow-reads"],
      key: read.key.name,
      explanation: `process ${append.op.process} saw ${first} in ${named(read.key.name)} and then put ${second} there, but process ${read.op.process} read ${second} ${how}.`,
      ops: [...(source ? [source.op] : []), missed.read.op, append.op, read.op],
      because: [
        ...(source ? [because(source.op, missed.read.op, `process ${missed.read.op.process} read ${first}`)] : []),
        because(missed.read.op, append.op, `${who(append.op)} after that`),
        because(append.op, read.op, `it shows ${second} ${how}`),
      ],
    };
  });
}
