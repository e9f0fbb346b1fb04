import type { NodeId } from "../../core/operation.ts";
import type { Env } from "../../core/replica.ts";
import { type Copy, covers } from "./copies.ts";
import { below, type KeyDigest, type MerkleTree, NOTHING } from "./merkle.ts";
import type { PeerMessage, Step } from "./messages.ts";
import type { Ring } from "./ring.ts";
import type { Store } from "./store.ts";

type Roots = Extract<PeerMessage, { type: "roots" }>;
type Walk = Extract<PeerMessage, { type: "walk" }>;
type Exchange = Extract<PeerMessage, { type: "exchange" }>;

/**
 * Replica synchronisation (DeCandia et al., "Dynamo", SOSP 2007, §4.7): two nodes compare the roots of the ranges that both
 * keep, tell each other in turn what is below the places where they differ, and in the end exchange the copies of the
 * keys that differ. Each message stands for itself: if one is lost, the next comparison begins anew.
 */
export class AntiEntropy {
  readonly #env: Env;
  readonly #ring: Ring;
  readonly #store: Store;
  /** The peer whose turn it is. */
  #next = 0;

  constructor(env: Env, ring: Ring, store: Store) {
    this.#env = env;
    this.#ring = ring;
    this.#store = store;
  }

  /** Begins a comparison with the next peer. */
  begin(): void {
    const { peers } = this.#env;
    const peer = peers[this.#next % peers.length];
    this.#next++;
    if (peer === undefined) return;
    const shared = this.#sharedWith(peer).map(([range, tree]) => [range, tree.root] as const);
    this.#send(peer, { type: "roots", roots: shared.filter(([, root]) => root !== NOTHING) });
  }

  onRoots(from: NodeId, { roots }: Roots): void {
    const theirs = new Map(roots);
    const steps = this.#sharedWith(from)
      .filter(([range, { root }]) => root !== (theirs.get(range) ?? NOTHING))
      .map(([range, tree]): Step => ({ range, path: "", ...tree.describe("") }));
    if (steps.length > 0) this.#send(from, { type: "walk", steps });
  }

  onWalk(from: NodeId, { steps }: Walk): void {
    const next: Step[] = [];
    const copies: [key: string, copy: Copy][] = [];
    const wanted: string[] = [];
    for (const step of steps) {
      const { range, path } = step;
      const tree = this.#store.tree(range);
      if (tree === undefined) continue;
      if ("branches" in step) {
        for (const [i, theirs] of step.branches.entries()) {
          const branch = below(path, i);
          if (tree.digest(branch) !== theirs) next.push({ range, path: branch, ...tree.describe(branch) });
        }
        continue;
      }
      const [mine, lacking] = differences(tree.keys(path), step.keys);
      wanted.push(...lacking);
      for (const key of mine) {
        const copy = this.#store.copy(key);
        if (copy !== undefined) copies.push([key, copy]);
      }
    }
    if (next.length > 0) this.#send(from, { type: "walk", steps: next });
    if (copies.length > 0 || wanted.length > 0) this.#send(from, { type: "exchange", copies, wanted });
  }

  onExchange(from: NodeId, { copies, wanted }: Exchange): void {
    const back: [key: string, copy: Copy][] = [];
    for (const [key, copy] of copies) {
      const before = this.#store.copy(key);
      const kept = this.#store.keep(key, copy);
      if (!covers(before, copy)) this.#env.disk.sync();
      if (!covers(copy, kept)) back.push([key, kept]);
    }
    for (const key of wanted) {
      const copy = this.#store.copy(key);
      if (copy !== undefined) back.push([key, copy]);
    }
    if (back.length > 0) this.#send(from, { type: "exchange", copies: back, wanted: [] });
  }

  /** The trees of all ranges that this node and another keep. */
  #sharedWith(peer: NodeId): [range: number, tree: MerkleTree][] {
    return Array.from({ length: this.#ring.ranges }, (_, range) => range).flatMap((range) => {
      const tree = this.#store.tree(range);
      return tree !== undefined && this.#ring.homes(range).includes(peer) ? [[range, tree]] : [];
    });
  }

  #send(to: NodeId, message: PeerMessage): void {
    this.#env.send(to, message);
  }
}

/** Keys of which this node has something else than the other, and keys that it lacks. */
function differences(mine: readonly KeyDigest[], theirs: readonly KeyDigest[]): [mine: string[], lacking: string[]] {
  const had = new Map(theirs);
  const have = new Map(mine);
  return [
    mine.filter(([key, digest]) => had.get(key) !== digest).map(([key]) => key),
    theirs.filter(([key]) => !have.has(key)).map(([key]) => key),
  ];
}
