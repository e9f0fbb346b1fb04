import fc from "fast-check";
import type { Anomaly } from "../../src/core/checker.ts";
import { type ConsistencyModel, modelsOf, strongerOrEqual } from "../../src/core/consistency.ts";
import type { Fault, PartitionFault } from "../../src/core/fault.ts";
import type { History, Timed } from "../../src/core/history.ts";
import type { Json } from "../../src/core/json.ts";
import type { Operation, Outcome } from "../../src/core/operation.ts";
import { Random } from "../../src/core/random.ts";
import { msToNs } from "../../src/core/time.ts";
import { boundsOf, type RunVerdict, VERDICT_SCHEMA } from "../../src/core/verdict.ts";

/** Any text at all, lone surrogates included, with the troublesome characters often. */
export const anyText = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0x10ffff }), fc.nat(0xff), fc.constantFrom(0x1b, 0x0a, 0x202e, 0xd800)), {
    maxLength: 20,
  })
  .map((codes) => String.fromCodePoint(...codes));

export const NODES = ["n1", "n2", "n3", "n4", "n5"];

/** Both directions cut between the groups. */
export function split(shape: string, ...groups: readonly (readonly string[])[]): PartitionFault {
  const drops: Record<string, string[]> = {};
  for (const group of groups)
    for (const node of group) drops[node] = groups.filter((other) => other !== group).flatMap((other) => [...other]);
  return { kind: "partition", shape, drops };
}

export const during = (fault: Fault, fromMs: number, toMs: number): Timed<Fault> => ({
  value: fault,
  startNs: msToNs(fromMs),
  endNs: msToNs(toMs),
});

/** Operations in shorthand; `toMs` is ignored for an unknown outcome. */
export interface Step {
  readonly p: number;
  readonly node?: string;
  readonly f: string;
  readonly key?: string;
  readonly input?: Json;
  readonly fromMs: number;
  readonly toMs?: number;
  readonly ok?: Json;
  readonly fail?: string;
  readonly info?: string;
  readonly final?: true;
}

export function historyOf(steps: readonly Step[], faults: readonly Timed<Fault>[] = []): History {
  const ops = [...steps]
    .sort((a, b) => a.fromMs - b.fromMs)
    .map((step, index): Operation => {
      const outcome: Outcome =
        step.info !== undefined
          ? { type: "info", error: { name: step.info } }
          : step.fail !== undefined
            ? { type: "fail", error: { name: step.fail } }
            : { type: "ok", value: step.ok ?? null };
      return {
        index,
        process: step.p,
        node: step.node ?? `n${(step.p % 5) + 1}`,
        f: step.f,
        ...(step.key === undefined ? {} : { key: step.key }),
        input: step.input ?? null,
        ...(step.final ? { final: true as const } : {}),
        callNs: msToNs(step.fromMs),
        returnNs: outcome.type === "info" ? Number.POSITIVE_INFINITY : msToNs(step.toMs ?? step.fromMs + 2),
        outcome,
      };
    });
  return {
    ops,
    faults,
    meta: { version: 1, seed: 7, system: "raft", workload: "register", nodes: NODES, complete: true },
  };
}

/** A verdict in which every model that an anomaly rules out, or a stronger one, is broken. */
export function verdictOf(
  history: History,
  anomalies: readonly Anomaly[],
  promised: readonly ConsistencyModel[],
  unknown: Partial<Record<ConsistencyModel, string>> = {},
): RunVerdict {
  const models = modelsOf("operations").map((model): RunVerdict["models"][number] => {
    const against = anomalies.filter((anomaly) => strongerOrEqual(anomaly.rulesOut).includes(model));
    const base = { model, promised: promised.includes(model) };
    if (against.length > 0) return { ...base, verdict: "invalid", checked: history.ops.length, anomalies: against };
    const detail = unknown[model];
    if (detail !== undefined) return { ...base, verdict: "unknown", checked: 0, anomalies: [], detail };
    return { ...base, verdict: "valid", checked: history.ops.length, anomalies: [] };
  });
  const owed = models.filter((row) => row.promised);
  const count = (type: Outcome["type"]): number => history.ops.filter((op) => op.outcome.type === type).length;
  return {
    schema: VERDICT_SCHEMA,
    verdict: owed.some((row) => row.verdict === "invalid")
      ? "invalid"
      : owed.some((row) => row.verdict === "unknown")
        ? "unknown"
        : "valid",
    models,
    bounds: boundsOf(models),
    invariants: [],
    operations: { ok: count("ok"), fail: count("fail"), info: count("info") },
    faults: [...new Set(history.faults.map(({ value }) => value.kind))].sort().map((kind) => {
      const struck = history.faults.filter(({ value }) => value.kind === kind);
      return { kind, struck: struck.length, confirmed: struck.filter(({ proof }) => proof !== undefined).length };
    }),
    replay: "splitbrain replay .splitbrain/runs/20260102T030405-raft-register-7",
    runDir: ".splitbrain/runs/20260102T030405-raft-register-7",
  };
}

