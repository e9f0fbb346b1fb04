import { describe, expect, it } from "vitest";
import { judge } from "../../../checkers/judge.ts";
import { transactions } from "../../../checkers/transactions/index.ts";
import { type Anomaly, DEFAULT_BUDGET } from "../../../src/core/checker.ts";
import { type ConsistencyModel, strongest, weakest } from "../../../src/core/consistency.ts";
import type { History } from "../../../src/core/history.ts";
import type { Kind } from "./generate.ts";
import { sketched, type TxnSketch } from "./sketch.ts";

function judged(kind: Kind, history: History) {
  const verdicts = judge(history, transactions(kind));
  const those = (wanted: string): ConsistencyModel[] =>
    verdicts.filter(({ verdict }) => verdict === wanted).map(({ model }) => model);
  const anomalies = [...new Set(verdicts.flatMap((verdict) => verdict.anomalies))];
  return { held: strongest(those("valid")), refuted: weakest(those("invalid")), anomalies };
}

interface Example {
  readonly kind: Kind;
  /** What must be among the anomalies, with what it rules out. */
  readonly found: string;
  readonly rulesOut: readonly ConsistencyModel[];
  /** The strongest models that still hold. */
  readonly held: readonly ConsistencyModel[];
  readonly txns: readonly (string | TxnSketch)[];
}

const lists = (
  found: string,
  rulesOut: Example["rulesOut"],
  held: Example["held"],
  ...txns: Example["txns"]
): Example => ({
  kind: "list-append",
  found,
  rulesOut,
  held,
  txns,
});
const registers = (...rest: Parameters<typeof lists>): Example => ({ ...lists(...rest), kind: "rw-register" });

