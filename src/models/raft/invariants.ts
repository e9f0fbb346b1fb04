import type { JsonObject } from "../../core/json.ts";
import { bothOf, type Invariant, type Ruling } from "../../core/model.ts";
import type { NodeId } from "../../core/operation.ts";
import { configurationInvariants } from "./configuration-invariants.ts";

/**
 * The five properties of Figure 3 (Ongaro & Ousterhout 2014), judged from what replicas trace:
 *
 * - `start {term, length, head, from, terms, commands}`: the node starts or restarts with a log of this length; what a crash
 *   may have kept of its last handler is given again: the first entry at index `from`, and as `head {index, term, voters}` the
 *   last entry that is not in the log any more.
 * - `leader {term}`, `follower {term}`: it leads from now on; it no longer does.
 * - `append {from, terms, commands}`: entries went into its log, the first at index `from`.
 * - `truncate {length}`: it deleted all entries after the first `length`.
 * - `commit {index, term}`: as leader of `term` it marked all entries up to `index` as committed.
 * - `apply {index, term, command}`: it applied the entry at `index`, which is of `term`.
 * - `install {index, term, voters}`: a snapshot took the place of its log; the last entry that it covers is this one.
 *
 * What compaction takes from a log stays in it for the invariants. Two more are about configurations, which are traced as
 * commands.
 *
 * Each event costs time proportional to the entries it is about, so that runs of any length can be watched.
 */
export const raftInvariants = (): Invariant[] => [...logInvariants(), ...configurationInvariants()];

/** The five alone, for groups whose members are always the same. */
export const logInvariants = (): Invariant[] => [
  electionSafety(),
  leaderAppendOnly(),
  logMatching(),
  leaderCompleteness(),
  stateMachineSafety(),
];

const figure3 = (name: string, property: string, onTrace: Invariant["onTrace"]): Invariant => ({
  name,
  source: `Ongaro & Ousterhout 2014, Figure 3: ${property}`,
  onTrace,
});

interface Appends {
  readonly from: number;
  readonly terms: readonly number[];
  readonly commands: readonly string[];
}

/** The last entry that a snapshot covers. */
interface Head {
  readonly index: number;
  readonly term: number;
}

const appends = (detail: JsonObject): Appends => detail as unknown as Appends;
const head = (detail: JsonObject): Head => detail as unknown as Head;
/** What stands before the first entry of the log that a node starts with. */
const headOf = (start: JsonObject): Head => head(start.head as JsonObject);
const numberAt = (detail: JsonObject, name: string): number => detail[name] as number;
const quote = (command: string): string => (command === "" ? "a no-op" : `command ${command}`);

/** The value under a key, made if there is none. */
function existing<V>(map: Map<NodeId, V>, node: NodeId, make: () => V): V {
  let value = map.get(node);
  if (value === undefined) {
    value = make();
    map.set(node, value);
  }
  return value;
}

/** "At most one leader can be elected in a given term." */
export function electionSafety(): Invariant {
  const leaders = new Map<number, NodeId>();
  const property = "at most one leader can be elected in a given term (§5.2)";
  return figure3("election-safety", property, (node, event, detail) => {
    if (event !== "leader") return undefined;
    const term = numberAt(detail, "term");
    const other = leaders.get(term);
    leaders.set(term, node);
    if (other === undefined) return true;
    return other === node
      ? `${node} was elected twice in term ${term}`
      : `${other} and ${node} were both elected in term ${term}`;
  });
}

/** "A leader never overwrites or deletes entries in its log; it only appends new entries." */
export function leaderAppendOnly(): Invariant {
  const lengths = new Map<NodeId, number>();
  const leading = new Set<NodeId>();
  const property = "a leader never overwrites or deletes entries in its log (§5.3)";
  return figure3("leader-append-only", property, (node, event, detail) => {
    if (event === "leader") leading.add(node);
    else if (event === "follower" || event === "start") leading.delete(node);
    if (event === "install") {
      lengths.set(node, numberAt(detail, "index"));
      return leading.has(node) ? `${node} replaced its log while it led` : undefined;
    }
    if (event !== "start" && event !== "truncate" && event !== "append") return undefined;

    const before = lengths.get(node) ?? 0;
    const keeps = event === "append" ? appends(detail).from - 1 : numberAt(detail, "length");
    lengths.set(node, event === "append" ? keeps + appends(detail).terms.length : keeps);
    if (!leading.has(node) || before === 0) return undefined;
    if (keeps >= before) return true;
    return `${node} ${event === "append" ? "overwrote" : "deleted"} entries ${keeps + 1} to ${before} of its log while it led`;
  });
}

/** An entry met in a log. */
interface Fact {
  readonly term: number;
  readonly command: string;
  /** Term of the entry before. */
  readonly before: number;
  readonly node: NodeId;
  /** An entry of another term at the same index. */
  readonly next: Fact | undefined;
}

/**
 * "If two logs contain an entry with the same index and term, then the logs are identical in all entries up through the
 * given index." By induction it is enough that an index and term determine the command and the term of the entry before.
 */