export interface Sample {
  readonly history: History;
  readonly verdict: RunVerdict;
}

/** A leader that was cut off answers a read from its own copy after the others elected a new one and wrote. */
export function staleRead(): Sample {
  const history = historyOf(
    [
      { p: 0, node: "n1", f: "write", key: "x", input: 3, fromMs: 1000, toMs: 1004 },
      { p: 1, node: "n3", f: "read", key: "y", fromMs: 1100, toMs: 1103, ok: 1 },
      { p: 1, node: "n3", f: "write", key: "x", input: 5, fromMs: 1710, toMs: 1742 },
      { p: 2, node: "n1", f: "read", key: "y", fromMs: 1750, toMs: 1751, ok: 1 },
      { p: 3, node: "n5", f: "write", key: "y", input: 9, fromMs: 1755, info: "timeout" },
      { p: 2, node: "n1", f: "read", key: "x", fromMs: 1760.25, toMs: 1761.5, ok: 3 },
      { p: 0, node: "n1", f: "write", key: "x", input: 7, fromMs: 1765, fail: "temporarily-unavailable", toMs: 1780 },
    ],
    [
      during(split("isolate-leader", ["n1"], ["n2", "n3", "n4", "n5"]), 1500, 4000),
      during({ kind: "pause", nodes: ["n5"] }, 1752, 1759),
    ],
  );
  const anomaly: Anomaly = {
    kind: "stale-read",
    rulesOut: ["linearizable"],
    explanation:
      "Process 2 read x = 3 at n1, although the write of x = 5 by process 1 had been acknowledged 18 ms before the read began.",
    ops: [0, 2, 5],
    because: [
      { from: 0, to: 2, reason: "the write of 3 had returned before 5 was written" },
      { from: 2, to: 5, reason: "the write of 5 had returned before the read of x began, and nobody wrote 3 again" },
    ],
    key: "x",
  };
  return {
    history,
    verdict: verdictOf(history, [anomaly], ["linearizable", "sequential", "causal-ccv", "eventual", "durable"]),
  };
}

/** Lists that grow past any line, an acknowledged append that is missing from the closing reads, and an unknown one. */
export function lostWrite(): Sample {
  const before = Array.from({ length: 60 }, (_, i) => i + 1);
  const history = historyOf(
    [
      { p: 0, f: "append", key: "log", input: 61, fromMs: 100, toMs: 130 },
      { p: 1, f: "read", key: "log", fromMs: 140, toMs: 150, ok: [...before, 61] },
      { p: 2, f: "append", key: "log", input: 62, fromMs: 145, info: "timeout" },
      ...Array.from({ length: 9 }, (_, i) => ({
        p: 1,
        f: "read",
        key: "log",
        fromMs: 160 + 20 * i,
        toMs: 165 + 20 * i,
        ok: before,
      })),
      { p: 3, f: "append", key: "log", input: 63, fromMs: 400, toMs: 410 },
      { p: 4, f: "read", key: "log", final: true as const, fromMs: 900, toMs: 905, ok: [...before, 62, 63] },
    ],
    [during({ kind: "kill", nodes: ["n1", "n2"] }, 132, 300)],
  );
  const anomaly: Anomaly = {
    kind: "lost-write",
    rulesOut: ["durable"],
    explanation: "The append of 61 to log was acknowledged and even read, but after healing no node has it.",
    ops: [0, 1, 13],
    because: [{ from: 0, to: 13, reason: "61 was acknowledged 770 ms before the closing read and is missing from it" }],
    key: "log",
  };
  return {
    history,
    verdict: verdictOf(history, [anomaly], ["durable", "eventual"], {
      "causal-ccv": "the budget of 60 s ran out after 120,000 configurations",
    }),
  };
}

