import { describe, expect, it } from "vitest";
import { sequential } from "../../../checkers/sequential/index.ts";
import { judgeRegisters } from "../../../checkers/sequential/register.ts";
import { reportNoOrder } from "../../../checkers/sequential/report.ts";
import { InterleavingSearch } from "../../../checkers/sequential/search.ts";
import { Anomalies } from "../../../checkers/shared/anomalies.ts";
import { Deadline } from "../../../checkers/shared/deadline.ts";
import { indexRegisters } from "../../../checkers/shared/registers.ts";
import { SPECS } from "../../../checkers/specs/index.ts";
import { type Anomaly, type Budget, DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Operation } from "../../../src/core/operation.ts";
import type { Spec } from "../../../src/core/spec.ts";
import { runs } from "../../support/runs.ts";
import { judgeable } from "../shared/judgeable.ts";
import { expectBothWays, tryMany } from "../shared/many.ts";
import { collectionHistory, sequence, tinyHistory } from "../shared/tiny.ts";
import { crossingHistory } from "./crossing.ts";
import { counted, impliesCircle, isSequential, isSequentialByWrites } from "./oracle.ts";

const specOf = (name: string): Spec => {
  const spec = SPECS[name];
  if (!spec) throw new Error(`there is no specification ${name}`);
  return spec;
};

/** The saturation and the search of registers, without the shortcut for histories that are linearizable. */
function judged(history: History, states = DEFAULT_BUDGET.maxConfigurations) {
  const registers = indexRegisters(history);
  if ("malformed" in registers) throw new Error(registers.malformed);
  const anomalies = new Anomalies();
  const checked = judgeRegisters(registers, anomalies, new Deadline(DEFAULT_BUDGET), states, () => false);
  return { checked, anomalies: anomalies.list };
}

/** Reads and compare-and-sets that succeeded, of keys that were written. */
const readsOfWritten = ({ ops }: History): number =>
  ops.filter(
    ({ f, key, outcome }) =>
      outcome.type === "ok" &&
      f !== "write" &&
      ops.some((op) => op.f !== "read" && op.key === key && op.outcome.type !== "fail"),
  ).length;

/** Every anomaly names operations of the history, and ties no others. */
function expectEvidence(anomalies: readonly Anomaly[], { ops }: History): void {
  // What nobody wrote is enough, and all that is told then.
  expect(new Set(anomalies.map(({ kind }) => kind)).size).toBeLessThan(2);
  for (const { kind, rulesOut, ops: named, because, explanation } of anomalies) {
    expect(rulesOut).toEqual(kind === "ThinAirRead" ? ["causal-cc", "pram"] : ["sequential"]);
    expect(named.length).toBeGreaterThan(0);
    expect(named.every((op) => ops[op]?.index === op)).toBe(true);
    expect(because.every(({ from, to }) => named.includes(from) && named.includes(to))).toBe(true);
    expect(explanation).not.toContain("undefined");
    if (kind !== "cyclic-order") continue;
    // A circle: each of its operations comes right before another.
    const next = new Map(because.map(({ from, to }) => [from, to]));
    expect(next.size).toBe(because.length);
    const [start] = next.keys();
    let at = start;
    for (let i = 0; i < because.length; i++) at = next.get(at as number);
    expect(at).toBe(start);
  }
}

const CROSSED = 600;

