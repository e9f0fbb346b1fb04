import { describe, expect, it } from "vitest";
import { MAX_PER_KIND } from "../../../../checkers/shared/anomalies.ts";
import { weakIsolation, weakIsolationOfLists } from "../../../../checkers/transactions/weak/index.ts";
import { type Anomaly, DEFAULT_BUDGET, type Verdict } from "../../../../src/core/checker.ts";
import type { History } from "../../../../src/core/history.ts";
import { sketched, type TxnSketch } from "../sketch.ts";

type Checkers = typeof weakIsolation;

const verdictOf = (checkers: Checkers, name: string, found: History): Verdict => {
  const checker = checkers.find((one) => one.name === name);
  if (checker === undefined) throw new Error(name);
  return checker.check(found, DEFAULT_BUDGET);
};

const anomaliesOf = (checkers: Checkers, name: string, found: History): readonly Anomaly[] => {
  const verdict = verdictOf(checkers, name, found);
  return verdict.valid === false ? verdict.anomalies : [];
};

const kindsOf = (checkers: Checkers, name: string, found: History): string[] =>
  anomaliesOf(checkers, name, found).map(({ kind }) => kind);

/** `3: w x 1` is of process 3. */
const inSessions = (...texts: readonly string[]): History =>
  sketched(
    ...texts.map((text): TxnSketch => {
      const [p, does = ""] = text.split(":");
      return { p: Number(p), does };
    }),
  );

describe("what is wrong is told once", () => {
  it("where a list that is none was read: it is no empty list", () => {
    const found = sketched("a x 1; a y 1", "r y [1]; r x 5", "r x [1]");
    for (const { name } of weakIsolationOfLists)
      expect(kindsOf(weakIsolationOfLists, name, found)).toEqual(["malformed-read"]);
    expect(verdictOf(weakIsolationOfLists, "read-committed", found)).toEqual({
      valid: false,
      checked: 2,
      anomalies: [
        {
          kind: "malformed-read",
          key: "x",
          rulesOut: ["read-committed"],
          explanation: "transaction 1 (process 1) read 5 from x, which is a list and never had such a state.",
          ops: [1],
          because: [],
        },
      ],
    });
  });

  it("of no more reads of one kind than fit into a report", () => {
    const none = Array.from({ length: MAX_PER_KIND + 2 }, (_, i) => `r x ${i}`);
    expect(anomaliesOf(weakIsolationOfLists, "read-committed", sketched(...none))).toHaveLength(MAX_PER_KIND);
    const thin = Array.from({ length: MAX_PER_KIND + 2 }, (_, i) => `r x ${i}`);
    expect(anomaliesOf(weakIsolation, "read-committed", sketched(...thin, "w y 1"))).toHaveLength(MAX_PER_KIND);
  });

  it("where several read an element that nobody appended", () => {
    const found = sketched("a x 1", "r x [1,9]", "r x [1,9]");
    expect(kindsOf(weakIsolationOfLists, "read-committed", found)).toEqual(["thin-air-read"]);
  });

  it("where transactions read from each other, whatever sessions add to that", () => {
    const found = inSessions("0: w x 1; r y 1", "1: w y 1; r x 1", "0: r z 1", "1: w z 1; r y 1");
    for (const { name } of weakIsolation)
      expect(kindsOf(weakIsolation, name, found)).toEqual(["circular-information-flow"]);
  });

  it("as the same objects to whoever asks again", () => {
    const found = sketched("w x 1; w y 1", "w x 2; w y 2", "r x 1; r y 2");
    const [anomaly, ...more] = anomaliesOf(weakIsolation, "read-atomic", found);
    expect(anomaly?.kind).toBe("fractured-read");
    expect(more).toEqual([]);
    expect(anomaliesOf(weakIsolation, "read-atomic", found)[0]).toBe(anomaly);
  });
});

describe("elements that are no plain values", () => {
  it("are compared by what they hold", () => {
    const texts = ["a x [1]", "a x [2]; r x [[1],[2]]", "a x [3]; r x [[1],[2],[3]]", "r x [[1],[2]]", "r x [[1]]"];
    for (const { name } of weakIsolationOfLists)
      expect(verdictOf(weakIsolationOfLists, name, sketched(...texts))).toEqual({ valid: true, checked: 4 });
    for (const list of ["[[1],[3]]", "[[2]]", "[[1],[2],[4]]", "[[3],[2],[1]]"])
      expect(kindsOf(weakIsolationOfLists, "read-committed", sketched(...texts, `r x ${list}`, "a x [4]"))).toEqual([
        "incompatible-order",
      ]);
  });

  it("of a transaction's own are not mistaken for those of another read", () => {
    const found = sketched("r x [[2],[1]]", "a x [1]; a x [2]; r x [[2]]");
    expect(kindsOf(weakIsolationOfLists, "read-committed", found)).toContain("own-write-missed");
  });
});

