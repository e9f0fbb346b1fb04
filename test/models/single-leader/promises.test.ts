import { expect, test } from "vitest";
import { singleLeader } from "../../../src/models/single-leader/index.ts";
import { promisesOf, testPromises } from "../promises.ts";

const valuesOf = (option: string): string[] => Object.keys(singleLeader.options[option]?.values ?? {});

test("the better replicates, the more it promises", () => {
  for (const failover of valuesOf("failover"))
    for (const reads of valuesOf("reads")) {
      if (failover !== "none" && reads !== "leader") continue;
      const [async = [], semi = [], sync = []] = valuesOf("replication").map(
        (replication) => promisesOf(singleLeader, { replication, reads, failover }).holds,
      );
      expect(semi).toEqual(expect.arrayContaining(async));
      expect(sync).toEqual(expect.arrayContaining(semi));
    }
});

testPromises(singleLeader, "append");
