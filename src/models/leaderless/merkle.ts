import { digestOf, hash32 } from "./hash.ts";

/** A key and the digest of what a node has of it. */
export type KeyDigest = readonly [key: string, digest: number];

/** What a node tells of one place in its tree. */
export type Description =
  /** The digests of the places below. */
  | { readonly branches: readonly number[] }
  /** So few keys that they are named. */
  | { readonly keys: readonly KeyDigest[] };

/** Branches of an inner place, and most keys of a leaf: few enough to be told in one breath. */
export const FAN_OUT = 16;
export const LEAF_KEYS = 8;
/** Hexadecimal digits of a key's hash; beyond these a leaf holds any number of keys. */
const MAX_DEPTH = 8;
/** The digest of a place where there is nothing. */
export const NOTHING = 0;

/** A place of the tree. A leaf has no branches; an inner place has no keys of its own. */
interface Place {
  readonly keys: Map<string, number>;
  branches: readonly Place[] | undefined;
  count: number;
  /** `undefined` where something has changed below. */
  digest: number | undefined;
}

const emptyPlace = (): Place => ({ keys: new Map(), branches: undefined, count: 0, digest: NOTHING });

/**
 * A Merkle tree over the keys of one range (DeCandia et al., "Dynamo", SOSP 2007, §4.7; Merkle, CRYPTO '87): each place has a
 * digest of all that is below, so that two nodes find the keys in which they differ by going down only where digests
 * differ. Its shape follows from the keys alone, so equal contents have equal digests however they came about. Keys
 * are never taken out.
 */
export class MerkleTree {
  readonly #root = emptyPlace();

  /** Digest of the whole. */
  get root(): number {
    return digestAt(this.#root);
  }

  set(key: string, digest: number): void {
    const path = pathOf(key);
    const isNew = !this.#place(path).keys.has(key);
    let place = this.#root;
    for (let depth = 0; ; depth++) {
      place.digest = undefined;
      if (isNew) place.count++;
      const next = place.branches?.[digitAt(path, depth)];
      if (next === undefined) {
        place.keys.set(key, digest);
        if (place.count > LEAF_KEYS && depth < MAX_DEPTH) split(place, depth);
        return;
      }
      place = next;
    }
  }

  /** `path` names a place by its digits from the root, `""` being the root itself. */
  digest(path: string): number {
    return digestAt(this.#place(path));
  }

  describe(path: string): Description {
    const { branches } = this.#place(path);
    return branches === undefined ? { keys: this.keys(path) } : { branches: branches.map(digestAt) };
  }

  /** All keys at or below a place, in the order of their names. */
  keys(path: string): readonly KeyDigest[] {
    // A leaf above the place that was asked for may hold keys of other places.
    return keysBelow(this.#place(path))
      .filter(([key]) => pathOf(key).startsWith(path))
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** The place with this path, or the leaf above it. */
  #place(path: string): Place {
    let place = this.#root;
    for (let depth = 0; depth < path.length; depth++) {
      const next = place.branches?.[digitAt(path, depth)];
      if (next === undefined) return place;
      place = next;
    }
    return place;
  }
}

/** The keys' own hash, not their place on the ring: keys of one range lie close to each other there. */
const pathOf = (key: string): string => hash32(key, 3).toString(16).padStart(MAX_DEPTH, "0");

const digitAt = (path: string, depth: number): number => Number.parseInt(path[depth] ?? "0", 16);

/** The path of a branch. */
export const below = (path: string, branch: number): string => path + branch.toString(16);

function split(place: Place, depth: number): void {
  const branches = Array.from({ length: FAN_OUT }, emptyPlace);
  for (const [key, digest] of place.keys) {
    const branch = branches[digitAt(pathOf(key), depth)] as Place;
    branch.keys.set(key, digest);
    branch.count++;
    branch.digest = undefined;
  }
  place.keys.clear();
  place.branches = branches;
  for (const branch of branches) if (branch.count > LEAF_KEYS && depth + 1 < MAX_DEPTH) split(branch, depth + 1);
}

function digestAt(place: Place): number {
  if (place.digest === undefined) {
    const { branches, keys } = place;
    const parts = branches === undefined ? [...keys].sort(([a], [b]) => (a < b ? -1 : 1)) : branches.map(digestAt);
    place.digest = digestOf(JSON.stringify(parts));
  }
  return place.digest;
}

function keysBelow({ branches, keys }: Place): KeyDigest[] {
  return branches === undefined ? [...keys] : branches.flatMap(keysBelow);
}