describe("the first of several", () => {
  it("versions that two transactions wrote is named", () => {
    const texts = ["w x 1; w x 2", "w x 1", "w x 2", "r x 2", "r x 1"];
    expect(verdictOf(weakIsolation, "read-atomic", sketched(...texts))).toMatchObject({
      valid: "unknown",
      detail: expect.stringMatching(/^x = 2 was read/),
    });
  });

  it("elements that were appended twice is named", () => {
    const texts = ["a x 1; a x 2", "a x 1", "a x 2", "r x [2,1]"];
    expect(verdictOf(weakIsolationOfLists, "read-atomic", sketched(...texts))).toMatchObject({
      valid: "unknown",
      detail: expect.stringMatching(/^x = 2 was read/),
    });
  });
});

describe("a circle of causes", () => {
  it("is one of as few reads as possible, however long the walks along its sessions are", () => {
    const found = inSessions(
      // Two reads lead from process 0 to 1 and back, each of which does four transactions in between.
      "0: r b4 1; w a1 1",
      "0: w a2 1",
      "0: w a3 1",
      "0: w a4 1",
      "1: r a4 1; w b1 1",
      "1: w b2 1",
      "1: w b3 1",
      "1: r c2 1; w b4 1",
      // Three reads lead from process 2 to others and back, which is fewer steps, but more reads.
      "2: r e 1; r a1 1; w c1 1",
      "2: w c2 1; w c 1",
      "3: r c 1; w d 1",
      "4: r d 1; w e 1",
    );
    const [anomaly, ...more] = anomaliesOf(weakIsolation, "strong-session-read-committed", found);
    expect(more).toEqual([]);
    expect(anomaly?.kind).toBe("cyclic-co");
    expect(anomaly?.because.map(({ from, to }) => [from, to])).toEqual([
      [0, 3],
      [3, 4],
      [4, 7],
      [7, 0],
    ]);
  });
});

describe("long explanations", () => {
  /** So many transactions, each of which read from the one before it, and the first from the last. */
  const circle = (count: number): History =>
    sketched(...Array.from({ length: count }, (_, i) => `w k${i} 1; r k${(i + count - 1) % count} 1`));

  it.each([
    [5, ""],
    [6, "; and 1 more steps like these"],
    [7, "; and 2 more steps like these"],
  ])("of %i steps are cut short", (count, more) => {
    const [anomaly] = anomaliesOf(weakIsolation, "read-committed", circle(count));
    const told = [1, 2, 3, 4, 5].map((t) => {
      const reader = t % count;
      return `transaction ${reader} read k${t - 1} = 1, which transaction ${t - 1} wrote`;
    });
    expect(anomaly?.explanation).toBe(
      `${told.join("; ")}${more}. That is a circle: whichever of these transactions was first, it read what did not exist yet (G1c).`,
    );
    expect(anomaly?.because).toHaveLength(count);
    expect(anomaly?.ops).toHaveLength(count);
  });

  it.each([
    [0, ""],
    [1, " (by way of transaction 2)"],
    [2, " (by way of transactions 2, 3)"],
    [4, " (by way of transactions 2, 3, 4, 5)"],
    [5, " (by way of transactions 2, 3, 4, 5 and 1 more)"],
    [7, " (by way of transactions 2, 3, 4, 5 and 3 more)"],
  ])("of what became a cause by way of %i others", (count, way) => {
    const between = Array.from({ length: count }, (_, i) => `r k${i} 1; w k${i + 1} 1`);
    const found = sketched("w x 1", "r x 1; w x 2; w k0 1", ...between, `r k${count} 1; r x 1`);
    const [anomaly] = anomaliesOf(weakIsolation, "causal-ccv", found);
    const last = count + 2;
    expect(anomaly?.explanation).toBe(
      `transaction ${last} (process ${last}) read x = 1, which transaction 0 wrote, with transaction 1 among its causes${way}; as transaction 1 wrote x = 2, it must have been committed before transaction 0. But transaction 1 read x = 1, which transaction 0 wrote. That is a circle: no order of commits explains what was read.`,
    );
    expect(anomaly?.ops).toEqual(Array.from({ length: last + 1 }, (_, i) => i));
  });
});

