import { describe, expect, it } from "vitest";
import {
  IN_SESSIONS,
  monotonicAtomicView,
  readAtomic,
  readCommitted,
  strongSessionReadAtomic,
  strongSessionReadCommitted,
  transactionalCausal,
  weakIsolation,
} from "../../../../checkers/transactions/weak/index.ts";
import { type Anomaly, type Checker, DEFAULT_BUDGET, type Verdict } from "../../../../src/core/checker.ts";
import { CONSISTENCY_MODELS, weakerOrEqual } from "../../../../src/core/consistency.ts";
import type { History } from "../../../../src/core/history.ts";
import type { Json } from "../../../../src/core/json.ts";
import { AwditDecoder } from "../../../../src/history/academic-awdit.ts";
import { PlumeDecoder } from "../../../../src/history/academic-plume.ts";
import { history } from "../../../support/histories.ts";

/** A history in AWDIT's text, with `;` for the end of a line. */
function awdit(text: string): History {
  const decoder = new AwditDecoder();
  decoder.push(text.replaceAll(/;\s*/g, "\n"));
  return decoder.end();
}

function plume(text: string): History {
  const decoder = new PlumeDecoder();
  decoder.push(text.replaceAll(" ", "\n"));
  return decoder.end();
}

const check = (checker: Checker, history: History): Verdict => checker.check(history, DEFAULT_BUDGET);

function anomaliesOf(checker: Checker, history: History): readonly Anomaly[] {
  const verdict = check(checker, history);
  return verdict.valid === false ? verdict.anomalies : [];
}

const SPLIT = "-----;";
const SESSION = "=====;";

describe("reads that are wrong by themselves", () => {
  it.each<[string, string, Anomaly]>([
    [
      "out of thin air",
      "r(1,7,0,0)",
      {
        kind: "thin-air-read",
        key: "1",
        rulesOut: ["read-committed"],
        explanation:
          "transaction 0 (process 0) read 1 = 7, but nobody ever wrote 7 to 1: the value came out of thin air.",
        ops: [0],
        because: [],
      },
    ],
    [
      "of an aborted transaction",
      "w(1,7,3,-1) r(1,7,0,0)",
      {
        kind: "aborted-read",
        key: "1",
        rulesOut: ["read-committed"],
        explanation:
          "transaction 1 (process 0) read 1 = 7, which only transaction 0 (process 3) wrote, and that transaction was aborted: nobody must ever see its writes (G1a).",
        ops: [0, 1],
        because: [
          { from: 0, to: 1, reason: "transaction 1 read 1 = 7, which transaction 0 wrote before it was aborted" },
        ],
      },
    ],
    [
      "of an intermediate version",
      "w(1,7,3,0) w(1,8,3,0) r(1,7,0,0)",
      {
        kind: "intermediate-read",
        key: "1",
        rulesOut: ["read-committed"],
        explanation:
          "transaction 1 (process 0) read 1 = 7 from transaction 0 (process 3), which went on to write 1 = 8 before it committed: 7 was only a step on the way, and nobody else must see it (G1b).",
        ops: [0, 1],
        because: [
          {
            from: 0,
            to: 1,
            reason: "transaction 1 read 1 = 7, which transaction 0 replaced by 1 = 8 before it committed",
          },
        ],
      },
    ],
    [
      "of what the transaction writes later",
      "r(1,7,0,0) w(1,7,0,0)",
      {
        kind: "future-read",
        key: "1",
        rulesOut: ["read-committed"],
        explanation:
          "transaction 0 (process 0) read 1 = 7 before it wrote that value itself, and nobody else wrote it: the value was read before it existed.",
        ops: [0],
        because: [],
      },
    ],
    [
      "past the transaction's own write",
      "w(1,7,0,0) r(1,0,0,0)",
      {
        kind: "own-write-missed",
        key: "1",
        rulesOut: ["read-committed"],
        explanation:
          "transaction 0 (process 0) wrote 1 = 7, but then found 1 never written: a transaction must see what it wrote last itself.",
        ops: [0],
        because: [],
      },
    ],
  ])("%s", (_, text, anomaly) => {
    const found = plume(text);
    expect(anomaliesOf(readCommitted, found)).toEqual([anomaly]);
    for (const checker of weakIsolation) expect(anomaliesOf(checker, found)).toContainEqual(anomaly);
  });

  it("of two values of a key are allowed where nothing more is asked than read committed", () => {
    const found = plume("w(1,7,1,0) r(1,0,0,0) r(1,7,0,0)");
    for (const checker of [readCommitted, strongSessionReadCommitted, monotonicAtomicView])
      expect(check(checker, found)).toEqual({ valid: true, checked: 2 });
    expect(anomaliesOf(readAtomic, found)).toEqual([
      {
        kind: "non-repeatable-read",
        key: "1",
        rulesOut: ["read-atomic", "consistent-view", "repeatable-read"],
        explanation:
          "transaction 1 (process 0) found 1 never written first and 1 = 7 later, without a write of its own in between: it saw 1 change under its eyes, so it did not see other transactions as a whole or not at all.",
        ops: [0, 1],
        because: [{ from: 0, to: 1, reason: "transaction 1 read 1 = 7, which transaction 0 wrote" }],
      },
    ]);
  });
});

