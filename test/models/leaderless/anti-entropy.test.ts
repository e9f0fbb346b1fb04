import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import type { NodeId } from "../../../src/core/operation.ts";
import type { Env } from "../../../src/core/replica.ts";
import { AntiEntropy } from "../../../src/models/leaderless/anti-entropy.ts";
import { digestOfCopy, mergeCopies } from "../../../src/models/leaderless/copies.ts";
import type { PeerMessage } from "../../../src/models/leaderless/messages.ts";
import { Ring } from "../../../src/models/leaderless/ring.ts";
import { Store } from "../../../src/models/leaderless/store.ts";
import { SimDisk } from "../../../src/runtimes/sim/disk.ts";

const NODES: readonly NodeId[] = ["n1", "n2"];

interface Traffic {
  messages: number;
  bytes: number;
  /** Copies that travelled. */
  copies: number;
}

/** Two nodes that keep all keys, and a wire between them. */
class Pair {
  readonly stores: readonly [Store, Store];
  readonly #nodes: readonly [AntiEntropy, AntiEntropy];
  readonly #wire: { readonly to: number; readonly message: PeerMessage }[] = [];

  constructor() {
    const ring = new Ring(NODES, 2);
    const make = (id: NodeId): [Store, AntiEntropy] => {
      const peers = NODES.filter((node) => node !== id);
      const disk = new SimDisk(false, () => undefined);
      const send = (to: NodeId, message: Json): void => {
        this.#wire.push({ to: NODES.indexOf(to), message: message as PeerMessage });
      };
      const env = { id, nodes: NODES, peers, disk, send, trace: () => undefined } as unknown as Env;
      const store = new Store(env, { ring, merge: mergeCopies, hashesVersions: true });
      return [store, new AntiEntropy(env, ring, store)];
    };
    const [[a, one], [b, other]] = [make("n1"), make("n2")];
    this.stores = [a, b];
    this.#nodes = [one, other];
  }

  write(node: 0 | 1, key: string, time: number, writer = `${node}`): void {
    this.stores[node].keep(key, { stamp: [time, writer, 1], value: `value ${time} of ${key}` });
  }

  /** The first node compares with the second, until the wire is quiet. */
  compare(): Traffic {
    const traffic = { messages: 0, bytes: 0, copies: 0 };
    this.#nodes[0].begin();
    for (let next = this.#wire.shift(); next !== undefined; next = this.#wire.shift()) {
      const { to, message } = next;
      const [node, from] = [this.#nodes[to as 0 | 1], NODES[1 - to] as NodeId];
      traffic.messages++;
      traffic.bytes += JSON.stringify(message).length;
      if (message.type === "roots") node.onRoots(from, message);
      if (message.type === "walk") node.onWalk(from, message);
      if (message.type === "exchange") {
        traffic.copies += message.copies.length;
        node.onExchange(from, message);
      }
    }
    return traffic;
  }

  differing(keys: Iterable<string>): string[] {
    const digest = (store: Store, key: string): number => {
      const copy = store.copy(key);
      return copy === undefined ? 0 : digestOfCopy(copy);
    };
    return [...keys].filter((key) => digest(this.stores[0], key) !== digest(this.stores[1], key));
  }
}

/** Both nodes have `n` keys; of `k` of them, evenly chosen, one node has a newer version. */
function measured(n: number, k: number): Traffic {
  const pair = new Pair();
  for (let i = 0; i < n; i++) for (const node of [0, 1] as const) pair.write(node, `key ${i}`, 1, "both");
  for (let i = 0; i < k; i++) pair.write((i % 2) as 0 | 1, `key ${Math.floor((i * n) / k)}`, 2);
  const keys = Array.from({ length: n }, (_, i) => `key ${i}`);
  expect(pair.differing(keys)).toHaveLength(k);
  const traffic = pair.compare();
  expect(pair.differing(keys)).toEqual([]);
  return traffic;
}

describe("anti-entropy (Dynamo, §4.7)", () => {
  it("makes two nodes equal at one go, whatever either has, with the later version of each key", () => {
    const written = fc.array(fc.tuple(fc.constantFrom<0 | 1>(0, 1), fc.nat({ max: 40 }), fc.nat({ max: 5 })), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(written, (writes) => {
        const pair = new Pair();
        for (const [node, key, time] of writes) pair.write(node, `k${key}`, time);
        pair.compare();
        for (const [, key] of writes) {
          const best = mergedOf(writes.filter(([, other]) => other === key));
          for (const store of pair.stores) expect(store.copy(`k${key}`)).toEqual(best(`k${key}`));
        }
      }),
    );
  });

  it("sends nothing but roots where nothing differs, and only the keys that differ otherwise", () => {
    expect(measured(4000, 0)).toMatchObject({ messages: 1, copies: 0 });
    for (const k of [1, 10, 100]) {
      // The one who finds a difference sends what it has, and gets what is newer.
      const { copies } = measured(4000, k);
      expect(copies).toBeGreaterThanOrEqual(k);
      expect(copies).toBeLessThanOrEqual(2 * k);
    }
  });

  it("sends O(k log n) bytes for k of n keys, and not O(n)", () => {
    const [small, large] = [measured(500, 4), measured(32_000, 4)];
    // 64 times the keys: one level of 16 more, or two.
    expect(large.bytes).toBeLessThan(small.bytes * 3);
    expect(large.messages).toBeLessThanOrEqual(small.messages + 3);
    const more = measured(32_000, 40);
    expect(more.bytes).toBeLessThan(large.bytes * 10);
    // To name all keys with their digests would take 25 bytes for each.
    expect(more.bytes).toBeLessThan((32_000 * 25) / 20);
  });
});

/** The later of some writes of a key, as a copy. */
const mergedOf = (writes: readonly (readonly [node: number, key: number, time: number])[]) => {
  const [best] = [...writes].sort(([a, , t], [b, , u]) => u - t || b - a);
  return (key: string) => best && { stamp: [best[2], `${best[0]}`, 1], value: `value ${best[2]} of ${key}` };
};
