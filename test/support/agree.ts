import type { Budget, Checker } from "../../src/core/checker.ts";
import { DEFAULT_BUDGET } from "../../src/core/checker.ts";
import type { History } from "../../src/core/history.ts";
import { Random } from "../../src/core/random.ts";
import { history, type Sketch } from "./histories.ts";

/** How often each verdict was given. */
export interface Split {
  valid: number;
  invalid: number;
  unknown: number;
}

/** What a slow and obvious definition says of a history: its verdict, or more than that, such as the kinds of anomalies. */
export type Opinion = string;

interface Agreement {
  /** How many random histories. */
  readonly count: number;
  readonly make: (random: Random) => Sketch[];
  /** What the checker says, and what it should. The first word is the verdict: `valid`, `invalid` or `unknown`. */
  readonly actual: (history: History) => Opinion;
  readonly expected: (history: History) => Opinion;
}

const SEED = 20_261_124;

/** The verdict of a checker in a word, with the kinds of its anomalies in order. */
export function opinionOf(checker: Checker, history: History, budget: Budget = DEFAULT_BUDGET): Opinion {
  const verdict = checker.check(history, budget);
  if (verdict.valid === true) return "valid";
  if (verdict.valid === "unknown") return `unknown ${verdict.why}`;
  return invalid(verdict.anomalies.map(({ kind }) => kind));
}

/** An opinion against a history. */
export const invalid = (kinds: Iterable<string>): Opinion => ["invalid", ...[...new Set(kinds)].sort()].join(" ");

/** Of the histories, if they are not few, at least such a part must be invalid, and valid, or the property says little. */
const LEAST_INVALID = 1 / 3;
const LEAST_VALID = 1 / 8;
const FEW = 1000;

/**
 * Asks both for their opinion on random histories, and returns how often each verdict was given. Throws where they
 * differ, with the seed and the history, made as small as leaving out operations makes it; also where too few of the
 * histories were invalid, or valid.
 */
export function agree({ count, make, actual, expected }: Agreement): Split {
  const split: Split = { valid: 0, invalid: 0, unknown: 0 };
  for (let i = 0; i < count; i++) {
    const seed = SEED + i;
    const sketches = make(new Random(seed));
    const made = history(sketches);
    const opinion = expected(made);
    if (actual(made) !== opinion) {
      const least = smallest(sketches, (some) => {
        const fewer = history(some);
        return actual(fewer) !== expected(fewer);
      });
      const few = history(least);
      const told = least.map((sketch) => JSON.stringify(sketch)).join("\n");
      throw new Error(`seed ${seed}: the checker says "${actual(few)}", but it is "${expected(few)}" for\n${told}`);
    }
    split[opinion.split(" ")[0] as keyof Split]++;
  }
  if (count >= FEW && (split.invalid < count * LEAST_INVALID || split.valid < count * LEAST_VALID))
    throw new Error(`the histories are too much alike: ${JSON.stringify(split)}`);
  return split;
}

function smallest(sketches: readonly Sketch[], differ: (some: readonly Sketch[]) => boolean): readonly Sketch[] {
  for (let i = 0; i < sketches.length; i++) {
    const fewer = sketches.filter((_, at) => at !== i);
    if (differ(fewer)) return smallest(fewer, differ);
  }
  return sketches;
}

/** What one operation does; its times and process are added. */
export type Draw = Omit<Sketch, "p" | "call" | "ret">;

/**
 * From `max / 2` to `max` operations of some threads with times that overlap and often coincide. About one in eight ends unknown, its
 * thread going on under a new process number, and one in ten fails; `draw` may set `fail` itself.
 */
export function concurrently(
  random: Random,
  { threads, max, certain = false }: { threads: number; max: number; certain?: boolean },
  draw: (i: number, process: number) => Draw,
): Sketch[] {
  const processes = Array.from({ length: threads }, (_, thread) => thread);
  const clocks = processes.map(() => 0);
  const length = max - random.below(Math.ceil(max / 2));
  return Array.from({ length }, (_, i): Sketch => {
    const thread = random.below(threads);
    const p = processes[thread] as number;
    const call = (clocks[thread] as number) + random.below(3);
    const ret = call + random.below(4);
    clocks[thread] = ret;
    const { ok, ...drawn } = draw(i, p);
    const fate = certain ? 99 : random.below(40);
    if (fate < 5) {
      processes[thread] = p + threads;
      return { ...drawn, p, call };
    }
    if (fate < 9) return { ...drawn, p, call, ret, fail: "abort" };
    return { ...drawn, p, call, ret, ...(ok !== undefined && { ok }) };
  });
}
