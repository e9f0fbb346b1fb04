import type { Models } from "./classify.ts";
import { cyclicComponents } from "./components.ts";
import { CycleSearch } from "./cycles.ts";
import { type Code, GraphBuilder, maskOf, needsRealTime, needsSessions, RW, WW, WW_RT, WW_SO } from "./graph.ts";
import { lending } from "./memory.ts";
import { INITIAL, type Transactions } from "./transactions.ts";
import type { Level, VersionPairs } from "./version-order-registers.ts";

/** Versions of one key each of which must have come before the next, and the last one before the first. */
export interface VersionCycle {
  readonly versions: readonly number[];
  readonly key: number;
  readonly rulesOut: Models;
}

const CODE_OF = [WW, WW_SO, WW_RT] as const;
/** How many cycles are told. */
const MAX_CYCLES = 8;

/**
 * Circles in what is known of the order of registers' versions. If it was assumed that each key by itself is sequential
 * or linearizable, they contradict even the existence of an order of writes.
 */
export function versionCycles(txns: Transactions, pairs: VersionPairs, assumed: boolean): VersionCycle[] {
  const versions = txns.versionKey.length;
  const graph = new GraphBuilder(versions + txns.keyNames.length, pairs.before.length);
  for (let i = 0; i < pairs.before.length; i++) {
    const before = pairs.before[i] as number;
    const after = pairs.after[i] as number;
    const code: Code = CODE_OF[pairs.level[i] as Level];
    if (after !== INITIAL) graph.add(before, after, code);
    else {
      const initial = versions + (txns.versionKey[before] as number);
      graph.add(before, initial, code);
      graph.add(initial, before, RW);
    }
  }
  const built = graph.build();
  for (const mask of [maskOf(WW, RW), maskOf(WW, WW_SO, RW), maskOf(WW, WW_SO, WW_RT, RW)]) {
    const found = lending(() => cyclesOf(mask));
    if (found.length > 0) return found;
  }
  return [];

  function cyclesOf(mask: number): VersionCycle[] {
    const found: VersionCycle[] = [];
    const part = { graph: built, mask, ways: "any" as const };
    const search = new CycleSearch(part);
    for (const component of cyclicComponents(part).slice(0, MAX_CYCLES)) {
      const cycle = search.shortest(component);
      const codes = cycle.map(({ code }) => code);
      const rulesOut: Models = codes.some(needsRealTime)
        ? ["strong-snapshot-isolation"]
        : codes.some(needsSessions)
          ? ["causal-ccv"]
          : [assumed ? "read-uncommitted" : "read-committed"];
      const key =
        cycle.map(({ from }) => (from < versions ? (txns.versionKey[from] as number) : from - versions))[0] ?? 0;
      found.push({ versions: cycle.map(({ from }) => (from < versions ? from : INITIAL)), key, rulesOut });
    }
    return found;
  }
}