describe("what every order of a register's operations must keep, and the search for one", () => {
  it("agree with the definition where no order of the writes is forced", () => {
    const kinds = new Map<string, number>();
    const tally = tryMany(runs(CROSSED), crossingHistory, (history) => {
      const { checked, anomalies } = judged(history);
      const holds = isSequentialByWrites(history);
      expect(anomalies.length === 0).toBe(holds);
      expect(checked).toBe(readsOfWritten(history));
      expectEvidence(anomalies, history);
      if (anomalies[0]?.kind !== "ThinAirRead")
        expect(anomalies.some(({ kind }) => kind === "cyclic-order")).toBe(impliesCircle(history));
      const kind = anomalies[0]?.kind ?? "none";
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      return holds;
    });
    expectBothWays(tally);
    for (const kind of ["cyclic-order", "no-sequential-order"])
      expect(kinds.get(kind)).toBeGreaterThan(runs(CROSSED) / 8);
  });

  it("agree with the definition on any few operations, some of unknown outcome", () => {
    const spec = specOf("register");
    const tally = tryMany(
      runs(1200),
      (random) =>
        tinyHistory(random, {
          type: "register",
          ops: 10,
          sessions: 2 + random.below(2),
          keys: random.pick([1, 1, 2, 3]),
          swaps: false,
          duplicates: false,
          wild: random.chance(0.2),
          reads: random.pick([0.5, 0.75]),
        }),
      (history) => {
        const { checked, anomalies } = judged(history);
        const holds = isSequential(spec, history);
        expect(anomalies.length === 0).toBe(holds);
        expect(checked).toBe(readsOfWritten(history));
        expectEvidence(anomalies, history);
        if (anomalies[0]?.kind !== "ThinAirRead") expect(anomalies.length > 0).toBe(impliesCircle(history));
        return holds;
      },
    );
    expectBothWays(tally);
  });

  /** Readers of all four pairs, in both directions, by sessions of their own. */
  const crossed = sequence([
    ...[1, 2].flatMap((value) =>
      ["x", "y"].map((key, i) => ({ p: 2 * value + i, key, f: "write", input: value, ret: 1 })),
    ),
    ...[0, 1, 2, 3, 4, 5, 6, 7].flatMap((pair) => {
      const read = (key: string, value: number) => ({ p: 10 + pair, key, f: "read", ok: value, ret: 1 });
      const reads = [read("x", 1 + (pair & 1)), read("y", 1 + ((pair >> 1) & 1))];
      return pair < 4 ? reads : reads.reverse();
    }),
  ]);

  it("tell how far the best order came, and what each session waits for", () => {
    const [anomaly, ...more] = judged(crossed).anomalies;
    expect(more).toEqual([]);
    expect(anomaly).toMatchObject({ kind: "no-sequential-order", rulesOut: ["sequential"], because: [] });
    const [, placed, total] = /got through (\d+) of (\d+) operations/.exec(anomaly?.explanation ?? "") ?? [];
    expect(Number(total)).toBe(20);
    // All that are told wait: none of them was placed, and each session that is not at its end is told.
    const waiting = anomaly?.ops ?? [];
    const isPlaced = (op: Operation): boolean =>
      !crossed.ops.some(({ index, process }) => process === op.process && index <= op.index && waiting.includes(index));
    expect(Number(placed)).toBe(crossed.ops.filter(isPlaced).length);
    expect(new Set(waiting.map((index) => crossed.ops[index]?.process)).size).toBe(waiting.length);
    expect(anomaly?.explanation).toMatch(/process \d+ wrote \d to x \(x: \d\)/);
    // No write of a key is placed after which none was to wait: the states told are those after what was placed.
    for (const [, key, state] of anomaly?.explanation.matchAll(/\((\w): (\w+)\)/g) ?? []) {
      const write = crossed.ops.find(
        ({ f, key: other, input }) => f === "write" && other === key && `${input}` === state,
      );
      expect(write && isPlaced(write)).toBe(true);
    }
  });

  it("are left out where it is easy to say that there is an order", () => {
    const registers = indexRegisters(crossed);
    if ("malformed" in registers) throw new Error(registers.malformed);
    const anomalies = new Anomalies();
    judgeRegisters(registers, anomalies, new Deadline(DEFAULT_BUDGET), 3, () => true);
    expect(anomalies.list).toEqual([]);
  });

  it("tell a circle by the orders that were found out, or else by its operations", () => {
    const step = (p: number, key: string, f: string, value: Json) => ({
      ...{ p, key, f, ret: 1 },
      ...(f === "read" ? { ok: value } : { input: value }),
    });
    // Dekker: each session writes its own flag and does not see the other's.
    const [dekker] = judged(
      sequence([
        step(0, "x", "write", 1),
        step(1, "y", "write", 2),
        step(0, "y", "read", null),
        step(1, "x", "read", null),
      ]),
    ).anomalies;
    for (const reason of [
      "process 0 read before 2 overwrote what it saw (operation 2)",
      "process 1 read before 1 overwrote what it saw (operation 3)",
    ])
      expect(dekker?.explanation).toContain(reason);
    const [turned] = judged(
      sequence([
        ...[step(0, "x", "write", 1), step(1, "x", "write", 2)],
        ...[step(2, "x", "read", 1), step(2, "x", "read", 2), step(3, "x", "read", 2), step(3, "x", "read", 1)],
      ]),
    ).anomalies;
    expect(turned?.explanation).toMatch(
      /process \d read (1|2) after (1|2) was written \(operation \d\), so \1 came later/,
    );
    const [before] = judged(
      sequence([
        ...[step(0, "x", "read", 1), step(0, "y", "write", 2)],
        ...[step(1, "y", "read", 2), step(1, "x", "write", 1)],
      ]),
    ).anomalies;
    for (const what of ["read 1 from x", "wrote 2 to y", "read 2 from y", "wrote 1 to x"])
      expect(before?.explanation).toContain(what);
    expect(before?.because).toHaveLength(4);
  });

  it("say that a key holds nothing yet", () => {
    const pairs = [0, 1, 2, 3, 4, 5, 6, 7];
    // Who waits in the crossing goes on to write a key of its own, for which another session waits from the start.
    const waiting = sequence([
      ...pairs.map((pair) => ({ p: 30 + pair, key: `z${pair}`, f: "read", ok: 1, ret: 1 })),
      ...crossed.ops.map(({ process, key = "", f, input, outcome }) => ({
        ...{ p: process, key, f, ret: 1 },
        ...(outcome.type === "ok" && f === "read" ? { ok: outcome.value } : { input }),
      })),
      ...pairs.map((pair) => ({ p: 10 + pair, key: `z${pair}`, f: "write", input: 1, ret: 1 })),
    ]);
    const [anomaly] = judged(waiting).anomalies;
    expect(anomaly?.explanation).toMatch(/got through \d+ of 36 operations/);
    expect(anomaly?.explanation).toMatch(/process 3\d read 1 from z\d \(z\d: nothing\)/);
  });

  it("give up after so many states of the search, and not before they need them", () => {
    expect(() => judged(crossed, 3)).toThrow("more than 3 states of the search");
    const { ops } = crossed;
    const sessions = new Set(ops.map(({ process }) => process));
    const places = [...sessions].reduce((n, p) => n * (1 + ops.filter(({ process }) => process === p).length), 1);
    expect(judged(crossed, places).anomalies).toHaveLength(1);
  });
});

