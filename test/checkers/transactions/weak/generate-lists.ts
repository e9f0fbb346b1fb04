import { Random } from "../../../../src/core/random.ts";
import type { ListMicro, Txn } from "./generate.ts";

const KEYS = ["x", "y", "z"];

/**
 * A random small history of lists, from a store that executes transactions one after the other and shows each of them, or
 * each of their reads, the state after some transaction (also after a later one). Then some reads may be changed, and some
 * neighbouring elements exchanged everywhere.
 */
export function randomListTxns(seed: number): Txn<ListMicro>[] {
  const random = new Random(seed, "lists");
  const count = 3 + random.below(2) + (random.chance(0.1) ? 1 : 0);
  const keys = 1 + random.below(KEYS.length);
  const sessions = 1 + random.below(3);
  const twice = random.chance(0.05);
  const fates = random.chance(0.4);
  const reads = random.pick(["any", "any", "any", "fresh", "monotone", "stale", "stale"] as const);
  let next = 1;
  const planned = Array.from({ length: count }, () => ({
    session: random.below(sessions),
    status: !fates || random.chance(0.7) ? ("committed" as const) : random.pick(["aborted", "unknown"] as const),
    micros: Array.from({ length: 1 + random.below(4) }, () => {
      const value = random.chance(0.5) ? (twice && random.chance(0.3) ? 1 : next++) : undefined;
      return { key: KEYS[random.below(keys)] as string, value };
    }),
  }));
  // The states that the keys go through, transaction by transaction.
  const states: Map<string, readonly number[]>[] = [new Map()];
  const place: number[] = [];
  for (const { status, micros } of planned) {
    const state = new Map(states.at(-1));
    if (status === "committed" || (status === "unknown" && random.chance(0.5)))
      for (const { key, value } of micros) if (value !== undefined) state.set(key, [...(state.get(key) ?? []), value]);
    place.push(states.length - 1);
    states.push(state);
  }
  const known: number[] = [];
  const changes = random.chance(0.5) ? 0.5 / count : 0;
  return planned.map(({ session, status, micros }, i) => {
    const now = place[i] as number;
    const least = reads === "monotone" ? (known[session] ?? 0) : 0;
    const snapshot = reads === "fresh" ? now : least + random.below(now + 1 - least);
    known[session] = Math.max(snapshot, now + 1);
    const own = new Map<string, number[]>();
    return {
      session,
      status,
      micros: micros.map(({ key, value }): ListMicro => {
        if (value !== undefined) {
          own.set(key, [...(own.get(key) ?? []), value]);
          return { f: "append", key, value };
        }
        const others = states.filter((_, at) => at !== now + 1);
        const state =
          reads === "any" ? random.pick(others) : states[reads === "stale" ? random.below(now + 1) : snapshot];
        const list = [...(state?.get(key) ?? []), ...(own.get(key) ?? [])];
        return { f: "r", key, value: random.chance(changes) ? changed(list, next, random) : list };
      }),
    };
  });
}

/** A list that has lost, gained or exchanged an element. */
function changed(list: readonly number[], next: number, random: Random): readonly number[] {
  const at = random.below(list.length + 1);
  switch (random.below(5)) {
    case 0:
      return list.slice(0, at);
    case 1:
      return list.filter((_, i) => i !== at);
    case 2:
      return [...list.slice(at), ...list.slice(0, at)];
    case 3:
      return [...list, 1 + random.below(next)];
    default:
      return [...list.slice(0, at), 1 + random.below(next), ...list.slice(at)];
  }
}