describe("circles of several demands", () => {
  it("on one key name it, and on several name none", () => {
    const twice = (a: string, b: string): History =>
      sketched(`w ${a} 1; w ${b} 1; w u 1`, `w ${a} 2; w ${b} 2; w v 1`, `r u 1; r ${a} 2`, `r v 1; r ${b} 1`);
    const [one, ...none] = anomaliesOf(weakIsolation, "read-atomic", twice("x", "x"));
    expect(none).toEqual([]);
    expect(one?.key).toBe("x");
    expect(one?.because.map(({ reason }) => reason)).toEqual([
      "transaction 2 (process 2) read x = 2, which transaction 1 wrote, and it also read u = 1, which transaction 0 wrote; as transaction 0 wrote x = 1, it must have been committed before transaction 1",
      "transaction 3 (process 3) read x = 1, which transaction 0 wrote, and it also read v = 1, which transaction 1 wrote; as transaction 1 wrote x = 2, it must have been committed before transaction 0",
    ]);
    expect(one?.explanation).toMatch(/before transaction 0\. That is a circle: no order/);
    const [other] = anomaliesOf(weakIsolation, "read-atomic", twice("x", "y"));
    expect(other).not.toHaveProperty("key");
    expect(other?.because).toHaveLength(2);
    const [causal] = anomaliesOf(weakIsolation, "causal-ccv", twice("x", "y"));
    expect(causal?.kind).toBe("cyclic-cf");
  });
});

describe("reads of one key that differ", () => {
  it.each<[string, string[], Partial<Anomaly>]>([
    [
      "between two transactions name both",
      ["w x 2", "w x 1", "r x 1; r x 2"],
      {
        explanation:
          "transaction 2 (process 2) found x = 1 first and x = 2 later, without a write of its own in between: it saw x change under its eyes, so it did not see other transactions as a whole or not at all.",
        ops: [0, 1, 2],
        because: [
          { from: 1, to: 2, reason: "transaction 2 read x = 1, which transaction 1 wrote" },
          { from: 0, to: 2, reason: "transaction 2 read x = 2, which transaction 0 wrote" },
        ],
      },
    ],
    [
      "from what was there first name the one",
      ["w x 1", "r x 1; r x null"],
      { ops: [0, 1], because: [{ from: 0, to: 1, reason: "transaction 1 read x = 1, which transaction 0 wrote" }] },
    ],
  ])("%s", (_, texts, anomaly) => {
    const found = anomaliesOf(weakIsolation, "read-atomic", sketched(...texts));
    expect(found).toMatchObject([{ kind: "non-repeatable-read", key: "x", ...anomaly }]);
  });

  it("of a list that the reader appended to meanwhile are told to differ by more than that", () => {
    const found = sketched(
      "a x 1",
      "a x 3",
      "r u []; r u []; r x [1]; a y 1; a x 2; r x [1,3,2]",
      "r y [1]; r x [1]; a z 1; r x [1,3]",
    );
    const anomalies = anomaliesOf(weakIsolationOfLists, "read-atomic", found);
    expect(anomalies.filter(({ kind }) => kind === "non-repeatable-read")).toMatchObject([
      {
        kind: "non-repeatable-read",
        explanation: expect.stringMatching(
          /^transaction 2 \(process 2\) found x = \[1\] first and x = \[1, 3, 2\] later, and not only by what it appended itself: it saw x change/,
        ),
        because: [
          { from: 0, to: 2, reason: "transaction 2 read x = 1, which transaction 0 wrote" },
          { from: 1, to: 2, reason: "transaction 2 read x = 3, which transaction 1 wrote" },
        ],
      },
      {
        kind: "non-repeatable-read",
        explanation: expect.stringMatching(/x = \[1, 3\] later, without a write of its own in between: it saw/),
      },
    ]);
  });

  it("are compared with the first one", () => {
    const found = anomaliesOf(weakIsolation, "read-atomic", sketched("w x 1", "w x 2", "r x 1; r x 2; r x 1; r x 2"));
    expect(found.map(({ kind }) => kind)).toEqual(["non-repeatable-read", "non-repeatable-read"]);
  });
});

describe("a transaction that does not see its own write", () => {
  it("saw another one instead", () => {
    expect(anomaliesOf(weakIsolation, "read-committed", sketched("w x 1", "w x 2; w x 3; r x 1"))).toMatchObject([
      {
        kind: "own-write-missed",
        explanation:
          "transaction 1 (process 1) wrote x = 3, but then read x = 1: a transaction must see what it wrote last itself.",
        ops: [1],
      },
    ]);
  });

  it("may have seen it in a list at another place than the last", () => {
    const missed = (list: string): string[] =>
      kindsOf(weakIsolationOfLists, "read-committed", sketched("a x 1", `a x 2; a x 3; r x ${list}`));
    expect(missed("[1,2,3]")).toEqual([]);
    expect(missed("[2,3]")).toEqual([]);
    for (const list of ["[1,3]", "[3]", "[1,2]", "[]", "[1]"]) expect(missed(list)).toContain("own-write-missed");
  });
});

