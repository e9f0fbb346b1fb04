import { describe, expect, test } from "vitest";
import { type ConsistencyModel, weakerOrEqual } from "../../../src/core/consistency.ts";
import { FAULT_KINDS } from "../../../src/core/fault.ts";
import { raft } from "../../../src/models/raft/index.ts";
import { live } from "./worlds.ts";

const conditions = (reads: string) => ({ config: { reads }, faults: new Set(FAULT_KINDS) });

const promised = (reads: string): ReadonlySet<ConsistencyModel> =>
  new Set(weakerOrEqual(raft.holds(conditions(reads))));

describe("under faults of all kinds at once", () => {
  test.each(["log", "read-index", "lease", "local"])(
    "reads by %s keep what is promised, and the invariants hold",
    async (reads) => {
      const keeps = promised(reads);
      for (const [seed, nodes, workload] of [
        [1, 3, "register"],
        [2, 5, "append"],
        [3, 1, "register"],
      ] as const) {
        const seen = await live({ seed, nodes, workload, reads, timeMs: 15_000 });
        expect(seen.operations).toBeGreaterThan(500);
        const broken = seen.anomalies.filter(({ rulesOut }) => rulesOut.some((model) => keeps.has(model)));
        expect(broken.map(({ explanation }) => explanation)).toEqual([]);
        expect(seen.violations).toEqual([]);
        expect(seen.errors).toEqual([]);
      }
    },
  );
});

describe("what is promised", () => {
  test("only local reads are not linearizable, whatever strikes", () => {
    const modes = Object.keys(raft.options.reads?.values ?? {});
    expect(modes.filter((reads) => !promised(reads).has("linearizable"))).toEqual(["local"]);
  });

  test("nothing is promised that must be seen to break", () => {
    for (const reads of Object.keys(raft.options.reads?.values ?? {}))
      for (const model of raft.breaks(conditions(reads))) expect(promised(reads)).not.toContain(model);
  });

  test("local reads are seen to miss the session's own writes", async () => {
    const seen = await live({ seed: 1, reads: "local", workload: "append", faults: [], timeMs: 5000 });
    expect(new Set(seen.anomalies.flatMap(({ rulesOut }) => rulesOut))).toContain("read-your-writes");
  });

  test("a cluster without nodes is refused", () => {
    expect(raft.reject?.({ reads: "log" }, 0, "register")).toMatch(/use at least 1/);
    expect(raft.reject?.({ reads: "log" }, 1, "register")).toBeUndefined();
  });
});