function sessionsOf(spec: Spec, history: History): Operation[][] {
  const sessions = new Map<number, Operation[]>();
  for (const op of counted(spec, history)) sessions.set(op.process, [...(sessions.get(op.process) ?? []), op]);
  return [...sessions.values()];
}

const searchOf = (spec: Spec, history: History, budget: Budget = DEFAULT_BUDGET): InterleavingSearch =>
  new InterleavingSearch(spec, sessionsOf(spec, history), new Deadline(budget), budget);

describe("lists", () => {
  it("are told by a circle, unless they show what nobody appended", () => {
    const crossing = (...more: Json[]) => {
      const history = sequence([
        ...[1, 2].map((p) => ({ p, key: "x", f: "append", input: p, ret: 1 })),
        { p: 3, key: "x", f: "read", ok: [1, ...more], ret: 1 },
        { p: 4, key: "x", f: "read", ok: [2], ret: 1 },
      ]);
      const verdict = sequential(specOf("append-list")).check(history, DEFAULT_BUDGET);
      return verdict.valid === false ? verdict.anomalies : [];
    };
    expect(crossing()).toMatchObject([{ kind: "cyclic-order", rulesOut: ["sequential"] }]);
    expect(crossing()[0]?.explanation).toContain("no one order of all operations that keeps each session's");
    const kinds = crossing(9).map(({ kind }) => kind);
    expect(kinds).toHaveLength(1);
    expect(kinds).not.toContain("cyclic-order");
  });
});