describe("circles", () => {
  it("of reads rule out read committed", () => {
    expect(anomaliesOf(readCommitted, awdit(`w 1 5; r 2 6; ${SESSION} w 2 6; r 1 5`))).toEqual([
      {
        kind: "circular-information-flow",
        rulesOut: ["read-committed"],
        explanation:
          "transaction 1 read 1 = 5, which transaction 0 wrote; transaction 0 read 2 = 6, which transaction 1 wrote. That is a circle: whichever of these transactions was first, it read what did not exist yet (G1c).",
        ops: [0, 1],
        because: [
          { from: 0, to: 1, reason: "transaction 1 read 1 = 5, which transaction 0 wrote" },
          { from: 1, to: 0, reason: "transaction 0 read 2 = 6, which transaction 1 wrote" },
        ],
      },
    ]);
  });

  it("of causes rule out what knows of sessions", () => {
    const found = awdit(`r 1 1; ${SPLIT} w 0 9; ${SESSION} r 0 9; ${SPLIT} w 1 1`);
    expect(check(readCommitted, found)).toEqual({ valid: true, checked: 2 });
    expect(check(readAtomic, found).valid).toBe(true);
    const [anomaly] = anomaliesOf(strongSessionReadCommitted, found);
    expect(anomaly).toEqual({
      kind: "cyclic-co",
      rulesOut: ["strong-session-read-committed"],
      explanation:
        "process 0 did transaction 0 before transaction 1; transaction 2 read 0 = 9, which transaction 1 wrote; process 1 did transaction 2 before transaction 3; transaction 0 read 1 = 1, which transaction 3 wrote. So these transactions are causes of each other in a circle, and something was read before it was written.",
      ops: [0, 1, 2, 3],
      because: [
        { from: 0, to: 1, reason: "process 0 did transaction 0 before transaction 1" },
        { from: 1, to: 2, reason: "transaction 2 read 0 = 9, which transaction 1 wrote" },
        { from: 2, to: 3, reason: "process 1 did transaction 2 before transaction 3" },
        { from: 3, to: 0, reason: "transaction 0 read 1 = 1, which transaction 3 wrote" },
      ],
    });
    expect(anomaliesOf(transactionalCausal, found)[0]).toBe(anomaly);
  });

  it("of reads that see a transaction's write and then not another one of it rule out a monotonic atomic view", () => {
    const found = awdit(`w 1 1; w 2 1; ${SESSION} r 1 1; w 1 2; w 2 2; ${SESSION} r 1 2; r 2 1`);
    expect(check(strongSessionReadCommitted, found)).toEqual({ valid: true, checked: 3 });
    expect(anomaliesOf(monotonicAtomicView, found)).toEqual([
      {
        kind: "observed-transaction-vanishes",
        key: "2",
        rulesOut: ["monotonic-atomic-view"],
        explanation:
          "transaction 2 (process 2) read 2 = 1, which transaction 0 wrote, after it had read 1 = 2, which transaction 1 wrote; as transaction 1 wrote 2 = 2, it must have been committed before transaction 0. But transaction 1 read 1 = 1, which transaction 0 wrote. That is a circle: no order of commits explains what was read.",
        ops: [0, 1, 2],
        because: [
          { from: 0, to: 1, reason: "transaction 1 read 1 = 1, which transaction 0 wrote" },
          {
            from: 1,
            to: 0,
            reason:
              "transaction 2 (process 2) read 2 = 1, which transaction 0 wrote, after it had read 1 = 2, which transaction 1 wrote; as transaction 1 wrote 2 = 2, it must have been committed before transaction 0",
          },
        ],
      },
    ]);
    // The other way round the write may appear in between.
    const turned = awdit(`w 1 1; w 2 1; ${SESSION} r 1 1; w 1 2; w 2 2; ${SESSION} r 2 1; r 1 2`);
    expect(check(monotonicAtomicView, turned)).toEqual({ valid: true, checked: 3 });
    expect(anomaliesOf(readAtomic, turned).map(({ kind }) => kind)).toEqual(["fractured-read"]);
  });

  it("of what was overwritten among the causes of a reader rule out causal consistency", () => {
    const found = awdit(`w 1 5; ${SESSION} r 1 5; ${SPLIT} w 1 6; w 2 1; ${SESSION} r 2 1; ${SPLIT} r 1 5`);
    expect(check(strongSessionReadAtomic, found)).toEqual({ valid: true, checked: 3 });
    expect(anomaliesOf(transactionalCausal, found)).toEqual([
      {
        kind: "write-co-read",
        key: "1",
        rulesOut: ["causal-ccv"],
        explanation:
          "transaction 4 (process 2) read 1 = 5, which transaction 0 wrote, with transaction 2 among its causes (by way of transaction 3); as transaction 2 wrote 1 = 6, it must have been committed before transaction 0. But transaction 1 read 1 = 5, which transaction 0 wrote; process 1 did transaction 1 before transaction 2. That is a circle: no order of commits explains what was read.",
        ops: [0, 1, 2, 3, 4],
        because: [
          { from: 0, to: 1, reason: "transaction 1 read 1 = 5, which transaction 0 wrote" },
          { from: 1, to: 2, reason: "process 1 did transaction 1 before transaction 2" },
          {
            from: 2,
            to: 0,
            reason:
              "transaction 4 (process 2) read 1 = 5, which transaction 0 wrote, with transaction 2 among its causes (by way of transaction 3); as transaction 2 wrote 1 = 6, it must have been committed before transaction 0",
          },
        ],
      },
    ]);
  });
});