const EXAMPLES: readonly Example[] = [
  lists("G0", ["read-uncommitted"], [], "a x 1; a y 1", "a x 2; a y 2", "r x [1,2]; r y [2,1]"),
  lists("G1a", ["read-committed"], ["read-uncommitted"], { does: "a x 1", fate: "fail" }, "r x [1]"),
  lists(
    "dirty-update",
    ["read-committed"],
    ["read-uncommitted"],
    { does: "a x 1", fate: "fail" },
    "a x 2",
    "r x [1,2]",
  ),
  lists("G1b", ["read-committed"], ["read-uncommitted"], "a x 1; a x 2", "r x [1]", "r x [1,2]"),
  lists("G1c", ["read-committed"], ["read-uncommitted"], "a x 1; r y [1]", "a y 1; r x [1]"),
  lists("thin-air-read", ["read-committed"], ["read-uncommitted"], "a x 1", "r x [1,9]"),
  lists("malformed-read", ["read-committed"], ["read-uncommitted"], "a x 1", "r x 7", "r x [1]"),
  lists("duplicate-elements", ["read-uncommitted"], [], "a x 1", "r x [1,1]"),
  lists("incompatible-order", ["read-uncommitted"], [], "a x 1", "a x 2", "r x [1]", "r x [2,1]"),
  lists("incompatible-order", ["read-uncommitted"], [], "a x 1; a x 2", "r x [2]"),
  lists("internal", ["read-committed"], ["read-uncommitted"], "a x 1; r x []"),
  lists(
    "internal",
    ["read-atomic", "repeatable-read", "consistent-view"],
    ["monotonic-atomic-view", "cursor-stability"],
    "a x 1",
    "r x []; r x [1]",
  ),
  lists("future-read", ["read-committed"], ["read-uncommitted"], "r x [1]; a x 1"),
  lists("lost-update", ["cursor-stability"], ["prefix"], "r x []; a x 1", "r x []; a x 2", "r x [1,2]"),
  lists("fractured-read", ["monotonic-atomic-view"], ["cursor-stability"], "a x 1; a y 1", "r x [1]; r y []"),
  lists(
    "fractured-read",
    ["read-atomic"],
    ["monotonic-atomic-view", "cursor-stability"],
    "a x 1; a y 1",
    "r y []; r x [1]",
  ),
  // Older than what nobody read, and than what somebody read.
  lists("fractured-read", ["monotonic-atomic-view"], ["cursor-stability"], "a y 5", "a x 1; a y 1", "r x [1]; r y [5]"),
  lists(
    "fractured-read",
    ["monotonic-atomic-view"],
    ["cursor-stability"],
    "a y 5",
    "a x 1; a y 1",
    "r x [1]; r y [5]",
    "r y [5,1]",
  ),
  lists("lost-update", ["cursor-stability"], ["prefix"], "r x []; a x 1", "a x 2", "r x [2,1]"),
  lists(
    "G-single",
    ["repeatable-read", "consistent-view", "prefix"],
    ["monotonic-atomic-view", "cursor-stability"],
    "a x 1; a y 1",
    "r y []; r x [1]",
  ),
  lists(
    "write-skew",
    ["repeatable-read", "update-serializable"],
    ["strong-snapshot-isolation"],
    "r x []; a y 1",
    "r y []; a x 1",
  ),
  lists(
    "long-fork",
    ["repeatable-read", "snapshot-isolation", "prefix"],
    ["update-serializable", "parallel-snapshot-isolation"],
    "a x 1",
    "a y 1",
    "r x [1]; r y []",
    "r x []; r y [1]",
  ),
  // The same for writers that come after readers.
  lists(
    "long-fork",
    ["repeatable-read", "snapshot-isolation", "prefix"],
    ["update-serializable", "parallel-snapshot-isolation"],
    "r x [1]; r y []",
    "a x 1",
    "r x []; r y [1]",
    "a y 1",
  ),
  // One of the two who saw the writes in different orders wrote, too.
  lists(
    "G-nonadjacent",
    ["repeatable-read", "snapshot-isolation", "update-serializable", "prefix"],
    ["parallel-snapshot-isolation"],
    "a x 1",
    "a y 1",
    "r x [1]; r y []; a z 1",
    "r x []; r y [1]",
  ),
  lists(
    "G2-item",
    ["repeatable-read", "update-serializable"],
    ["strong-snapshot-isolation"],
    "r x []; a y 1",
    "r y []; a z 1",
    "r z []; a x 1",
  ),
  lists("G-single-process", ["causal-ccv"], ["serializable"], { p: 1, does: "a x 1" }, { p: 1, does: "r x []" }),
  lists(
    "G-single-realtime",
    ["strong-snapshot-isolation"],
    ["strong-session-serializable"],
    { does: "a x 1" },
    { does: "r x []" },
  ),
  lists(
    "G1c-process",
    ["strong-session-read-committed"],
    ["serializable"],
    { p: 1, does: "r x [1]" },
    { p: 1, does: "a x 1" },
  ),
  lists(
    "G0-realtime",
    ["strong-snapshot-isolation"],
    ["strong-session-serializable"],
    { does: "a x 1" },
    { does: "a x 2" },
    { does: "r x [2,1]" },
  ),
  registers("G1a", ["read-committed"], ["read-uncommitted"], { does: "w x 1", fate: "fail" }, "r x 1"),
  registers("thin-air-read", ["read-committed"], ["read-uncommitted"], "w x 1", "r x 9"),
  registers("lost-update", ["cursor-stability"], ["prefix"], "r x null; w x 1", "r x null; w x 2"),
  registers("fractured-read", ["monotonic-atomic-view"], ["cursor-stability"], "w x 1; w y 1", "r x 1; r y null"),
  // Overwritten by one that had read it, and that one's value by another one that had.
  registers(
    "fractured-read",
    ["monotonic-atomic-view"],
    ["cursor-stability"],
    "w y 5",
    "r y 5; w y 1; w x 1",
    "r x 1; r y 5",
  ),
  registers(
    "fractured-read",
    ["monotonic-atomic-view"],
    ["cursor-stability"],
    "w y 5",
    "r y 5; w y 6",
    "r y 6; w y 1; w x 1",
    "r x 1; r y 5",
  ),
  registers(
    "write-skew",
    ["repeatable-read", "update-serializable"],
    ["strong-snapshot-isolation"],
    "r x null; w y 1",
    "r y null; w x 1",
  ),
  registers(
    "cyclic-versions",
    ["causal-ccv"],
    ["serializable"],
    { p: 1, does: "w x 1" },
    { p: 1, does: "w x 2" },
    { p: 1, does: "r x 1" },
  ),
  registers("cyclic-versions", ["read-committed"], ["read-uncommitted"], "r x 1; w x 2", "r x 2; w x 1"),
];