describe("the order of appends", () => {
  const all = (...texts: readonly string[]): string[] => [
    ...new Set(weakIsolationOfLists.flatMap(({ name }) => kindsOf(weakIsolationOfLists, name, sketched(...texts)))),
  ];
  const valid = (...texts: readonly string[]): unknown[] => [
    ...new Set(weakIsolationOfLists.map(({ name }) => verdictOf(weakIsolationOfLists, name, sketched(...texts)).valid)),
  ];

  it("is wrong where the first of a transaction is missing before a later one", () => {
    expect(all("a x 1; a x 2", "r x [2]")).toEqual(["misordered-appends"]);
    expect(anomaliesOf(weakIsolationOfLists, "read-committed", sketched("a x 1; a x 2", "r x [2]"))).toMatchObject([
      {
        rulesOut: ["read-committed"],
        ops: [0, 1],
        because: [{ from: 0, to: 1, reason: "transaction 1 saw the appends of transaction 0 in another order" }],
      },
    ]);
    expect(all("a x 1; a x 2", "r x [1]")).toEqual(["intermediate-read"]);
    expect(valid("a x 1; a x 2", "r x [1,2]")).toEqual([true]);
  });

  it("is not judged by elements that somebody else may have appended", () => {
    // The first 1 is that of transaction 1.
    expect(valid("a x 2; a x 1", "a x 1", "r x [1,2,1]")).toEqual(["unknown"]);
    expect(valid("a x 2; a x 1", "a x 1", "a x 5", "r x [5,1,2,1]")).toEqual(["unknown"]);
  });

  it("reaches over elements of which it is not known who appended them", () => {
    const texts = ["a x 1; r y [1]", "a x 2; a y 1", "a x 3", "a x 3"];
    expect(all(...texts, "r x [1,3,2]")).toEqual(["circular-information-flow"]);
    expect(all(...texts.slice(0, 2), "r x [1,9,2]")).toEqual(["thin-air-read", "circular-information-flow"]);
  });

  it("goes on from what was read to what was not, also if that was appended several times", () => {
    expect(all("a x 1; r y [1]", "a x 3; a y 1", "a x 3", "r x [1]")).toEqual(["circular-information-flow"]);
    expect(all("a x 1; r y [1]", "a x 3; a y 1", "r x [1]")).toEqual(["circular-information-flow"]);
  });
});

describe("who wrote what was read", () => {
  it("is told of lists as of registers where nobody else did than one that aborted", () => {
    const aborted: TxnSketch = { does: "a x 1", fate: "fail" };
    const [anomaly, ...more] = anomaliesOf(weakIsolationOfLists, "read-committed", sketched(aborted, "r x [1]"));
    expect(more).toEqual([]);
    expect(anomaly).toMatchObject({ kind: "aborted-read", ops: [0, 1] });
  });

  it("is clear where one transaction writes a value twice, but not where it appends it twice", () => {
    for (const { name } of weakIsolation)
      expect(verdictOf(weakIsolation, name, sketched("w x 1; w x 1", "r x 1"))).toEqual({ valid: true, checked: 1 });
    for (const { name } of weakIsolationOfLists)
      expect(verdictOf(weakIsolationOfLists, name, sketched("a x 1; a x 1", "r x [1,1]")).valid).toBe("unknown");
  });
});

describe("a check that ends early", () => {
  const late = { ...DEFAULT_BUDGET, timeMs: -1 };
  const [, , readAtomic] = weakIsolation;

  it("tells what was found before", () => {
    const found = sketched("w x 1; w y 1", "r x 1; r y null", "r z 1");
    expect(kindsOf(weakIsolation, "read-committed", found)).toEqual(["thin-air-read"]);
    expect(readAtomic?.check(found, late)).toMatchObject({
      valid: false,
      checked: 2,
      anomalies: [{ kind: "thin-air-read" }],
    });
  });

  it("tells that it had too little time where nothing was found", () => {
    const found = sketched("w x 1; w y 1", "r x 1; r y null");
    expect(verdictOf(weakIsolation, "read-committed", found).valid).toBe(true);
    expect(readAtomic?.check(found, late)).toEqual({
      valid: "unknown",
      why: "budget",
      detail: "-1 ms were not enough",
    });
    expect(kindsOf(weakIsolation, "read-atomic", found)).toEqual(["fractured-read"]);
  });

  it("does not hide a defect as a lack of time", () => {
    const broken: History = {
      ...sketched("w x 1"),
      get ops(): History["ops"] {
        throw new Error("broken");
      },
    };
    expect(() => readAtomic?.check(broken, DEFAULT_BUDGET)).toThrow("broken");
  });

  it("has checked something where what is wrong is of a key that nobody wrote", () => {
    expect(verdictOf(weakIsolation, "read-committed", sketched("r x 1"))).toMatchObject({ valid: false, checked: 1 });
  });
});
