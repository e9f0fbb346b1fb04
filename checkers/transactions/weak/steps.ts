import type { Because } from "../../../src/core/checker.ts";
import type { Cycle } from "./cycles.ts";
import type { Facts } from "./facts.ts";
import type { Level } from "./levels.ts";
import type { CausalPaths } from "./paths.ts";
import { type Sessions, type Writes, wrote } from "./sessions.ts";
import type { Words } from "./words.ts";

/** What evidence is made from. */
export interface Material {
  readonly facts: Facts;
  readonly sessions: Sessions;
  readonly writes: Writes;
  readonly paths: CausalPaths;
  readonly words: Words;
}

/** One transaction comes before another, and why. */
export interface Step {
  readonly kind: "demand" | "so" | "wr" | "ww";
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  /** Who demands it, and who else belongs to the reason. */
  readonly others: readonly number[];
  /** The number of the key on which it is demanded. */
  readonly key?: number;
}

/** The steps along transactions each of which was read by the next, or came before it in its session. */
export const stepsAlong = (path: readonly number[], level: Level, material: Material): Step[] =>
  merged(
    path.slice(1).map((to, i) => directStep(path[i] as number, to, level, material) ?? impossible()),
    material,
  );

/** The steps round a circle, some of which a level demands. */
export function stepsAround(cycle: Cycle, level: Level, material: Material): Step[] {
  const steps = cycle.map((from, i): Step => {
    const to = cycle[(i + 1) % cycle.length] as number;
    return directStep(from, to, level, material) ?? demandStep(from, to, level, material) ?? impossible();
  });
  // Begun at the first transaction. It is in the midst of no session's steps, which are in order, so those stand together.
  let start = 0;
  for (const [i, { from }] of steps.entries()) if (from < (steps[start] as Step).from) start = i;
  return merged([...steps.slice(start), ...steps.slice(0, start)], material);
}

/** Neighbouring steps within a session as one. */
function merged(steps: readonly Step[], material: Material): Step[] {
  const result: Step[] = [];
  for (const step of steps) {
    const last = result.at(-1);
    if (last?.kind === "so" && step.kind === "so")
      result[result.length - 1] = sessionStep(last.from, step.to, material);
    else result.push(step);
  }
  return result;
}

function directStep(from: number, to: number, level: Level, material: Material): Step | undefined {
  const { facts, sessions, words } = material;
  const read = readOf(facts, to, from);
  if (read !== undefined)
    return {
      kind: "wr",
      from,
      to,
      reason: `${words.name(to)} read ${told(read, from, material)}`,
      others: [],
    };
  if (level.sessions && precedes(facts, sessions, from, to)) return sessionStep(from, to, material);
  return appendStep(from, to, material);
}

/** "x = 3, which transaction 5 wrote". */
const told = (read: number, from: number, { facts, words }: Material): string =>
  `${words.seen(facts.readAt[read] as number)}, ${words.madeBy(from, facts.readVersion[read] as number)}`;

/** One transaction appended to a list after another. */
function appendStep(from: number, to: number, { facts, words }: Material): Step | undefined {
  const appends = facts.lists?.before(from, to);
  if (appends === undefined) return undefined;
  const { earlier, later, isSeen } = appends;
  const reason = `${words.name(to)} ${words.didWrite(later)} after ${words.name(from)} ${words.didWrite(earlier)}`;
  return { kind: "ww", from, to, reason: isSeen ? reason : `${reason}, since no read shows it`, others: [] };
}

const sessionStep = (from: number, to: number, { words }: Material): Step => ({
  kind: "so",
  from,
  to,
  reason: `process ${words.process(from)} did ${words.name(from)} before ${words.name(to)}`,
  others: [],
});

const precedes = ({ txns: { session } }: Facts, { place }: Sessions, a: number, b: number): boolean =>
  session[a] === session[b] && (place[a] as number) < (place[b] as number);

/** A read of `reader` from `writer`, before the read number `before`; `undefined` if there is none. */
function readOf(facts: Facts, reader: number, writer: number, before = Number.POSITIVE_INFINITY): number | undefined {
  for (let r = facts.readFirst[reader] as number; r < (facts.readFirst[reader + 1] as number) && r < before; r++)
    if (facts.readFrom[r] === writer) return r;
  return undefined;
}

/** Why `from` must be committed before `to`: somebody had to see `from`, which wrote a key, and read that key from `to`. */
function demandStep(from: number, to: number, level: Level, material: Material): Step | undefined {
  const { facts, words } = material;
  const candidates = readersOf(from, to, material);
  if (level.mustSee === "causes") {
    const path = material.paths.toNearest(from, new Set(candidates.map(({ reader }) => reader)));
    const found = candidates.find(({ reader }) => reader === path.at(-1));
    return (
      found && demand(found, `with ${words.name(from)} among its causes${byWayOf(path, words)}`, path.slice(1, -1))
    );
  }
  for (const found of candidates) {
    const seen = readOf(facts, found.reader, from, level.mustSee === "later" ? found.read : undefined);
    if (seen !== undefined)
      return demand(
        found,
        `${level.mustSee === "later" ? "after it had" : "and it also"} read ${told(seen, from, material)}`,
      );
    if (level.mustSee === "whole-and-session" && precedes(facts, material.sessions, from, found.reader))
      return demand(found, `after ${words.name(from)} of the same process`);
  }
  return undefined;

  function demand({ reader, read }: Reading, why: string, others: readonly number[] = []): Step {
    const key = facts.txns.key[facts.readAt[read] as number] as number;
    return {
      kind: "demand",
      from,
      to,
      reason: `${words.fullName(reader)} read ${told(read, to, material)}, ${why}; as ${words.name(from)} ${words.didWrite(words.lastWritten(from, key))}, it must have been committed before ${words.name(to)}`,
      others: [reader, ...others],
      key,
    };
  }
}

/** A read, and who read. */
interface Reading {
  readonly reader: number;
  readonly read: number;
}

/** Who read from `to` a key that `from` wrote. */
function readersOf(from: number, to: number, { facts, writes }: Material): Reading[] {
  const { wr, readFirst, readFrom, readAt, txns } = facts;
  const found: Reading[] = [];
  for (let e = wr.heads[to] as number; e < (wr.heads[to + 1] as number); e++) {
    const reader = wr.targets[e] as number;
    for (let r = readFirst[reader] as number; r < (readFirst[reader + 1] as number); r++)
      if (readFrom[r] === to && wrote(writes, from, txns.key[readAt[r] as number] as number))
        found.push({ reader, read: r });
  }
  return found;
}

const MAX_ON_THE_WAY = 4;

/** " (by way of transactions 5, 7 and 9)". */
function byWayOf(path: readonly number[], words: Words): string {
  const between = path.slice(1, -1).map((t) => words.op(t));
  if (between.length === 0) return "";
  const shown = between.slice(0, MAX_ON_THE_WAY).join(", ");
  const more = between.length > MAX_ON_THE_WAY ? ` and ${between.length - MAX_ON_THE_WAY} more` : "";
  return ` (by way of transaction${between.length > 1 ? "s" : ""} ${shown}${more})`;
}

/** Steps as ties between operations. */
export const becauseOf = (steps: readonly Step[], words: Words): Because[] =>
  steps.map(({ from, to, reason }) => ({ from: words.op(from), to: words.op(to), reason }));

/** The graph and the reasons for its edges come from the same reads. */
function impossible(): never {
  throw new Error("an edge without a reason");
}