describe("anomalies of transactions", () => {
  it.each(EXAMPLES)("$kind: $found rules out $rulesOut, $held hold", ({ kind, found, rulesOut, held, txns }) => {
    const { anomalies, held: holding } = judged(kind, sketched(...txns));
    expect(anomalies.map(({ kind, rulesOut }) => ({ kind, rulesOut }))).toContainEqual({ kind: found, rulesOut });
    expect(holding).toEqual(held);
  });

  it("a transaction that reads between its own appends loses no update of its own", () => {
    // Something else must be wrong: where the strongest model holds nothing weaker is looked for.
    const txns = [
      "r x []; a x 1; r x [1]; a x 2",
      "r x [1,2]; r y []; a z 1",
      "r x [1,2]; r z []; a y 1",
      "r y [1]; r z [1]",
    ];
    const { refuted, anomalies } = judged("list-append", sketched(...txns));
    expect(refuted).toEqual(["update-serializable", "repeatable-read"]);
    expect(anomalies.map(({ kind }) => kind)).not.toContain("lost-update");
  });

  it("a transaction that saw another one, and something newer than what that wrote, saw all of it", () => {
    // Again something else is wrong.
    const txns = ["a x 1; a y 1", "a y 5", "r x [1]; r y [1,5]", "r p []; a q 1", "r q []; a p 1"];
    const { held, anomalies } = judged("list-append", sketched(...txns));
    expect([held, anomalies.map(({ kind }) => kind)]).toEqual([["strong-snapshot-isolation"], ["write-skew"]]);
  });

  it("of transactions of unknown outcome count only those that were seen", () => {
    const unseen = sketched(
      { does: "a x 1", fate: "info" },
      { does: "r x []" },
      { does: "a x 2" },
      { does: "r x [2]" },
    );
    expect(judged("list-append", unseen).held).toEqual(["strict-serializable"]);
    const seen = sketched({ does: "a x 1", fate: "info" }, { does: "r x [1]" }, { does: "r x []" });
    expect(judged("list-append", seen).refuted).toEqual(["strong-snapshot-isolation"]);
  });

  it("says nothing of a key to which a value was written twice, and goes on with the others", () => {
    const { held, refuted } = judged(
      "list-append",
      sketched("a x 1", "a x 1; r y []; a z 1", "r x [1]; r z []; a y 1"),
    );
    expect([held, refuted]).toEqual([[], ["update-serializable", "repeatable-read"]]);
  });

  it("vouches for nothing where nothing was read", () => {
    const [checker] = transactions("list-append");
    expect(checker?.check(sketched("a x 1", { does: "r x []", fate: "info" }), DEFAULT_BUDGET)).toEqual({
      valid: "unknown",
      why: "vacuous",
      detail: "no committed transaction read anything",
    });
  });

  it("assumes of keys what it is told to", () => {
    type Assumed = Parameters<typeof transactions>[1];
    const refuted = (of: History, assumed: Assumed): ConsistencyModel[] =>
      weakest(
        judge(of, transactions("rw-register", assumed))
          .filter(({ verdict }) => verdict === "invalid")
          .map(({ model }) => model),
      );
    const all = (of: History) =>
      [{}, { sequentialKeys: true }, { linearizableKeys: true }].map((assumed) => refuted(of, assumed));
    const stale = sketched({ p: 1, does: "w x 1" }, { p: 1, does: "w x 2" }, { p: 2, does: "r x 1" });
    expect(all(stale)).toEqual([["strong-snapshot-isolation"], ["strong-snapshot-isolation"], ["read-uncommitted"]]);
    // A transaction that saw one half of the second write, which came after the first in its session, or in time only.
    const halves = (p: number): History =>
      sketched({ p: 1, does: "w x 1" }, { p, does: "w x 2; w y 5" }, { p: 2, at: [0, 100], does: "r x 1; r y 5" });
    expect(all(halves(1))).toEqual([["causal-ccv"], ["read-atomic"], ["read-atomic"]]);
    expect(all(halves(3))).toEqual([["strong-snapshot-isolation"], ["strong-snapshot-isolation"], ["read-atomic"]]);
  });

  it("tells of each kind so many, and each cycle once", () => {
    const many = Array.from({ length: 40 }, (_, i) => [`r x${i} []; a y${i} 1`, `r y${i} []; a x${i} 1`]).flat();
    const { anomalies } = judged("list-append", sketched(...many));
    expect(anomalies.map(({ kind }) => kind)).toEqual(new Array(8).fill("write-skew"));
    expect(new Set(anomalies.map(({ ops }) => String([...ops].sort()))).size).toBe(8);
  });
});

