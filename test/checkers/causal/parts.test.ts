import { describe, expect, it } from "vitest";
import { Clocks } from "../../../checkers/causal/clocks.ts";
import { Demands } from "../../../checkers/causal/demands.ts";
import { causalCc, causalCm } from "../../../checkers/causal/index.ts";
import { Schedule } from "../../../checkers/causal/schedule.ts";
import { pram } from "../../../checkers/pram/index.ts";
import type { Causes } from "../../../checkers/shared/causes.ts";
import { Deadline } from "../../../checkers/shared/deadline.ts";
import { indexRegisters } from "../../../checkers/shared/registers.ts";
import { type Anomaly, type Checker, DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import type { History } from "../../../src/core/history.ts";
import { Random } from "../../../src/core/random.ts";
import { sequence } from "../shared/tiny.ts";

const deadline = (): Deadline => new Deadline(DEFAULT_BUDGET);

/** An operation of a session, and the earlier ones that it saw, by their places. */
interface Drawn {
  readonly session: number;
  readonly saw: readonly number[];
}

/** Random operations, one after the other, of which each may have seen some of the ones before. */
function draw(random: Random, ops: number, sessions: number, share: number): Drawn[] {
  const drawn: Drawn[] = [];
  for (let i = 0; i < ops; i++) {
    const saw = Array.from({ length: random.below(3) }, () => (random.chance(share) && i > 0 ? random.below(i) : -1));
    drawn.push({ session: random.below(sessions), saw });
  }
  return drawn;
}

/** The same in columns, with the number of each. */
function columns(drawn: readonly Drawn[], sessions: number): { causes: Causes; ids: number[] } {
  const bySession = Array.from({ length: sessions }, (_, s) =>
    [...drawn.keys()].filter((i) => drawn[i]?.session === s),
  );
  const order = bySession.flat();
  const ids = drawn.map((_, i) => order.indexOf(i));
  const first = [0];
  for (const { length } of bySession) first.push((first.at(-1) as number) + length);
  const sourcesAt = [0];
  const sources: number[] = [];
  for (const i of order) {
    for (const source of drawn[i]?.saw ?? []) sources.push(ids[source] ?? -1);
    sourcesAt.push(sources.length);
  }
  const causes = {
    count: drawn.length,
    session: Int32Array.from(order, (i) => drawn[i]?.session ?? 0),
    first: Int32Array.from(first),
    sourcesAt: Int32Array.from(sourcesAt),
    sources: Int32Array.from(sources),
  };
  return { causes, ids };
}

/** For each operation, of each session the number after the last that is in its past: a full vector clock for each. */
function pasts(drawn: readonly Drawn[], { first }: Causes, ids: readonly number[], sessions: number): number[][] {
  const clocks: number[][] = [];
  const latest = Array.from({ length: sessions }, () => Array.from({ length: sessions }, () => 0));
  for (const [i, { session, saw }] of drawn.entries()) {
    const clock = [...(latest[session] as number[])];
    for (const source of saw.filter((place) => place >= 0)) {
      for (const [s, bound] of (clocks[source] as number[]).entries()) clock[s] = Math.max(clock[s] as number, bound);
      const of = drawn[source]?.session as number;
      clock[of] = Math.max(clock[of] as number, (ids[source] as number) + 1);
    }
    clock[session] = ids[i] === first[session] ? 0 : (ids[i] as number);
    clocks.push(clock);
    latest[session] = clock;
  }
  return clocks;
}

describe("clocks", () => {
  // Few and many that see each other: rows are shared, and more are made than there was room for at first.
  it.each([
    [40, 3, 0.5, 60],
    [40, 6, 0.3, 60],
    [60, 6, 0.1, 60],
    [6_000, 4, 0.5, 1],
    [6_000, 40, 0.9, 1],
  ])("of %d operations of %d sessions know what reaches each", (ops, sessions, share, rounds) => {
    for (let seed = 0; seed < rounds; seed++) {
      const drawn = draw(new Random(seed, "clocks"), ops, sessions, share);
      const { causes, ids } = columns(drawn, sessions);
      const clocks = new Clocks(causes, deadline());
      expect(clocks.cycles).toEqual([]);
      const wrong: string[] = [];
      for (const [i, past] of pasts(drawn, causes, ids, sessions).entries())
        for (const [s, bound] of past.entries()) {
          const known = clocks.knownOf(ids[i] as number, s);
          const start = causes.first[s] as number;
          if (Math.max(known, start) !== Math.max(bound, start))
            wrong.push(`${ids[i]} knows ${known} of ${s}, not ${bound}`);
          const at = ids[i] as number;
          if (bound > start && !clocks.knows(at, bound - 1)) wrong.push(`${at} does not know ${bound - 1}`);
          const isLast = Math.max(bound, start) >= (causes.first[s + 1] as number);
          if (!isLast && clocks.knows(at, Math.max(bound, start))) wrong.push(`${at} knows ${bound}`);
        }
      expect(wrong.slice(0, 3)).toEqual([]);
    }
  });

  it("go on behind a circle, and tell who is on it", () => {
    // 0: a, b; 1: c, d. Each of a and d saw the other; 2 saw d.
    const causes: Causes = {
      count: 5,
      session: Int32Array.of(0, 0, 1, 1, 2),
      first: Int32Array.of(0, 2, 4, 5),
      sourcesAt: Int32Array.of(0, 1, 1, 1, 2, 3),
      sources: Int32Array.of(3, 0, 3),
    };
    const clocks = new Clocks(causes, deadline());
    expect(clocks.cycles).toHaveLength(1);
    expect([0, 1, 2, 3, 4].map((id) => clocks.inCycle(id))).toEqual([true, false, false, true, false]);
    expect([clocks.knows(4, 3), clocks.knows(4, 2), clocks.knows(1, 0), clocks.knows(4, 1)]).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });
});

describe("lists", () => {
  type Step = readonly [process: number, key: string, did: number | readonly number[]];
  const of = (...steps: Step[]) =>
    sequence(
      steps.map(([p, key, did]) =>
        typeof did === "number" ? { p, f: "append", key, input: did, ret: 1 } : { p, f: "read", key, ok: did, ret: 1 },
      ),
    );
  const anomalies = (checker: Checker, checked: History): readonly Anomaly[] => {
    const verdict = checker.check(checked, DEFAULT_BUDGET);
    return verdict.valid === false ? verdict.anomalies : [];
  };

  it("that begin as another one are judged from where they differ", () => {
    const steps: Step[] = [
      [0, "x", 1],
      [1, "x", [1]],
      [1, "x", 2],
      [2, "x", 3],
      [3, "x", 4],
      [4, "x", [3, 4]],
      [5, "x", [3, 2, 1]],
    ];
    const [found, ...more] = anomalies(causalCc("list"), of(...steps));
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      kind: "effect-before-cause",
      explanation: "process 5 read x with 2 before 1, although 1 is in the causal past of the append of 2.",
      ops: [0, 1, 2, 6],
    });
    expect(anomalies(causalCc("list"), of(...steps.slice(0, -1), [5, "x", [3, 1, 2]]))).toEqual([]);
  });

  it("that no view explains are told in words", () => {
    const explanations = (...steps: Step[]) =>
      anomalies(pram("list"), of(...steps)).map(({ explanation }) => explanation);
    const view =
      "no order of the appends that keeps the writes of each session in its order explains what process 2 read";
    expect(explanations([0, "x", 1], [1, "x", 2], [2, "x", [1, 2]], [2, "x", [2, 1]])).toEqual([
      expect.stringMatching(
        `^${view}: what process 2 read from x \\(operation (2\\) shows 1 before 2|3\\) shows 2 before 1); what .* that is a circle.$`,
      ),
    ]);
    const [backwards = ""] = explanations([0, "x", 1], [2, "x", [1]], [2, "x", []]);
    expect(backwards).toContain(`${view}: what process 2 read from x (operation`);
    expect(backwards).toContain("what process 2 read from x (operation 1) shows 1");
    expect(backwards).toContain("what process 2 read from x (operation 2) does not show 1");
    expect(backwards).not.toContain("before");
  });

  it("and registers are not looked at by their views where something else is wrong already", () => {
    const kinds = (checker: Checker, checked: History) => anomalies(checker, checked).map(({ kind }) => kind);
    const again = of([0, "x", 1], [1, "x", 2], [2, "x", [1, 2, 2]], [2, "x", [2, 1]]);
    expect(kinds(pram("list"), again)).toEqual(["duplicate-element"]);
    expect(kinds(causalCm("list"), again)).toEqual(["duplicate-element"]);
    const overwritten = sequence([
      { p: 0, f: "write", key: "x", input: 1, ret: 1 },
      { p: 1, f: "read", key: "x", ok: 1, ret: 1 },
      { p: 1, f: "write", key: "x", input: 2, ret: 1 },
      { p: 1, f: "read", key: "x", ok: 1, ret: 1 },
    ]);
    expect(kinds(causalCm("register"), overwritten)).toEqual(["WriteCORead"]);
    expect(kinds(pram("register"), overwritten)).toEqual(["CyclicHB"]);
    const swapped = sequence([
      { p: 0, f: "cas", key: "x", input: [2, 1], ret: 1 },
      { p: 1, f: "cas", key: "x", input: [1, 2], ret: 1 },
      { p: 1, f: "read", key: "x", ok: 1, ret: 1 },
    ]);
    expect(kinds(pram("register"), swapped)).toEqual(["CyclicCO"]);
  });
});