/**
 * A minute of five client threads, about 5 operations a second each, with faults of every kind. A thread that sees an
 * unknown outcome goes on under a new process number. Reads at n5 come from its own copy, which lags.
 */
export function bigRun(operations = 1500, seed = 1): Sample {
  const random = new Random(seed, "sample");
  const threads = Array.from({ length: 5 }, (_, i) => ({ process: i, freeMs: random.unit() * 50, node: `n${i + 1}` }));
  let nextProcess = 5;
  const values = new Map<string, number>();
  const steps: Step[] = [];
  const stepMs = 60_000 / (operations / 5);
  for (let i = 0; i < operations; i++) {
    const thread = threads.reduce((a, b) => (b.freeMs < a.freeMs ? b : a));
    const fromMs = thread.freeMs;
    const key = random.pick(["x", "y", "z"]);
    const lengthMs = 1 + random.exponential() * 12;
    const lag = thread.node === "n5" ? random.below(3) : 0;
    const f = random.pick(["read", "read", "write", "cas"]);
    const value = values.get(key) ?? 0;
    const base = { p: thread.process, node: thread.node, key, fromMs, toMs: fromMs + lengthMs, f };
    if (random.chance(0.03)) {
      steps.push({
        ...base,
        input: f === "read" ? null : f === "cas" ? [value, value + 1] : value + 1,
        info: "timeout",
      });
      thread.process = nextProcess++;
      thread.freeMs = fromMs + 1000;
      continue;
    }
    if (f === "read") steps.push({ ...base, ok: Math.max(0, value - lag) });
    else if (random.chance(0.1))
      steps.push({ ...base, input: f === "cas" ? [value - 1, value] : value, fail: "precondition-failed" });
    else {
      values.set(key, value + 1);
      steps.push({ ...base, input: f === "cas" ? [value, value + 1] : value + 1 });
    }
    thread.freeMs = fromMs + lengthMs + random.exponential() * Math.max(0, stepMs - 13);
  }
  const history = historyOf(steps, [
    during(split("halves", ["n1", "n2"], ["n3", "n4", "n5"]), 5_000, 14_000),
    during({ kind: "pause", nodes: ["n3"] }, 9_000, 12_000),
    during({ kind: "kill", nodes: ["n1"] }, 18_000, 21_000),
    during({ kind: "clock", nodes: ["n2"], mode: "jump", offsetMs: 1500 }, 20_000, 32_000),
    during({ kind: "link", quality: { delay: { kind: "uniform", minMs: 20, maxMs: 200 }, loss: 0.1 } }, 34_000, 41_000),
    during({ kind: "disk", nodes: ["n4"], stallMs: 250 }, 38_000, 44_000),
    during(split("isolate-leader", ["n2"], ["n1", "n3", "n4", "n5"]), 47_000, 54_000),
  ]);
  const anomalies = staleReadsOf(history);
  return {
    history,
    verdict: verdictOf(history, anomalies, ["read-your-writes", "eventual", "durable"], {
      eventual: "no closing read was answered",
    }),
  };
}

/** Reads at n5 that return less than a write that had been acknowledged before: by a scan, for sample evidence only. */
function staleReadsOf(history: History): Anomaly[] {
  const anomalies: Anomaly[] = [];
  for (const read of history.ops) {
    if (read.f !== "read" || read.outcome.type !== "ok" || read.node !== "n5") continue;
    const seen = read.outcome.value as number;
    const newer = history.ops
      .slice(Math.max(0, read.index - 200), read.index)
      .findLast(
        (op) =>
          op.f === "write" &&
          op.outcome.type === "ok" &&
          op.key === read.key &&
          op.returnNs < read.callNs &&
          (op.input as number) > seen,
      );
    if (!newer) continue;
    anomalies.push({
      kind: "stale-read",
      rulesOut: ["linearizable"],
      explanation: `Process ${read.process} read ${read.key} = ${seen}, although the write of ${newer.input} had been acknowledged before.`,
      ops: [newer.index, read.index],
      because: [
        { from: newer.index, to: read.index, reason: `${newer.input} was acknowledged before this read began` },
      ],
      ...(read.key === undefined ? {} : { key: read.key }),
    });
  }
  return anomalies;
}
