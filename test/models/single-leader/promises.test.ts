import { expect, test } from "vitest";
import { configurationsOf } from "../../../src/core/model.ts";
import { singleLeader } from "../../../src/models/single-leader/index.ts";
import { promisesOf, testPromises } from "../promises.ts";

const valuesOf = (option: string): string[] => Object.keys(singleLeader.options[option]?.values ?? {});

test("the better replicates, the more it promises", () => {
  for (const failover of valuesOf("failover"))
    for (const reads of valuesOf("reads")) {
      if (failover !== "none" && reads !== "leader") continue;
      const [async = [], semi = [], sync = []] = valuesOf("replication").map(
        (replication) => promisesOf(singleLeader, { replication, reads, failover, apply: "in-order" }).holds,
      );
      expect(semi).toEqual(expect.arrayContaining(async));
      expect(sync).toEqual(expect.arrayContaining(semi));
    }
});

/**
 * A third of all configurations, in which any two values of different options still come together: an orthogonal array
 * (Kuhn, Wallace & Gallo, "Software Fault Interactions and Implications for Software Testing", TSE 2004). How followers
 * apply is of no matter where the leader alone is read.
 */
const chosen = configurationsOf(singleLeader).filter((config) => {
  const places = Object.entries(config).map(([option, value]) => valuesOf(option).indexOf(value));
  const isInArray = places.reduce((sum, place) => sum + place, 0) % 3 === 0;
  return isInArray && (config.reads !== "leader" || config.apply === "in-order");
});

testPromises(singleLeader, ["append", "long-fork"], chosen);
