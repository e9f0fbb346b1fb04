import type { NodeId } from "../../core/operation.ts";
import type { Env } from "../../core/replica.ts";
import { type Copy, covers, digestOfCopy, type Merge } from "./copies.ts";
import { digestOf } from "./hash.ts";
import { MerkleTree } from "./merkle.ts";
import type { Ring } from "./ring.ts";

/** What a node keeps of a key: its copy, and the homes for which it still holds it. */
type Kept = { readonly copy: Copy; readonly owed: readonly NodeId[] };

/** The disk's log of the keys that it has cells of. */
const KEYS = "keys";
const cellOf = (key: string): string => `key-${key}`;

export interface StoreOptions {
  readonly ring: Ring;
  readonly merge: Merge;
  /** What of a key goes into the tree; the bug `keys-hashed-without-versions`. */
  readonly hashesVersions: boolean;
}

/**
 * What a node has on its disk: copies of the keys that it is a home of, hints for other homes, and with siblings also the
 * copies of whatever it coordinated, so that it never names two writes alike. Nothing here syncs.
 */
export class Store {
  readonly #env: Env;
  readonly #options: StoreOptions;
  readonly #kept = new Map<string, Kept>();
  /** One tree for each range that this node keeps, as in Dynamo. */
  readonly #trees = new Map<number, MerkleTree>();

  constructor(env: Env, options: StoreOptions) {
    this.#env = env;
    this.#options = options;
    const { ring } = options;
    for (let range = 0; range < ring.ranges; range++)
      if (ring.homes(range).includes(env.id)) this.#trees.set(range, new MerkleTree());
    for (const record of env.disk.records(KEYS)) {
      const key = record as string;
      const kept = env.disk.read(cellOf(key));
      if (kept !== undefined && kept !== null) this.#put(key, kept as Kept);
    }
  }

  copy(key: string): Copy | undefined {
    return this.#kept.get(key)?.copy;
  }

  isHome(key: string): boolean {
    return this.#trees.has(this.#options.ring.rangeOf(key));
  }

  /** The tree of a range that this node keeps. */
  tree(range: number): MerkleTree | undefined {
    return this.#trees.get(range);
  }

  /** Merges a copy into what is here; `owed` is the home for which it is held. Returns what is here now. */
  keep(key: string, copy: Copy, owed?: NodeId): Copy {
    const before = this.#kept.get(key);
    const owes = before?.owed ?? [];
    const isOwed = owed === undefined || owes.includes(owed);
    if (before !== undefined && isOwed && covers(before.copy, copy)) return before.copy;
    const merged = before === undefined ? copy : this.#options.merge(before.copy, copy);
    this.#write(key, { copy: merged, owed: isOwed ? owes : [...owes, owed] });
    return merged;
  }

  /** Keeps a copy whatever was here before. */
  replace(key: string, copy: Copy): void {
    this.#write(key, { copy, owed: this.#kept.get(key)?.owed ?? [] });
  }

  /** All hints that are here. */
  hints(): { readonly home: NodeId; readonly key: string; readonly copy: Copy }[] {
    return [...this.#kept].flatMap(([key, { copy, owed }]) => owed.map((home) => ({ home, key, copy })));
  }

  /** A home has what this node held for it, if that is still the same; it may then be forgotten (§4.6). */
  handed(home: NodeId, key: string, digest: number): void {
    const kept = this.#kept.get(key);
    if (kept === undefined || !kept.owed.includes(home) || digestOfCopy(kept.copy) !== digest) return;
    const owed = kept.owed.filter((one) => one !== home);
    // Siblings stay: this node may have named some of them.
    if (owed.length > 0 || Array.isArray(kept.copy)) {
      this.#write(key, { copy: kept.copy, owed });
      return;
    }
    this.#kept.delete(key);
    this.#env.disk.write(cellOf(key), null);
  }

  #write(key: string, kept: Kept): void {
    const { disk } = this.#env;
    if (disk.read(cellOf(key)) === undefined) disk.append(KEYS, key);
    disk.write(cellOf(key), kept);
    this.#put(key, kept);
  }

  #put(key: string, kept: Kept): void {
    this.#kept.set(key, kept);
    this.#env.trace("copy", { key, copy: kept.copy, home: this.isHome(key) });
    const digest = this.#options.hashesVersions ? digestOfCopy(kept.copy) : digestOf(key);
    this.#trees.get(this.#options.ring.rangeOf(key))?.set(key, digest);
  }
}
