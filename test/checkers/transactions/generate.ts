import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Operation, Outcome } from "../../../src/core/operation.ts";
import { Random } from "../../../src/core/random.ts";

export type Kind = "list-append" | "rw-register";

type Micro = ["r" | "w" | "append", string, Json];

interface Draft {
  process: number;
  call: number;
  ret: number;
  micros: Micro[];
  fate: "ok" | "fail" | "info";
}

const KEYS = ["x", "y", "z"];

/** How many histories have values that are written twice, and transactions that fail or whose outcome is unknown. */
interface Odds {
  readonly doubles: number;
  readonly failures: number;
  /** How many reads are spoilt at most. */
  readonly spoilt: number;
}

/** A small random history of transactions, the same for the same seed; wild, or valid and then spoilt, or valid. */
export function smallHistory(
  kind: Kind,
  seed: number,
  maxTransactions = 5,
  odds: Odds = { doubles: 0.1, failures: 0.4, spoilt: 1 },
): History {
  const random = new Random(seed, kind);
  const drafts = shape(random, kind, Math.max(2, 1 + random.below(maxTransactions)), odds);
  const how = random.below(4);
  if (how === 0) readWildly(random, kind, drafts);
  else readFromSnapshots(random, kind, drafts, how === 1 ? 0.1 : how === 2 ? 0.4 : 0.7);
  for (let i = 0; i < odds.spoilt; i++) if (random.chance(0.4)) spoil(random, kind, drafts);
  return { ops: drafts.map(operation), faults: [], meta: { version: 1 } };
}

function shape(random: Random, kind: Kind, count: number, odds: Odds): Draft[] {
  const write = kind === "list-append" ? "append" : "w";
  const keys = KEYS.slice(0, 1 + random.below(3));
  const doubles = random.chance(odds.doubles);
  const hasFailures = random.chance(odds.failures);
  const written = new Map<string, number>();
  const threads = 1 + random.below(3);
  const clocks = Array.from({ length: threads }, () => random.below(4));
  const processes = Array.from({ length: threads }, (_, i) => i);
  const drafts = Array.from({ length: count }, (): Draft => {
    const thread = random.below(threads);
    const call = (clocks[thread] as number) + random.below(3);
    const ret = call + random.below(6);
    clocks[thread] = ret;
    const fate = hasFailures && random.chance(0.35) ? (random.chance(0.5) ? "fail" : "info") : "ok";
    const process = processes[thread] as number;
    if (fate === "info") processes[thread] = process + threads;
    const micros = Array.from({ length: 1 + random.below(random.chance(0.1) ? 4 : 3) }, (): Micro => {
      const key = random.pick(keys);
      if (random.chance(0.5)) return ["r", key, null];
      const value = (written.get(key) ?? 0) + 1;
      if (!(doubles && random.chance(0.5))) written.set(key, value);
      return [write, key, value];
    });
    return { process, call, ret: fate === "info" ? Number.POSITIVE_INFINITY : ret, micros, fate };
  });
  return drafts.sort((a, b) => a.call - b.call);
}

/** Reads of anything that anybody writes, or nobody. */
function readWildly(random: Random, kind: Kind, drafts: readonly Draft[]): void {
  const written = (key: string): Json[] =>
    drafts.flatMap(({ micros }) => micros.flatMap(([f, k, value]) => (f !== "r" && k === key ? [value] : [])));
  const orders = new Map(KEYS.map((key) => [key, random.shuffle(written(key))]));
  for (const { micros, fate } of drafts)
    for (const micro of micros) {
      if (micro[0] !== "r" || fate !== "ok") continue;
      const order = orders.get(micro[1]) ?? [];
      if (kind === "list-append") micro[2] = order.slice(0, random.below(order.length + 1));
      else micro[2] = random.chance(0.2) || order.length === 0 ? null : random.pick(order);
    }
}

/**
 * Transactions one after the other, each at a random instant inside it; some see not the present state but an older one,
 * and some of those that fail or are unknown leave their writes behind.
 */
function readFromSnapshots(random: Random, kind: Kind, drafts: readonly Draft[], stale: number): void {
  const instants = drafts.map(({ call, ret }) => call + random.unit() * (Math.min(ret, call + 6) - call));
  const order = drafts.map((_, i) => i).sort((a, b) => (instants[a] as number) - (instants[b] as number));
  const states: Map<string, Json>[] = [new Map()];
  for (const i of order) {
    const { micros, fate } = drafts[i] as Draft;
    const now = states.at(-1) as Map<string, Json>;
    const eachItsOwn = random.chance(stale / 2);
    const seen = (): Map<string, Json> => (random.chance(stale) ? random.pick(states.slice(-3)) : now);
    const snapshot = seen();
    const mine = new Map<string, Json[]>();
    for (const micro of micros) {
      const [f, key, value] = micro;
      const own = mine.get(key) ?? [];
      if (f !== "r") mine.set(key, [...own, value]);
      else if (fate === "ok") {
        const base = (eachItsOwn ? seen() : snapshot).get(key) ?? null;
        if (kind === "list-append") micro[2] = [...((base as Json[] | null) ?? []), ...own];
        else micro[2] = own.at(-1) ?? base;
      }
    }
    const takesEffect = fate === "ok" || (fate === "info" ? random.chance(0.5) : random.chance(0.1));
    if (!takesEffect) continue;
    const next = new Map(now);
    for (const [key, values] of mine)
      next.set(
        key,
        kind === "list-append" ? [...((now.get(key) as Json[] | undefined) ?? []), ...values] : (values.at(-1) ?? null),
      );
    states.push(next);
  }
}

/** Changes what one read saw. */
function spoil(random: Random, kind: Kind, drafts: readonly Draft[]): void {
  const reads = drafts.flatMap(({ micros, fate }) => (fate === "ok" ? micros.filter(([f]) => f === "r") : []));
  if (reads.length === 0) return;
  const micro = random.pick(reads);
  if (kind === "rw-register") {
    micro[2] = random.chance(0.3) ? null : 1 + random.below(4);
    return;
  }
  const list = (micro[2] as Json[] | null) ?? [];
  const how = random.below(4);
  if (how === 0) micro[2] = list.slice(0, -1);
  else if (how === 1) micro[2] = random.shuffle(list);
  else if (how === 2) micro[2] = [...list, 1 + random.below(4)];
  else micro[2] = list.slice(1);
}

function operation({ process, call, ret, micros, fate }: Draft, index: number): Operation {
  const asked = micros.map(([f, key, value]): Json => [f, key, f === "r" ? null : value]);
  const outcomes: Record<Draft["fate"], Outcome> = {
    ok: { type: "ok", value: micros },
    fail: { type: "fail", error: { name: "aborted" } },
    info: { type: "info", error: { name: "timeout" } },
  };
  return { index, process, node: "", f: "txn", input: asked, callNs: call, returnNs: ret, outcome: outcomes[fate] };
}
