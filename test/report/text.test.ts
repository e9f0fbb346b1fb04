import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Anomaly } from "../../src/core/checker.ts";
import type { ConsistencyModel } from "../../src/core/consistency.ts";
import type { RunVerdict } from "../../src/core/verdict.ts";
import { evidence } from "../../src/report/evidence.ts";
import { jsonReport } from "../../src/report/json.ts";
import { displayWidth } from "../../src/report/layout.ts";
import { statistics, textReport } from "../../src/report/text.ts";
import { anyText, bigRun, historyOf, lostWrite, type Sample, staleRead, verdictOf } from "./samples.ts";

const title = "raft, register, sim, seed 7";
const linesOf = ({ verdict, history }: Sample, width = 100): string[] =>
  textReport(verdict, history, { color: false, width, title }).split("\n");

describe("textReport", () => {
  it("says in the first line what was run and what came of it", () => {
    expect(linesOf(staleRead())[0]).toBe(`${title}: INVALID, linearizable was promised and broken`);
    expect(linesOf(bigRun())[0]).toBe(`${title}: UNKNOWN, eventual was promised and could not be judged`);
    const { history, verdict } = staleRead();
    const allowed = verdictOf(
      history,
      evidence(verdict).flatMap((group) => group.anomalies),
      ["eventual"],
    );
    expect(linesOf({ history, verdict: allowed })[0]).toBe(
      `${title}: VALID, every promise was kept; what broke was not promised`,
    );
    expect(linesOf({ history, verdict: verdictOf(history, [], ["eventual"]) })[0]).toBe(
      `${title}: VALID, every promise was kept`,
    );
  });

  it("has an aligned line for each consistency model", () => {
    const lines = linesOf(lostWrite());
    const heading = lines.find((line) => line.includes("consistency model")) ?? "";
    const row = (model: string): string => lines.find((line) => line.startsWith(`  ${model} `)) ?? "";
    const cell = (model: string, column: string): string | undefined =>
      row(model).slice(heading.indexOf(column)).split(/ {2,}/)[0];
    expect(cell("linearizable", "verdict")).toBe("broken");
    expect(cell("linearizable", "promise")).toBe("allowed");
    expect(cell("durable", "promise")).toBe("promised");
    expect(cell("sequential", "verdict")).toBe("held");
    expect(cell("sequential", "promise")).toBe("not promised");
    expect(row("sequential")).toMatch(/ 14$/);
    expect(cell("causal-ccv", "verdict")).toBe("unknown");
    expect(cell("causal-ccv", "what was seen")).toMatch(/^the budget of 60 s ran out/);
    expect(cell("durable", "what was seen")).toBe("1 lost-write");
  });

  it("says below how strong the history can be", () => {
    const { history } = lostWrite();
    const anomaly = evidence(staleRead().verdict)[0]?.anomalies[0];
    const lines = linesOf({
      history,
      verdict: verdictOf(history, anomaly ? [anomaly] : [], [], { sequential: "too large" }),
    });
    expect(lines.join(" ").replace(/ +/g, " ")).toContain(
      "proved up to causal-ccv, causal-cm, eventual, durable, available · possible up to sequential · refuted from linearizable",
    );
  });

  it("tells how far the operations can be put in order, and why no further", () => {
    const { history, verdict } = staleRead();
    const anomaly = evidence(verdict)[0]?.anomalies[0] ?? expect.fail();
    const attempts = [
      { placed: [0], state: "x = 3", next: [{ op: 1, why: "it saw 5" }] },
      { placed: [], state: "x = null", next: Array.from({ length: 6 }, (_, op) => ({ op, why: "no" })) },
    ];
    const told = verdictOf(history, [{ ...anomaly, attempts }], ["linearizable"]);
    const text = linesOf({ history, verdict: told }, 400).join("\n");
    expect(text).toContain("After #0 the state is x = 3. #1 cannot come next: it saw 5.");
    expect(text).toContain("At first the state is x = null. #0 cannot come next: no; #1 cannot");
    expect(text).toContain("nor can 2 more.");
  });

  it("prints an anomaly once, however many models it rules out", () => {
    const lines = linesOf(lostWrite());
    expect(lines.filter((line) => line.includes("The append of 61 to log was acknowledged"))).toHaveLength(1);
    expect(lines).toContain("━━ durable is broken (promised)");
    expect(lines.filter((line) => line.startsWith("━━"))).toHaveLength(1);
  });

  it("only counts what is allowed and falls with something weaker that is printed", () => {
    const { history } = staleRead();
    const [first] = evidence(staleRead().verdict)[0]?.anomalies ?? [];
    const anomaly = first ?? expect.fail();
    const weaker: Anomaly = { ...anomaly, kind: "missed-own-write", rulesOut: ["read-your-writes"], ops: [1] };
    const text = (promised: ConsistencyModel[]): string =>
      linesOf({ history, verdict: verdictOf(history, [anomaly, weaker], promised) }).join("\n");
    expect(text([])).toMatch(
      /━━ linearizable is broken \(allowed: not promised\)\n {2}1 stale-read: see report\.html\n/,
    );
    expect(text([])).toMatch(/1\. missed-own-write/);
    expect(text(["linearizable"])).toMatch(/1\. stale-read/);
  });

  it("prints a couple in full and counts the rest", () => {
    const sample = bigRun();
    const total = evidence(sample.verdict)[0]?.anomalies.length ?? 0;
    const lines = linesOf(sample);
    expect(lines.filter((line) => /^ {2}\d\. stale-read on /.test(line))).toHaveLength(1);
    expect(lines).toContain(`  and ${total - 1} more, see report.html`);
    expect(lines).toContain("━━ linearizable is broken (allowed: not promised)");
    const imported = { ...sample, verdict: { ...sample.verdict, replay: null } };
    expect(linesOf(imported)).toContain(`  and ${total - 1} more, --json lists them all`);
    const models = sample.verdict.models.map((row) => ({ ...row, promised: true }));
    const broken = linesOf({ ...sample, verdict: { ...sample.verdict, verdict: "invalid", models } });
    expect(broken.filter((line) => /^ {2}\d\. stale-read on /.test(line))).toHaveLength(2);
    expect(broken).toContain(`  and ${total - 2} more, see report.html`);
  });

  it("ends with the run folder and the replay command, whole, however narrow the screen", () => {
    const sample = staleRead();
    for (const width of [40, 100]) {
      const lines = linesOf(sample, width);
      expect(lines.at(-2)).toBe(`recorded in  ${sample.verdict.runDir}`);
      expect(lines.at(-1)).toBe(`replay with  ${sample.verdict.replay}`);
    }
  });

  it("keeps within the width but for what is meant to be copied", () => {
    for (const sample of [staleRead(), lostWrite(), bigRun()])
      for (const width of [40, 60, 80, 100, 120])
        for (const line of linesOf(sample, width).slice(1, -2))
          expect(displayWidth(line), line).toBeLessThanOrEqual(width);
  });

  it("says the same with and without colour", () => {
    for (const { verdict, history } of [staleRead(), lostWrite(), bigRun()]) {
      const coloured = textReport(verdict, history, { color: true, title });
      const uncoloured = textReport(verdict, history, { color: false, title });
      expect(coloured).not.toBe(uncoloured);
      expect(uncoloured).not.toContain("\u001b");
      expect(stripVTControlCharacters(coloured)).toBe(uncoloured);
    }
  });

  it("reports invariants and their violations", () => {
    const { history, verdict } = staleRead();
    const violations = [1_500_000_000, 1_600_000_000, 1_700_000_000].map((atNs, i) => ({
      atNs,
      explanation: `n1 and n${i + 2} both lead term 4`,
    }));
    const invariants: RunVerdict["invariants"] = [
      { name: "election-safety", source: "Raft, Figure 3", verdict: "invalid", checked: 812, violations },
      { name: "log-matching", source: "Raft, Figure 3", verdict: "unknown", checked: 0, violations: [] },
    ];
    const lines = linesOf({ history, verdict: { ...verdict, invariants } });
    expect(lines[0]).toBe(`${title}: INVALID, linearizable was promised and broken; election-safety violated`);
    expect(lines.some((line) => /^ {2}election-safety {2}broken +812 {2}Raft, Figure 3$/.test(line))).toBe(true);
    expect(lines).toContain("  at 1.500 s  n1 and n2 both lead term 4");
    expect(lines).toContain("  and 1 more");
  });

  it("counts faults, and says of how many it was seen that they were in force", () => {
    const { history } = bigRun(100);
    const shown = (proven: number, more: Partial<RunVerdict> = {}): string => {
      const faults = history.faults.map((fault, i) => (i < proven ? { ...fault, proof: "seen" } : fault));
      const proved = { ...history, faults };
      return statistics({ ...verdictOf(proved, [], ["eventual"]), ...more }, proved).split(" · ")[1] ?? "";
    };
    const kinds = "1 clock, 1 disk, 1 kill, 1 link, 2 partition, 1 pause";
    expect(shown(0)).toBe("7 faults");
    expect(shown(7)).toBe(`7 faults (${kinds}), all seen to be in force`);
    expect(shown(3)).toBe(`7 faults (${kinds}), 3 of them seen to be in force`);
    // Over many seeds all that struck is counted, as operations are.
    const faults = [{ kind: "kill", struck: 1_200, confirmed: 1_199 }];
    expect(shown(7, { faults })).toBe("1,200 faults (1,200 kill), 1,199 of them seen to be in force");
    expect(shown(0, { faults: [{ kind: "kill", struck: 1, confirmed: 0 }] })).toBe("1 fault");
    expect(linesOf({ history, verdict: verdictOf(history, [], ["eventual"]) })[1]).toContain(" · 7 faults · ");
  });

  it("copes with an empty history and an anomaly that names operations it does not have", () => {
    const history = historyOf([]);
    const anomaly = { kind: "odd", rulesOut: ["causal-ccv"], explanation: "?", ops: [3], because: [] } as const;
    const lines = linesOf({ history, verdict: verdictOf(history, [anomaly], []) });
    expect(lines[1]).toBe("  0 operations: 0 ok, 0 fail, 0 info · 0 faults · 0 ms");
  });

  it("lets nothing of a history through that a terminal would obey", () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        const history = historyOf([
          { p: 0, node: a, f: b, key: a, input: [b, { [a]: b }], fromMs: 1, fail: b },
          { p: 1, node: b, f: "read", key: b, fromMs: 2, ok: a },
        ]);
        const anomaly = {
          kind: a,
          rulesOut: ["causal-ccv"],
          explanation: b,
          ops: [0, 1],
          because: [{ from: 0, to: 1, reason: a }],
          key: b,
        } as const;
        const verdict = { ...verdictOf(history, [anomaly], ["causal-ccv"], { durable: b }), runDir: a };
        const text = textReport(verdict, history, { color: false, title: b });
        expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
    );
  });

  it("is quick for many operations and anomalies", () => {
    const { history } = bigRun(50_000);
    const anomalies = Array.from({ length: 5_000 }, (_, i) => ({
      kind: i % 2 ? "stale-read" : "lost-write",
      rulesOut: ["sequential"] as const,
      explanation: `Number ${i}.`,
      ops: [i, i + 40_000],
      because: [],
    }));
    const verdict = verdictOf(history, anomalies, []);
    const text = textReport(verdict, history, { color: false, title });
    expect(text).toContain("and 4,998 more");
  });
});