describe("explanations", () => {
  const told = (
    kind: Kind,
    found: string,
    ...txns: Example["txns"]
  ): Pick<Anomaly, "explanation" | "because" | "ops"> | undefined => {
    const anomaly = judged(kind, sketched(...txns)).anomalies.find((other) => other.kind === found);
    return anomaly && { explanation: anomaly.explanation, ops: anomaly.ops, because: anomaly.because };
  };

  it("of a write skew", () =>
    expect(told("rw-register", "write-skew", "r x null; w y 1", "r y null; w x 1")).toMatchInlineSnapshot(`
      {
        "because": [
          {
            "from": 0,
            "reason": "T0 saw x as it was before any write, and T1 wrote 1 to x",
            "to": 1,
          },
          {
            "from": 1,
            "reason": "T1 saw y as it was before any write, and T0 wrote 1 to y",
            "to": 0,
          },
        ],
        "explanation": "T0 must come before T1, for T0 saw x as it was before any write, and T1 wrote 1 to x; T1 must come before T0, for T1 saw y as it was before any write, and T0 wrote 1 to y. That is a circle: whichever of them came first, another one would have seen more than it did.",
        "ops": [
          0,
          1,
        ],
      }
    `));

  it("of a lost update", () =>
    expect(
      told("list-append", "lost-update", "r x []; a x 1", "r x []; a x 2", "r x [1,2]")?.explanation,
    ).toMatchInlineSnapshot(
      `"T1 and T0 both saw x as it was before any write and then wrote x: whichever wrote last did not know of the other's write, which is lost."`,
    ));

  it("of a stale read", () =>
    expect(
      told("list-append", "G-single-realtime", { does: "a x 1" }, { does: "r x []" })?.explanation,
    ).toMatchInlineSnapshot(
      `"T0 must come before T1, for T0 had returned 5 ns before T1 was called (at 0.000 s); T1 must come before T0, for T1 saw x as it was before any write, and T0 appended 1 to x. That is a circle: one of them missed a write although it knew of something that came after that write."`,
    ));

  it("of a long fork", () =>
    expect(
      told("list-append", "long-fork", "a x 1", "a y 1", "r x [1]; r y []", "r x []; r y [1]")?.explanation,
    ).toMatchInlineSnapshot(
      `"T0 must come before T2, for T2 saw 1 in x, which T0 appended; T2 must come before T1, for T2 saw y as it was before any write, and T1 appended 1 to y; T1 must come before T3, for T3 saw 1 in y, which T1 appended; T3 must come before T0, for T3 saw x as it was before any write, and T0 appended 1 to x. That is a circle: no snapshots can be ordered so that each of them saw all that came before its own."`,
    ));

  it("of a lost update that the other one made without reading", () =>
    expect(told("list-append", "lost-update", "r x []; a x 1", "a x 2", "r x [2,1]")?.explanation).toBe(
      "T0 saw x as it was before any write and then wrote x, but in between T1 had written it: T0 did not know of that write, and it is lost.",
    ));

  it("of half a transaction", () =>
    expect(told("rw-register", "fractured-read", "w x 1; w y 1", "r x 1; r y null")?.explanation).toMatchInlineSnapshot(
      `"T1 read 1 in x, where T0 had written, but read nothing in y, which is older than what T0 wrote there in the same transaction (1). It saw one half of T0."`,
    ));

  it("of an aborted read", () =>
    expect(told("list-append", "G1a", { does: "a x 1", fate: "fail" }, "r x [1]")?.explanation).toMatchInlineSnapshot(
      `"T1 saw 1 in x, which only T0 wrote, and T0 was aborted."`,
    ));

  it.each<[string, string, Example["txns"], string]>([
    [
      "a write over another one, by the order of a session",
      "G1c-process",
      [
        { p: 1, does: "r y 5; w x 1" },
        { p: 1, does: "w x 2; w y 5" },
      ],
      "T1 overwrote T0's 1 in x with 2 (the order of a session tells)",
    ],
    [
      "a write over another one, by the order in time",
      "G1c-realtime",
      [{ does: "r y 5; w x 1" }, { does: "w x 2; w y 5" }],
      "T1 overwrote T0's 1 in x with 2 (the order in time tells)",
    ],
    [
      "a version overwritten, by the order of a session",
      "G-single-process",
      [
        { p: 1, does: "w x 1" },
        { p: 1, does: "w x 2; w y 5" },
        { p: 2, at: [0, 100], does: "r x 1; r y 5" },
      ],
      "T1 saw 1 in x, which T2 overwrote with 2 (the order of a session tells)",
    ],
    [
      "a version overwritten, by the order in time",
      "G-single-realtime",
      [{ does: "w x 1" }, { does: "w x 2; w y 5" }, { at: [0, 100], does: "r x 1; r y 5" }],
      "T1 saw 1 in x, which T2 overwrote with 2 (the order in time tells)",
    ],
  ])("of %s", (_, found, txns, reason) => {
    expect(told("rw-register", found, ...txns)?.because.map((why) => why.reason)).toContain(reason);
  });
});