export function logMatching(): Invariant {
  const logs = new Map<NodeId, number[]>();
  const seen: (Fact | undefined)[] = [];
  const property = "logs that share an entry are identical up to it (§5.3)";
  return figure3("log-matching", property, (node, event, detail) => {
    const log = existing<number[]>(logs, node, () => []);
    if (event === "start" || event === "truncate") log.length = Math.min(log.length, numberAt(detail, "length"));
    // Entries before the last one that a snapshot covers are not met again.
    if (event === "start" || event === "install") {
      const { index, term } = event === "start" ? headOf(detail) : head(detail);
      if (index > 0) log[index - 1] = term;
    }
    if (event !== "start" && event !== "append") return undefined;

    const { from, terms, commands } = appends(detail);
    let ruling: Ruling;
    for (const [i, term] of terms.entries()) {
      const index = from + i;
      const fact: Fact = { term, command: commands[i] ?? "", before: log[index - 2] ?? 0, node, next: seen[index] };
      log[index - 1] = term;
      let same = seen[index];
      while (same && same.term !== term) same = same.next;
      if (same) ruling = bothOf(ruling, compare(index, same, fact));
      else seen[index] = fact;
    }
    return ruling;
  });
}

function compare(index: number, one: Fact, other: Fact): Ruling {
  if (one.command === other.command && one.before === other.before) return true;
  const entry = `entry ${index} of term ${one.term}`;
  if (one.command !== other.command)
    return `${entry} is ${quote(one.command)} on ${one.node} but ${quote(other.command)} on ${other.node}`;
  return `${one.node} and ${other.node} share ${entry}, but before it one has term ${one.before}, the other term ${other.before}`;
}

/** What a node's log holds. */
interface CopiedLog {
  /** Term and command of each entry. */
  readonly entries: string[];
  /** How many of the first entries are known to be the committed ones. */
  agreed: number;
  /** The term it leads, or -1. */
  leads: number;
}

function cut(log: CopiedLog, length: number): void {
  log.entries.length = Math.min(log.entries.length, length);
  log.agreed = Math.min(log.agreed, length);
}

const holds = ({ entries }: CopiedLog, { index, term }: Head): boolean =>
  index === 0 || entries[index - 1]?.startsWith(`${term}/`) === true;

function extend(log: CopiedLog, { from, terms, commands }: Appends): void {
  log.agreed = Math.min(log.agreed, from - 1);
  for (const [i, term] of terms.entries()) log.entries[from - 1 + i] = `${term}/${commands[i]}`;
}

/**
 * "If a log entry is committed in a given term, then that entry will be present in the logs of the leaders for all
 * higher-numbered terms." Judged when a leader is elected and, against those that lead already, when an older one commits.
 */
export function leaderCompleteness(): Invariant {
  const logs = new Map<NodeId, CopiedLog>();
  /** The committed entries and the term in which each was. */
  const committed: { readonly entry: string; readonly term: number }[] = [];

  /** Of what is committed in earlier terms, whether a leader has it; what was found before needs no second look. */
  const complete = (node: NodeId, log: CopiedLog): Ruling => {
    for (; log.agreed < committed.length; log.agreed++) {
      const next = committed[log.agreed];
      if (!next || next.term >= log.leads) break;
      if (next.entry !== log.entries[log.agreed])
        return `${node} leads term ${log.leads} without entry ${log.agreed + 1}, which was committed in term ${next.term}`;
    }
    return log.agreed > 0 || undefined;
  };
  const commit = (log: CopiedLog, index: number, term: number): Ruling => {
    for (let i = committed.length; i < index; i++) committed.push({ entry: log.entries[i] ?? "", term });
    let ruling: Ruling;
    for (const [other, its] of logs) if (its.leads > term) ruling = bothOf(ruling, complete(other, its));
    return ruling;
  };

  /** A snapshot is of committed entries, so that its last one tells them all. */
  const install = (node: NodeId, log: CopiedLog, { index, term }: Head): Ruling => {
    log.agreed = index;
    log.entries.length = index;
    if (committed[index - 1]?.entry.startsWith(`${term}/`)) return true;
    return `${node} installed a snapshot up to entry ${index} of term ${term}, which was not committed`;
  };

  const property = "a committed entry is in the logs of all later leaders (§5.4)";
  return figure3("leader-completeness", property, (node, event, detail) => {
    const log = existing<CopiedLog>(logs, node, () => ({ entries: [], agreed: 0, leads: -1 }));
    if (event === "install") return install(node, log, head(detail));
    if (event === "commit") return commit(log, numberAt(detail, "index"), numberAt(detail, "term"));
    if (event === "leader") {
      log.leads = numberAt(detail, "term");
      return complete(node, log);
    }
    if (event === "follower" || event === "start") log.leads = -1;
    if (event === "start" || event === "truncate") cut(log, numberAt(detail, "length"));
    const ruling = event === "start" && !holds(log, headOf(detail)) ? install(node, log, headOf(detail)) : undefined;
    if (event === "start" || event === "append") extend(log, appends(detail));
    return ruling;
  });
}

/**
 * "If a server has applied a log entry at a given index to its state machine, no other server will ever apply a different
 * log entry for the same index."
 */
export function stateMachineSafety(): Invariant {
  const applied: { readonly term: number; readonly command: string; readonly node: NodeId }[] = [];
  const property = "no two servers apply different entries at an index (§5.4.3)";
  return figure3("state-machine-safety", property, (node, event, detail) => {
    if (event !== "apply" && event !== "install") return undefined;
    const { index, term } = head(detail);
    if (event === "install") {
      const first = applied[index];
      if (first?.term === term) return true;
      return `${node} installed a snapshot up to entry ${index} of term ${term}, which ${first ? `is of term ${first.term}` : "nobody applied"}`;
    }
    const command = detail.command as string;
    const first = applied[index];
    if (!first) {
      applied[index] = { term, command, node };
      return undefined;
    }
    if (first.term === term && first.command === command) return true;
    return `at index ${index} ${first.node} applied ${quote(first.command)} of term ${first.term}, but ${node} ${quote(command)} of term ${term}`;
  });
}