describe("the search for one order of any operations", () => {
  it.each(["set", "counter", "fifo-queue", "stack"] as const)("agrees with the definition of a %s", (name) => {
    const spec = specOf(name);
    const tally = tryMany(
      runs(300),
      (random) => collectionHistory(random, name),
      (history) => {
        const search = searchOf(spec, history);
        const holds = isSequential(spec, history);
        expect(search.run()).toBe(holds);
        if (holds) return true;
        const { placed, total, stuck } = search.best;
        const certain = counted(spec, history).filter(({ outcome }) => outcome.type !== "info");
        expect(total).toBe(certain.length);
        // What was placed is a beginning of each session; what is stuck comes right after it.
        const waiting = stuck.map(({ op }) => op);
        const rest = sessionsOf(spec, history).flatMap((session) => {
          const at = session.findIndex((op) => waiting.includes(op));
          return at < 0 ? [] : session.slice(at).filter(({ outcome }) => outcome.type !== "info");
        });
        expect(placed).toBe(total - rest.length);
        // That much can be placed indeed, and the whole of no session more.
        const kept = history.ops.filter((op) => !rest.includes(op));
        expect(isSequential(spec, { ...history, ops: kept })).toBe(true);
        expect(stuck.length).toBeGreaterThan(0);
        return false;
      },
    );
    expectBothWays(tally);
  });

  it("agrees with the definition of registers to which values are written twice", () => {
    const spec = specOf("cas-register");
    let twice = 0;
    const tally = tryMany(
      runs(600),
      (random) =>
        tinyHistory(random, {
          type: "register",
          ops: 9,
          sessions: 3,
          keys: 1 + random.below(2),
          swaps: true,
          duplicates: true,
        }),
      (history) => {
        if (judgeable(history) !== history) twice++;
        const holds = isSequential(spec, history);
        expect(searchOf(spec, history).run()).toBe(holds);
        return holds;
      },
    );
    expect(twice).toBeGreaterThan(runs(600) / 20);
    expectBothWays(tally);
  });

  it("tells what each session waits for, and in which state", () => {
    const history = sequence([
      { p: 0, key: "x", f: "write", input: 1, ret: 1 },
      { p: 0, key: "y", f: "write", input: 2, ret: 1 },
      { p: 1, key: "x", f: "read", ok: 1, ret: 1 },
      { p: 1, key: "x", f: "read", ok: null, ret: 1 },
      { p: 2, key: "y", f: "read", ok: 3, ret: 1 },
    ]);
    const search = searchOf(specOf("register"), history);
    expect(search.run()).toBe(false);
    const stuck = search.best.stuck.map(({ op, state }) => [op.index, state]);
    expect({ ...search.best, stuck }).toEqual({
      placed: 3,
      total: 5,
      stuck: [
        [3, "1"],
        [4, "2"],
      ],
    });
  });

  it("gives up after so many states", () => {
    const of = (count: number): History =>
      sequence([
        ...Array.from({ length: count }, (_, p) => ({ p, key: "x", f: "write", input: p % 2, ret: 1 })),
        { p: 9, key: "x", f: "read", ok: 7, ret: 1 },
      ]);
    const budget = { timeMs: 10_000, maxConfigurations: 8 };
    expect(() => searchOf(specOf("register"), of(4), budget).run()).toThrow("more than 8 states of the search");
    // Two writes by two sessions: nothing, either, and both in two orders.
    expect(searchOf(specOf("register"), of(2), { ...budget, maxConfigurations: 5 }).run()).toBe(false);
  });
});

describe("the report that there is no order", () => {
  const stuck = (count: number): { op: Operation; state: string }[] =>
    sequence(
      Array.from({ length: count }, (_, p): { p: number; key: string; f: string; ok: Json; ret: number } => ({
        p,
        key: "x",
        f: "read",
        ok: p,
        ret: 1,
      })),
    ).ops.map((op) => ({ op, state: "7" }));
  const told = (count: number): Anomaly | undefined => {
    const anomalies = new Anomalies();
    reportNoOrder({ placed: 2, total: 9, stuck: stuck(count) }, anomalies);
    return anomalies.list[0];
  };

  it("spells out four operations and counts the others", () => {
    const [one, four, six] = [told(1), told(4), told(6)];
    expect(one).toMatchObject({ kind: "no-sequential-order", rulesOut: ["sequential"], ops: [0], because: [] });
    expect(one?.explanation).toMatch(/through 2 of 9 operations;.* possible: process 0 read 0 from x \(x: 7\)\.$/);
    expect(four?.explanation).toMatch(/process 3 read 3 from x \(x: 7\)\.$/);
    expect(six?.explanation).toMatch(/process 3 read 3 from x \(x: 7\); and 2 more\.$/);
    expect(six?.explanation).not.toContain("process 4");
    expect(six?.ops).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
