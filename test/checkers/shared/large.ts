import type { DataType } from "../../../checkers/causal/index.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import { Random } from "../../../src/core/random.ts";
import { history, type Sketch } from "../../support/histories.ts";

/** What a large history is made of. */
export interface LargeShape {
  readonly type: DataType;
  readonly ops: number;
  readonly threads: number;
  /** A key is given up after so many operations. */
  readonly opsPerKey: number;
  /** Share of operations whose outcome is unknown; each ends its process. */
  readonly unknown: number;
  /** How many copies there are. Only the first is written; the others get what it has now and then. */
  readonly copies: number;
}

/** A history of a store with one leader whose followers lag: causal for sessions that stay at one copy. */
export function largeHistory(
  { type, ops, threads, opsPerKey, unknown, copies }: LargeShape,
  roaming: boolean,
): History {
  const random = new Random(7, "large");
  const stores = Array.from({ length: copies }, () => new Map<string, Json>());
  const leader = stores[0] as Map<string, Json>;
  const processes = Array.from({ length: threads }, (_, thread) => thread);
  const sketches: Sketch[] = [];
  for (let i = 0; i < ops; i++) {
    if (random.chance(0.05)) for (const [key, value] of leader) stores[1 + random.below(copies - 1)]?.set(key, value);
    const thread = random.below(threads);
    const p = processes[thread] ?? 0;
    const key = `k${Math.floor(i / opsPerKey)}`;
    const base = { p, key, call: 2 * i };
    const home = roaming ? random.below(copies) : 0;
    const isUnknown = random.chance(unknown);
    if (isUnknown) processes[thread] = p + threads;
    if (random.chance(0.5)) {
      const value = stores[home]?.get(key) ?? null;
      sketches.push({ ...base, f: "read", ...(isUnknown ? {} : { ret: 2 * i + 1, ok: value }) });
      continue;
    }
    if (!isUnknown || random.chance(0.5))
      leader.set(key, type === "list" ? [...((leader.get(key) as readonly Json[] | undefined) ?? []), i] : i);
    const f = type === "list" ? "append" : "write";
    sketches.push({ ...base, f, input: i, ...(isUnknown ? {} : { ret: 2 * i + 1 }) });
  }
  return history(sketches);
}
