import { describe, expect, it } from "vitest";
import { nodeNames } from "../../../src/core/cluster.ts";
import { byShard, shardOf, shardsOf } from "../../../src/models/spanner/shards.ts";

describe("shards", () => {
  it("every node belongs to one, and each has as many, give or take one", () => {
    for (let count = 2; count <= 9; count++) {
      const nodes = nodeNames(count);
      const [s0, s1] = shardsOf(nodes).map(({ members }) => members);
      expect([...(s0 ?? []), ...(s1 ?? [])]).toEqual(nodes);
      expect((s0?.length ?? 0) - (s1?.length ?? 0)).toBe(count % 2);
    }
  });

  it("keys that are used together lie on both", () => {
    const pairs = [
      ["k0", "k1"],
      ["k3.0.a", "k3.0.b"],
      ["k0.4.0", "k0.4.1"],
      ["account 0", "account 1"],
    ];
    for (const pair of pairs) expect([...byShard(pair, (key) => key).keys()].sort()).toEqual(["s0", "s1"]);
    expect(byShard(["k0", "k2", "k1"], (key) => key).get(shardOf("k0"))).toEqual(["k0", "k2"]);
  });
});
