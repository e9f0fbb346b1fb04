import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FAULT_KINDS, type Fault } from "../../src/core/fault.ts";
import { resolveAim } from "../../src/nemesis/aim.ts";
import { skewMsOf } from "../../src/nemesis/clock.ts";
import { separate } from "../../src/nemesis/partition.ts";
import { planFaults } from "../../src/nemesis/plan.ts";

const NODES = ["n1", "n2", "n3", "n4", "n5"];
const kinds = fc.subarray([...FAULT_KINDS]);
const seed = fc.integer();

describe("planFaults", () => {
  it("gives the same plan for the same seed, as plain JSON", () => {
    fc.assert(
      fc.property(seed, kinds, (seed, kinds) => {
        const plan = planFaults({ seed, kinds, nodes: NODES, timeMs: 20_000 });
        expect(planFaults({ seed, kinds, nodes: NODES, timeMs: 20_000 })).toEqual(plan);
        expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
      }),
      { numRuns: 50 },
    );
  });

  it("stays within the time, in order, with one fault of a kind at a time", () => {
    fc.assert(
      fc.property(seed, kinds, fc.integer({ min: 1000, max: 60_000 }), (seed, kinds, timeMs) => {
        const plan = planFaults({ seed, kinds, nodes: NODES, timeMs });
        const lastEnd = new Map<string, number>();
        let lastStart = 0;
        for (const { atMs, forMs, fault } of plan) {
          expect(kinds).toContain(fault.kind);
          expect(atMs).toBeGreaterThanOrEqual(lastStart);
          expect(atMs).toBeGreaterThanOrEqual(lastEnd.get(fault.kind) ?? 0);
          expect(atMs + forMs).toBeLessThanOrEqual(timeMs);
          lastStart = atMs;
          lastEnd.set(fault.kind, atMs + forMs);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("adding a kind leaves the faults of the others as they were", () => {
    const partitions = planFaults({ seed: 4, kinds: ["partition"], nodes: NODES, timeMs: 60_000 });
    const both = planFaults({ seed: 4, kinds: ["kill", "partition"], nodes: NODES, timeMs: 60_000 });
    expect(partitions.length).toBeGreaterThan(3);
    expect(both.filter(({ fault }) => fault.kind === "partition")).toEqual(partitions);
  });

  it("makes kinds overlap, and strikes every way there is, given seeds enough", () => {
    const seen = new Set<string>();
    let overlaps = 0;
    for (let seed = 0; seed < 40; seed++) {
      const plan = planFaults({ seed, kinds: FAULT_KINDS, nodes: NODES, timeMs: 60_000 });
      plan.forEach(({ fault, atMs, forMs, aimedAtLeader }, i) => {
        for (const trait of traits(fault)) seen.add(`${fault.kind} ${trait}`);
        if (aimedAtLeader) seen.add(`${fault.kind} leader`);
        if (plan.slice(i + 1).some((next) => next.atMs < atMs + forMs)) overlaps++;
      });
    }
    for (const kind of ["pause", "kill", "clock", "disk"])
      for (const count of [1, 2, 3, 5]) expect(seen).toContain(`${kind} ${count}`);
    for (const kind of ["partition", "pause", "kill", "clock", "disk", "link"])
      expect(seen).toContain(`${kind} leader`);
    for (const mode of ["jump", "strobe", "drift"]) expect(seen).toContain(`clock ${mode}`);
    expect(overlaps).toBeGreaterThan(100);
  });

  const ofKind = (kind: string, plan: ReturnType<typeof planFaults>) => plan.filter(({ fault }) => fault.kind === kind);
  const othersThan = (kind: string, plan: ReturnType<typeof planFaults>) =>
    plan.filter(({ fault }) => fault.kind !== kind);
  const harsh = { seed: 4, kinds: FAULT_KINDS, nodes: NODES, timeMs: 60_000 } as const;

  it("fills disks where that is asked for, and leaves all other faults as they were", () => {
    fc.assert(
      fc.property(seed, (seed) => {
        const slow = planFaults({ ...harsh, seed });
        const full = planFaults({ ...harsh, seed, fullDisks: true });
        expect(othersThan("disk", full)).toEqual(othersThan("disk", slow));
        for (const { fault, aimedAtLeader } of ofKind("disk", full)) {
          const nodes = "nodes" in fault ? fault.nodes : [];
          expect(fault).toEqual({ kind: "disk", nodes, full: true });
          expect(nodes.length).toBeGreaterThan(0);
          expect(NODES).toEqual(expect.arrayContaining([...nodes]));
          if (aimedAtLeader !== undefined) expect(nodes).toEqual([aimedAtLeader]);
        }
        for (const { fault } of ofKind("disk", slow)) expect(fault).not.toHaveProperty("full");
        expect(ofKind("disk", full).length).toBeGreaterThan(2);
      }),
      { numRuns: 20 },
    );
  });

  it("cuts clients off where that is asked for, and leaves all else as it was", () => {
    let cut = 0;
    fc.assert(
      fc.property(seed, (seed) => {
        const plain = planFaults({ ...harsh, seed });
        const strict = planFaults({ ...harsh, seed, cutClients: true });
        cut += strict.filter(({ fault }) => "clients" in fault).length;
        const lenient = strict.map(({ fault, ...when }) => {
          if (fault.kind !== "partition") return { fault, ...when };
          const { clients: _, ...rest } = fault;
          return { fault: rest, ...when };
        });
        expect(lenient).toEqual(plain);
        expect(plain.filter(({ fault }) => "clients" in fault)).toEqual([]);
      }),
      { numRuns: 20 },
    );
    expect(cut).toBeGreaterThan(20);
  });

  it("keeps wall clocks within a bound where one is given, goes up to it, and leaves all else as it was", () => {
    let nearest = 0;
    fc.assert(
      fc.property(seed, fc.constantFrom(1, 10, 250, 20_000), fc.constantFrom(500, 3000), (seed, maxSkewMs, gapMs) => {
        const free = planFaults({ ...harsh, seed, gapMs });
        const bounded = planFaults({ ...harsh, seed, gapMs, maxSkewMs });
        expect(othersThan("clock", bounded)).toEqual(othersThan("clock", free));
        for (const planned of ofKind("clock", bounded)) {
          const share = skewMsOf(planned) / maxSkewMs;
          expect(share).toBeLessThanOrEqual(1.000_001);
          nearest = Math.max(nearest, share);
          if (planned.fault.kind === "clock" && planned.fault.mode === "drift")
            expect(planned.fault.rate).toBeGreaterThan(0);
        }
      }),
      { numRuns: 40 },
    );
    expect(nearest).toBeGreaterThan(0.999);
  });

  it("a single node is never partitioned", () => {
    const plan = planFaults({ seed: 1, kinds: FAULT_KINDS, nodes: ["n1"], timeMs: 60_000 });
    expect(plan.length).toBeGreaterThan(0);
    expect(plan.filter(({ fault }) => fault.kind === "partition" || fault.kind === "link")).toEqual([]);
  });
});

/** What the last test wants to have seen of a fault: its pattern, and how many nodes it strikes. */
function traits(fault: Fault): (string | number)[] {
  if (fault.kind === "partition") return [fault.shape];
  if (fault.kind === "link") return Object.keys(fault.quality);
  return fault.kind === "clock" ? [fault.mode, fault.nodes.length] : [fault.nodes.length];
}

describe("resolveAim", () => {
  const aimed = { fault: separate("leader-alone", [["n2"], ["n1", "n3"]]), aimedAtLeader: "n2" };

  it("swaps the planned victim and the leader throughout", () => {
    expect(resolveAim(aimed, "n3")).toEqual({
      kind: "partition",
      shape: "leader-alone",
      drops: { n1: ["n3"], n2: ["n3"], n3: ["n1", "n2"] },
    });
    expect(resolveAim({ fault: { kind: "kill", nodes: ["n1", "n2"] }, aimedAtLeader: "n1" }, "n5")).toEqual({
      kind: "kill",
      nodes: ["n5", "n2"],
    });
  });

  it("swaps those whom clients do not reach as well", () => {
    const fault = { ...aimed.fault, clients: ["n2", "n1"] };
    expect(resolveAim({ ...aimed, fault }, "n3")).toEqual({
      kind: "partition",
      shape: "leader-alone",
      drops: { n1: ["n3"], n2: ["n3"], n3: ["n1", "n2"] },
      clients: ["n3", "n1"],
    });
    expect(resolveAim(aimed, "n3")).not.toHaveProperty("clients");
  });

  it("swaps the victim of a full disk", () => {
    const fault = { kind: "disk", nodes: ["n1"], full: true } as const;
    expect(resolveAim({ fault, aimedAtLeader: "n1" }, "n2")).toEqual({ kind: "disk", nodes: ["n2"], full: true });
  });

  it("strikes as planned when nobody is known to lead, or nobody was meant", () => {
    expect(resolveAim(aimed, undefined)).toBe(aimed.fault);
    expect(resolveAim({ fault: aimed.fault }, "n3")).toBe(aimed.fault);
    expect(resolveAim(aimed, "n2")).toBe(aimed.fault);
  });
});
