import type { History } from "../../src/core/history.ts";
import type { Operation } from "../../src/core/operation.ts";
import { Random } from "../../src/core/random.ts";

export interface CheckerBench {
  readonly name: string;
  readonly operations: number;
  readonly checkMs: number;
  readonly verdict: string;
}

interface Shape {
  readonly operations: number;
  /** Concurrent clients that never pause. */
  readonly clients: number;
  readonly keys: number;
  /** Share of writes whose outcome is unknown. */
  readonly unknown: number;
  readonly type: "register" | "list";
}

/** A valid history: every operation takes effect at a random instant inside it, on one copy. */
export function generate({ operations, clients, keys, unknown, type }: Shape): History {
  const random = new Random(1, `${operations} ${clients} ${keys}`);
  const copies = new Map<string, number | number[]>();
  const freeAt = new Array<number>(clients).fill(0);
  const processes = Array.from({ length: clients }, (_, i) => i);
  const planned = Array.from({ length: operations }, () => {
    const client = freeAt.indexOf(Math.min(...freeAt));
    const callNs = (freeAt[client] ?? 0) + 1 + random.below(10);
    const atNs = callNs + 1 + random.below(1000);
    const returnNs = atNs + 1 + random.below(1000);
    freeAt[client] = returnNs;
    return { client, callNs, atNs, returnNs, key: `k${random.below(keys)}`, isRead: random.chance(0.5) };
  });
  let value = 0;
  const done = planned
    .toSorted((a, b) => a.atNs - b.atNs)
    .map((op) => {
      const current = copies.get(op.key) ?? null;
      if (op.isRead) return { ...op, input: null, output: Array.isArray(current) ? [...current] : current };
      copies.set(op.key, type === "list" ? [...((current ?? []) as number[]), ++value] : ++value);
      return { ...op, input: value, output: null };
    });
  const ops = done
    .toSorted((a, b) => a.callNs - b.callNs)
    .map(({ client, callNs, returnNs, key, isRead, input, output }, index): Operation => {
      const process = processes[client] as number;
      const isUnknown = !isRead && random.chance(unknown);
      if (isUnknown) processes[client] = process + clients;
      return {
        index,
        process,
        node: "",
        f: isRead ? "read" : type === "list" ? "append" : "write",
        key,
        input,
        callNs,
        returnNs: isUnknown ? Number.POSITIVE_INFINITY : returnNs,
        outcome: isUnknown ? { type: "info", error: { name: "timeout" } } : { type: "ok", value: output },
      };
    });
  return { ops, faults: [], meta: { version: 1 } };
}
