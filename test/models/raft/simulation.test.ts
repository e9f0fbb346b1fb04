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
        const seen = await live({ seed, nodes, workload, config: { reads }, timeMs: 15_000 });
        expect(seen.operations).toBeGreaterThan(500);
        const broken = seen.anomalies.filter(({ rulesOut }) => rulesOut.some((model) => keeps.has(model)));
        expect(broken.map(({ explanation }) => explanation)).toEqual([]);
        expect(seen.violations).toEqual([]);
        expect(seen.errors).toEqual([]);
      }
    },
  );
});

describe("with all that may be switched on", () => {
  test.each([
    { config: { compaction: "snapshots" }, sometimes: ["compact", "install"] },
    {
      config: { membership: "joint", compaction: "snapshots" },
      sometimes: ["change", "compact", "install", "step-down"],
    },
    {
      config: { membership: "one-at-a-time", election: "pre-vote", reads: "read-index" },
      sometimes: ["change", "step-down"],
    },
    {
      config: { leadership: "transfers", compaction: "snapshots", reads: "local" },
      sometimes: ["transfer", "install"],
    },
    {
      config: {
        membership: "joint",
        election: "pre-vote",
        leadership: "transfers",
        compaction: "snapshots",
        reads: "lease",
      },
      sometimes: ["change", "transfer", "compact", "install", "step-down"],
    },
  ])("$config keeps what is promised, and does $sometimes", async ({ config, sometimes }) => {
    const keeps = promised(config.reads ?? "log");
    const unseen = new Set(sometimes);
    for (const [seed, nodes, workload] of [
      [11, 5, "append"],
      [12, 3, "register"],
    ] as const) {
      const seen = await live({ seed, nodes, workload, config, timeMs: 10_000 });
      const broken = seen.anomalies.filter(({ rulesOut }) => rulesOut.some((model) => keeps.has(model)));
      expect(broken.map(({ explanation }) => explanation)).toEqual([]);
      expect(seen.violations).toEqual([]);
      expect(seen.errors).toEqual([]);
      for (const event of seen.events.keys()) unseen.delete(event);
    }
    expect([...unseen]).toEqual([]);
  });
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
    const seen = await live({ seed: 1, config: { reads: "local" }, workload: "append", faults: [], timeMs: 5000 });
    expect(new Set(seen.anomalies.flatMap(({ rulesOut }) => rulesOut))).toContain("read-your-writes");
  });

  test("a cluster without nodes is refused", () => {
    expect(raft.reject?.({ reads: "log" }, 0, "register")).toMatch(/use at least 1/);
    expect(raft.reject?.({ reads: "log" }, 1, "register")).toBeUndefined();
    expect(raft.reject?.({ membership: "joint" }, 1, "register")).toMatch(/more nodes/);
    expect(raft.reject?.({ leadership: "transfers" }, 1, "register")).toMatch(/more nodes/);
    expect(raft.reject?.({ membership: "one-at-a-time", leadership: "transfers" }, 2, "register")).toBeUndefined();
  });
});