describe("evidence", () => {
  it("finds an anomaly once in a verdict that was read from a file", () => {
    const { verdict } = lostWrite();
    const read = JSON.parse(jsonReport(verdict)) as RunVerdict;
    expect(read.models.flatMap((row) => row.anomalies)).toHaveLength(2);
    expect(evidence(read).flatMap((group) => group.anomalies)).toHaveLength(1);
  });

  it("puts broken promises first and each kind before more of the same", () => {
    const history = historyOf([]);
    const anomaly = (kind: string, ops: number[], rulesOut: "sequential" | "durable") =>
      ({ kind, rulesOut: [rulesOut], explanation: `${kind} ${ops}`, ops, because: [] }) as const;
    const anomalies = [
      anomaly("cycle", [1, 2, 3], "sequential"),
      anomaly("cycle", [1, 2], "sequential"),
      anomaly("fork", [1, 2, 3, 4], "sequential"),
      anomaly("lost-write", [9], "durable"),
      { ...anomaly("cycle", [1, 2, 3, 4, 5], "sequential"), key: "y" },
    ];
    const groups = evidence(verdictOf(history, anomalies, ["durable"]));
    expect(groups.map((group) => [group.rulesOut, group.promised])).toEqual([
      [["durable"], true],
      [["sequential"], false],
    ]);
    expect(groups[1]?.alsoFall).toEqual(["linearizable"]);
    expect(groups[1]?.anomalies.map(({ explanation }) => explanation)).toEqual([
      "cycle 1,2",
      "fork 1,2,3,4",
      "cycle 1,2,3,4,5",
      "cycle 1,2,3",
    ]);
  });
});