describe("orders that reads demand", () => {
  /** Two sessions write `x`, one `y` and then all that is read. */
  const writes = 1_500;
  const registers = indexRegisters(
    sequence(
      Array.from({ length: writes }, (_, i) => ({
        p: i % 3,
        f: "write",
        key: i % 3 === 2 ? "y" : "x",
        input: i,
        ret: 1,
      })),
    ),
  );
  if ("malformed" in registers) throw new Error(registers.malformed);
  const third = writes / 3;
  /** The writes of a session by their turns. */
  const write = (session: number, turn: number): number => session * third + turn;
  const ofAll = (demands: Demands, w2: number): number[][] => {
    const found: number[][] = [];
    demands.each(w2, (w1, read) => found.push([w1, read]));
    return found;
  };

  it("are kept for each write, the latest of each session that writes its key", () => {
    const demands = new Demands(registers);
    expect([demands.size, ofAll(demands, write(0, 0))]).toEqual([0, []]);
    for (let turn = 1; turn < third; turn++) {
      expect(demands.add(write(1, turn - 1), write(0, turn), turn)).toBe(true);
      expect(demands.add(write(0, turn - 1), write(1, turn), 7)).toBe(true);
      expect(demands.add(write(2, turn - 1), write(2, turn), 8)).toBe(true);
    }
    expect(demands.size).toBe(3 * (third - 1));
    // An earlier one is known by then, a later one is not.
    expect(demands.add(write(1, 5), write(0, 9), 70)).toBe(false);
    expect(demands.add(write(1, 8), write(0, 9), 71)).toBe(false);
    expect(demands.add(write(1, 20), write(0, 9), 72)).toBe(true);
    expect(demands.add(write(0, 2), write(0, 9), 73)).toBe(true);
    for (let turn = 1; turn < third; turn++) {
      if (turn !== 9) expect(ofAll(demands, write(0, turn))).toEqual([[write(1, turn - 1), turn]]);
      expect(ofAll(demands, write(1, turn))).toEqual([[write(0, turn - 1), 7]]);
      expect(ofAll(demands, write(2, turn))).toEqual([[write(2, turn - 1), 8]]);
    }
    expect(ofAll(demands, write(0, 9))).toEqual([
      [write(0, 2), 73],
      [write(1, 20), 72],
    ]);
    demands.clear();
    expect([demands.size, ofAll(demands, write(0, 9))]).toEqual([0, []]);
    expect(demands.add(write(0, 1), write(0, 9), 1)).toBe(true);
    expect(ofAll(demands, write(0, 9))).toEqual([[write(0, 1), 1]]);
  });

  it("name what is not done", () => {
    const demands = new Demands(registers);
    demands.add(write(1, 3), write(0, 1), 9);
    const schedule = new Schedule(registers, deadline());
    expect(demands.firstUndone(write(0, 1), schedule)).toBe(write(1, 3));
    expect(demands.firstUndone(write(0, 2), schedule)).toBe(-1);
    const done: number[] = [];
    const circle = schedule.run(
      (id) => demands.firstUndone(id, schedule),
      (id) => done.push(id),
    );
    expect(circle).toBeUndefined();
    expect(done.toSorted((a, b) => a - b)).toEqual([...Array(writes).keys()]);
    expect(done.indexOf(write(0, 1))).toBeGreaterThan(done.indexOf(write(1, 3)));
    expect(demands.firstUndone(write(0, 1), schedule)).toBe(-1);
  });
});
