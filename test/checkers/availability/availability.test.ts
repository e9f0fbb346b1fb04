import { describe, expect, it } from "vitest";
import { type AvailabilityOptions, availability, availabilityByNode } from "../../../checkers/availability/index.ts";
import { DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { Fault } from "../../../src/core/fault.ts";
import type { History, Timed } from "../../../src/core/history.ts";
import { Random } from "../../../src/core/random.ts";
import { msToNs } from "../../../src/core/time.ts";
import { agree, concurrently, invalid, type Opinion, opinionOf } from "../../support/agree.ts";
import { history, type Sketch } from "../../support/histories.ts";
import { runs } from "../../support/runs.ts";

let processes = 0;
/** An operation with times in milliseconds. */
const op = (node: string, callMs: number, retMs?: number, more: Partial<Sketch> = {}): Sketch => ({
  p: processes++,
  node,
  f: "read",
  call: msToNs(callMs),
  ...(retMs === undefined ? {} : { ret: msToNs(retMs) }),
  ...more,
});
const down = (value: Fault, startMs: number, endMs: number): Timed<Fault> => ({
  value,
  startNs: msToNs(startMs),
  endNs: msToNs(endMs),
});
const withFaults = (sketches: readonly Sketch[], faults: readonly Timed<Fault>[] = []): History => ({
  ...history(sketches),
  faults,
});
const check = (
  sketches: readonly Sketch[],
  faults: readonly Timed<Fault>[] = [],
  options: AvailabilityOptions = { boundMs: 100 },
): Verdict => availability(options).check(withFaults(sketches, faults), DEFAULT_BUDGET);

describe("total availability (Gilbert & Lynch; Maelstrom, --availability total)", () => {
  it("holds where every operation is answered in time, whatever the answer", () => {
    expect(
      check([
        op("n1", 0, 100),
        op("n2", 0, 1, { fail: "precondition-failed" }),
        op("n2", 5, 6, { fail: "key-does-not-exist" }),
      ]),
    ).toEqual({ valid: true, checked: 3 });
    expect(check([])).toMatchObject({ valid: "unknown", why: "vacuous" });
  });

  it("is broken by refusals, silence and late answers, counted node by node", () => {
    const sketches = [
      op("n1", 0, 1),
      op("n1", 2, 3, { fail: "temporarily-unavailable" }),
      op("n1", 4),
      op("n2", 0, 1),
      op("n1", 5, 300),
    ];
    const verdict = check(sketches);
    expect(verdict).toMatchObject({
      valid: false,
      checked: 5,
      anomalies: [{ kind: "unavailable", rulesOut: ["available"], ops: [2, 3, 4] }],
    });
    expect(verdict.valid === false && verdict.anomalies).toHaveLength(1);
    expect(verdict.valid === false && verdict.anomalies[0].explanation).toBe(
      "n1 ran, but of 4 operations 3 were not answered within 100 ms (1 no answer, 1 refused, 1 too late). The first: process 1 read the object at 0.002 s: temporarily-unavailable.".replace(
        "process 1",
        `process ${sketches[1]?.p}`,
      ),
    );
    expect(availabilityByNode(history(sketches), { boundMs: 100 })).toMatchObject([
      { node: "n1", answered: 1, slow: 1, refused: 1, unanswered: 1, excused: 0 },
      { node: "n2", answered: 1, slow: 0, refused: 0, unanswered: 0, excused: 0 },
    ]);
  });

  it("excuses a node that does not run, and only that", () => {
    const killed = [down({ kind: "kill", nodes: ["n1"] }, 10, 20)];
    expect(check([op("n1", 15), op("n1", 5, 12, { fail: "crash" }), op("n1", 30, 31)], killed)).toEqual({
      valid: true,
      checked: 1,
    });
    expect(check([op("n2", 15)], killed)).toMatchObject({ valid: false });
    expect(check([op("n1", 21, 22, { fail: "abort" })], killed)).toMatchObject({ valid: false });
    expect(check([op("n1", 21, 22, { fail: "abort" })], killed, { boundMs: 100, recoveryMs: 5 })).toMatchObject({
      why: "vacuous",
    });
    expect(check([op("n1", 5, 300)], [down({ kind: "pause", nodes: ["n1", "n2"] }, 50, 200)])).toMatchObject({
      why: "vacuous",
    });
    expect(check([op("n1", 5)], [down({ kind: "disk", nodes: ["n1"], full: true }, 50, 60)])).toMatchObject({
      why: "vacuous",
    });
    expect(check([op("n1", 5)], [down({ kind: "disk", nodes: ["n1"], stallMs: 5 }, 50, 60)])).toMatchObject({
      valid: false,
    });
  });

  it("does not excuse partitions, unless they cut clients off", () => {
    const cut = { kind: "partition", shape: "halves", drops: { n1: ["n2"], n2: ["n1"] } } as const;
    expect(check([op("n1", 15)], [down(cut, 0, 100)])).toMatchObject({ valid: false });
    expect(check([op("n1", 15)], [down({ ...cut, clients: ["n1"] }, 0, 100)])).toMatchObject({ why: "vacuous" });
  });

  it("excuses everybody while some node is down, where the history does not say who asked whom", () => {
    expect(check([op("", 15)], [down({ kind: "kill", nodes: ["n1"] }, 10, 20)])).toMatchObject({ why: "vacuous" });
  });

  it("waits no longer than the history lasts for what was still on its way", () => {
    const waiting = op("n1", 50, undefined, { info: "unfinished" });
    expect(check([waiting, op("n2", 60, 70)])).toEqual({ valid: true, checked: 1 });
    expect(check([waiting, op("n2", 60, 70), op("n2", 150, 151)])).toMatchObject({ valid: false });
    expect(check([op("n1", 50, undefined, { info: "timeout" }), op("n2", 60, 70)])).toMatchObject({ valid: false });
  });

  it("agrees with looking at every fault for every operation", () => {
    const boundNs = 3;
    const faultsOf = ({ ops }: History): Timed<Fault>[] => {
      const random = new Random(ops.reduce((sum, { callNs, index }) => sum + callNs * (index + 7), 0));
      return Array.from({ length: random.below(3) }, () => {
        const startNs = random.below(12);
        const nodes = [random.pick(["n0", "n1"])];
        const value: Fault = random.pick([
          { kind: "kill", nodes },
          { kind: "pause", nodes },
          { kind: "clock", nodes, mode: "drift", rate: 2 },
        ]);
        return { value, startNs, endNs: random.chance(0.1) ? Number.POSITIVE_INFINITY : startNs + random.below(6) };
      });
    };
    const expected = ({ ops, faults }: History): Opinion => {
      const judged = ops.map((op) => {
        const { type } = op.outcome;
        const answered =
          type === "ok" || (op.outcome.type === "fail" && op.outcome.error.name === "precondition-failed");
        if (answered && op.returnNs - op.callNs <= boundNs) return "answered";
        const waitedNs = Math.min(op.returnNs, op.callNs + boundNs);
        const excused = faults.some(
          ({ value, startNs, endNs }) =>
            value.kind !== "clock" &&
            "nodes" in value &&
            value.nodes.includes(op.node) &&
            startNs <= waitedNs &&
            endNs >= op.callNs,
        );
        return excused ? "excused" : "unavailable";
      });
      if (judged.includes("unavailable")) return invalid(["unavailable"]);
      return judged.includes("answered") ? "valid" : "unknown vacuous";
    };
    const withRandomFaults = (made: History): History => ({ ...made, faults: faultsOf(made) });
    agree({
      count: runs(20_000),
      make: (random) => {
        const slow = random.pick([0, 0, 0.2]);
        const healthy = random.chance(0.6);
        return concurrently(random, { threads: 3, max: 6, certain: healthy }, () => ({
          f: "read",
          node: random.pick(["n0", "n1"]),
          ...(random.chance(0.2) && { fail: random.pick(["precondition-failed", ...(healthy ? [] : ["abort"])]) }),
        })).map((sketch, i, all) =>
          sketch.ret !== undefined &&
          random.chance(slow) &&
          !all.some((other) => other !== sketch && other.p === sketch.p && other.call >= sketch.call)
            ? { ...sketch, ret: sketch.ret + 4 + i }
            : sketch,
        );
      },
      actual: (made) => opinionOf(availability({ boundMs: boundNs / 1_000_000 }), withRandomFaults(made)),
      expected: (made) => expected(withRandomFaults(made)),
    });
  });
});