describe("a key that was found in its initial state", () => {
  it.each<[Checker, string, string, string]>([
    [
      monotonicAtomicView,
      `w 1 5; w 2 6; ${SESSION} r 1 5; r 2 0`,
      "observed-transaction-vanishes",
      "transaction 1 (process 1) found 2 never written, although transaction 0 wrote 2 = 6, and it had to see that: transaction 1 read 1 = 5, which transaction 0 wrote.",
    ],
    [
      readAtomic,
      `w 1 5; w 2 6; ${SESSION} r 2 0; r 1 5`,
      "fractured-read",
      "transaction 1 (process 1) found 2 never written, although transaction 0 wrote 2 = 6, and it had to see that: transaction 1 read 1 = 5, which transaction 0 wrote.",
    ],
    [
      strongSessionReadAtomic,
      `w 1 5; ${SPLIT} w 2 1; ${SPLIT} r 1 0`,
      "fractured-read-in-session",
      "transaction 2 (process 0) found 1 never written, although transaction 0 wrote 1 = 5, and it had to see that: process 0 did transaction 0 before transaction 2.",
    ],
    [
      transactionalCausal,
      `w 1 5; ${SPLIT} w 2 1; ${SESSION} r 2 1; ${SPLIT} r 1 0`,
      "write-co-init-read",
      "transaction 3 (process 1) found 1 never written, although transaction 0 wrote 1 = 5, and it had to see that: process 0 did transaction 0 before transaction 1; transaction 2 read 2 = 1, which transaction 1 wrote; process 1 did transaction 2 before transaction 3.",
    ],
  ])("breaks $name", (checker, text, kind, explanation) => {
    expect(anomaliesOf(checker, awdit(text))).toMatchObject([{ kind, explanation }]);
  });
});

