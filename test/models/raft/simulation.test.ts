import { describe, expect, test } from "vitest";
import { type ConsistencyModel, weakerOrEqual } from "../../../src/core/consistency.ts";
import { FAULT_KINDS, type FaultKind } from "../../../src/core/fault.ts";
import { raft } from "../../../src/models/raft/index.ts";
import { live } from "./worlds.ts";

const NO_CLOCK = FAULT_KINDS.filter((kind) => kind !== "clock");

const promised = (reads: string, faults: readonly FaultKind[]): ReadonlySet<ConsistencyModel> =>
  new Set(weakerOrEqual(raft.holds({ config: { reads }, faults: new Set(faults) })));

describe("under faults of all kinds at once", () => {
  test.each([
    ["log", FAULT_KINDS],
    ["read-index", FAULT_KINDS],
    ["lease", NO_CLOCK],
    ["lease", FAULT_KINDS],
    ["local", FAULT_KINDS],
  ] as const)("reads by %s keep what is promised, and the invariants hold (%#)", async (reads, faults) => {
    const keeps = promised(reads, faults);
    for (const [seed, nodes, workload] of [
      [1, 3, "register"],
      [2, 5, "append"],
      [3, 1, "register"],
    ] as const) {
      const seen = await live({ seed, nodes, workload, reads, faults, timeMs: 15_000 });
      expect(seen.operations).toBeGreaterThan(500);
      const broken = seen.anomalies.filter(({ rulesOut }) => rulesOut.some((model) => keeps.has(model)));
      expect(broken.map(({ explanation }) => explanation)).toEqual([]);
      expect(seen.violations).toEqual([]);
      expect(seen.errors).toEqual([]);
    }
  });
});

describe("what is promised", () => {
  test("only a clock fault takes linearizability from leases", () => {
    expect(promised("lease", NO_CLOCK)).toContain("linearizable");
    expect(promised("lease", FAULT_KINDS)).not.toContain("linearizable");
    expect(promised("lease", FAULT_KINDS)).toContain("sequential");
  });

  test("nothing is promised that must be seen to break", () => {
    for (const reads of Object.keys(raft.options.reads?.values ?? {}))
      for (const faults of [FAULT_KINDS, NO_CLOCK])
        for (const model of raft.breaks({ config: { reads }, faults: new Set(faults) }))
          expect(promised(reads, faults)).not.toContain(model);
  });

  test("local reads are seen to miss the session's own writes", async () => {
    const seen = await live({ seed: 1, reads: "local", workload: "append", faults: [], timeMs: 5000 });
    expect(new Set(seen.anomalies.flatMap(({ rulesOut }) => rulesOut))).toContain("read-your-writes");
  });

  test("a cluster without nodes is refused", () => {
    expect(raft.reject?.({ reads: "log" }, 0)).toMatch(/use at least 1/);
    expect(raft.reject?.({ reads: "log" }, 1)).toBeUndefined();
  });
});
