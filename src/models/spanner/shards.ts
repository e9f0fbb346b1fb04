import type { NodeId } from "../../core/operation.ts";

/** A part of the keys, and the group of replicas that holds it. */
export interface Shard {
  readonly name: string;
  readonly members: readonly NodeId[];
}

const SHARDS = 2;

/** The first half of the nodes, one more if they are odd, is the first shard; the rest the second. */
export function shardsOf(nodes: readonly NodeId[]): readonly Shard[] {
  const half = Math.ceil(nodes.length / SHARDS);
  return [
    { name: "s0", members: nodes.slice(0, half) },
    { name: "s1", members: nodes.slice(half) },
  ];
}

/** The name of the shard that holds a key: by the parity of its letters' codes, so that keys with numbers in a row alternate. */
export function shardOf(key: string): string {
  let sum = 0;
  for (let i = 0; i < key.length; i++) sum += key.charCodeAt(i);
  return `s${sum % SHARDS}`;
}

/** What of these belongs to each shard; shards with nothing are left out. */
export function byShard<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const parts = new Map<string, T[]>();
  for (const item of items) {
    const name = shardOf(keyOf(item));
    const part = parts.get(name);
    if (part) part.push(item);
    else parts.set(name, [item]);
  }
  return parts;
}