describe("what cannot be judged", () => {
  const txn = (p: number, call: number, ok: Json) => ({ p, f: "txn", input: ok, ok, call, ret: call + 1 });

  it("is a read that may be of several transactions", () => {
    const found = history([txn(0, 0, [["w", "x", 1]]), txn(1, 0, [["w", "x", 1]]), txn(2, 2, [["r", "x", 1]])]);
    for (const checker of weakIsolation)
      expect(check(checker, found)).toEqual({
        valid: "unknown",
        why: "malformed",
        detail: "x = 1 was read, but it was written several times; values must be unique per key",
      });
    // What else is wrong is found all the same.
    const worse = history([
      ...[0, 1].map((p) => txn(p, 0, [["w", "x", 1]])),
      txn(2, 2, [
        ["r", "x", 1],
        ["r", "y", 2],
      ]),
    ]);
    expect(anomaliesOf(readCommitted, worse).map(({ kind }) => kind)).toEqual(["thin-air-read"]);
  });

  it("is nothing where one of the writers of a value aborted, or nobody read it", () => {
    const writers = [
      txn(0, 0, [["w", "x", 1]]),
      { p: 1, f: "txn", input: [["w", "x", 1]], fail: "abort", call: 0, ret: 1 },
      txn(3, 0, [["w", "y", 1]]),
      txn(4, 0, [["w", "y", 1]]),
    ];
    const found = history([...writers, txn(2, 2, [["r", "x", 1]])]);
    for (const checker of weakIsolation) expect(check(checker, found)).toEqual({ valid: true, checked: 1 });
  });

  it("is a history without reads of what was written", () => {
    for (const micros of [[["w", "x", 1]], [["r", "x", null]], []])
      expect(check(transactionalCausal, history([txn(0, 0, micros)]))).toEqual({
        valid: "unknown",
        why: "vacuous",
        detail: "no read of a key that was written",
      });
  });

  it("is a history of other things", () => {
    const found = history([{ p: 0, f: "read", key: "x", call: 0, ret: 1 }]);
    for (const checker of weakIsolation)
      expect(check(checker, found)).toMatchObject({ valid: "unknown", why: "malformed" });
  });

  it("is what takes too long", () => {
    const found = history([
      txn(0, 0, [
        ["w", "x", 1],
        ["r", "x", 1],
      ]),
    ]);
    expect(transactionalCausal.check(found, { timeMs: -1, maxConfigurations: 1 })).toEqual({
      valid: "unknown",
      why: "budget",
      detail: "-1 ms were not enough",
    });
    // With more time the same history is judged.
    expect(check(transactionalCausal, found)).toEqual({ valid: true, checked: 1 });
  });
});

describe("a transaction of unknown outcome", () => {
  const write = {
    p: 0,
    f: "txn",
    input: [
      ["w", "x", 1],
      ["w", "y", 1],
      ["r", "z", null],
    ],
    call: 0,
  };
  const read = (p: number, ok: Json) => ({ p, f: "txn", input: ok, ok, call: 2, ret: 3 });

  it("has committed as a whole if somebody read from it", () => {
    const found = history([
      write,
      read(1, [
        ["r", "x", 1],
        ["r", "y", null],
      ]),
    ]);
    expect(anomaliesOf(readAtomic, found).map(({ kind }) => kind)).toEqual(["fractured-read"]);
  });

  it("may never have committed if nobody did", () => {
    const found = history([
      write,
      read(1, [
        ["r", "x", null],
        ["r", "y", null],
      ]),
    ]);
    for (const checker of weakIsolation) expect(check(checker, found)).toEqual({ valid: true, checked: 2 });
  });
});

describe("the checkers", () => {
  it("are named after the models that they vouch for, and those after what they imply in sessions", () => {
    for (const { name, tests } of weakIsolation) expect(tests).toEqual([name]);
    for (const [model, inSessions] of Object.entries(IN_SESSIONS)) {
      expect(CONSISTENCY_MODELS).toContain(inSessions);
      expect(weakerOrEqual([inSessions])).toContain(model);
    }
  });
});
