import type { Anomaly } from "../../core/checker.ts";
import type { History } from "../../core/history.ts";
import type { Operation, Outcome } from "../../core/operation.ts";
import { anomalyTitle, describeFault, describeInvocation, describeOutcome } from "../describe.ts";
import { plain, truncate } from "../layout.ts";
import { listedOperations, MAX_EXPLANATION, reasonsOf } from "./bounds.ts";
import { layProcesses, packSpans } from "./lanes.ts";

/** What the client script draws. Instants are nanoseconds; -1 stands for "never". Texts are not escaped. */
export interface TimelineData {
  readonly endNs: number;
  readonly nodes: readonly string[];
  /** For each row its processes. */
  readonly lanes: readonly (readonly number[])[];
  /** In order of their calls. */
  readonly ops: readonly OpTuple[];
  readonly faults: readonly {
    readonly row: number;
    readonly startNs: number;
    readonly endNs: number;
    readonly kind: string;
    readonly text: string;
  }[];
  readonly anomalies: readonly {
    readonly title: string;
    readonly explanation: string;
    readonly ops: readonly number[];
    readonly because: readonly (readonly [from: number, to: number, reason: string])[];
  }[];
}

type OpTuple = readonly [
  index: number,
  process: number,
  lane: number,
  callNs: number,
  returnNs: number,
  outcome: 0 | 1 | 2,
  node: number,
  invocation: string,
  result: string,
];

const OUTCOME = { ok: 0, fail: 1, info: 2 } as const satisfies Record<Outcome["type"], number>;

export interface TimelineLimits {
  readonly maxOperations: number;
  readonly maxFaults: number;
  /** Bytes that operations may take in the page, about. */
  readonly maxBytes: number;
}

/** Bounds on the text of a single operation, in characters of a value. */
const USUAL_VALUE = 40;
const INVOLVED_VALUE = 160;

/**
 * The data of the timeline. Where a history is longer than the limits allow, the operations next to those of the
 * anomalies are kept, or the first where nothing is wrong.
 */
export function timelineData(history: History, anomalies: readonly Anomaly[], limits: TimelineLimits): TimelineData {
  const involved = new Set(anomalies.flatMap((a) => [...a.ops, ...a.because.flatMap(({ from, to }) => [from, to])]));
  const lanes = layProcesses(history.ops);
  const laneOf = new Map(lanes.flatMap((processes, lane) => processes.map((process) => [process, lane])));
  const nodes = [...new Set(history.ops.map((op) => op.node))];
  const nodeIndex = new Map(nodes.map((node, i) => [node, i]));
  const tuple = (op: Operation): OpTuple => {
    const width = involved.has(op.index) ? INVOLVED_VALUE : USUAL_VALUE;
    return [
      op.index,
      op.process,
      laneOf.get(op.process) ?? 0,
      op.callNs,
      Number.isFinite(op.returnNs) ? op.returnNs : -1,
      OUTCOME[op.outcome.type],
      nodeIndex.get(op.node) ?? 0,
      describeInvocation(op, { width }),
      describeOutcome(op, { width }),
    ];
  };

  const chosen: OpTuple[] = [];
  let bytes = 0;
  for (const index of nearest(history.ops.length, involved)) {
    const op = history.ops[index];
    if (op === undefined || chosen.length >= limits.maxOperations || bytes > limits.maxBytes) break;
    const next = tuple(op);
    bytes += 50 + Buffer.byteLength(next[7]) + Buffer.byteLength(next[8]);
    chosen.push(next);
  }
  chosen.sort((a, b) => a[0] - b[0]);

  const faults = history.faults.slice(0, limits.maxFaults);
  const rows = packSpans(faults);
  return {
    endNs: endOf(history),
    nodes: nodes.map(plain),
    lanes,
    ops: chosen,
    faults: faults.map(({ value, startNs, endNs }, i) => ({
      row: rows[i] ?? 0,
      startNs,
      endNs: Number.isFinite(endNs) ? endNs : -1,
      kind: truncate(plain(value.kind), 20),
      text: describeFault(value, history.meta.nodes),
    })),
    anomalies: anomalies.map((anomaly) => ({
      title: anomalyTitle(anomaly),
      explanation: truncate(plain(anomaly.explanation), MAX_EXPLANATION),
      ops: listedOperations(anomaly),
      because: reasonsOf(anomaly).map(({ from, to, reason }) => [from, to, reason] as const),
    })),
  };
}

/** The last instant that the history knows of; at least 1. */
export function endOf(history: History): number {
  let end = 1;
  for (const { callNs, returnNs } of history.ops) end = Math.max(end, Number.isFinite(returnNs) ? returnNs : callNs);
  for (const { startNs, endNs } of history.faults) end = Math.max(end, Number.isFinite(endNs) ? endNs : startNs);
  return end;
}

/** All indices below `length`, those nearest to one of `centres` first; in order if there are no centres. */
export function nearest(length: number, centres: ReadonlySet<number>): number[] {
  const distance = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < length; i++) {
    if (centres.has(i)) last = i;
    distance[i] = i - last;
  }
  last = Number.POSITIVE_INFINITY;
  for (let i = length - 1; i >= 0; i--) {
    if (centres.has(i)) last = i;
    distance[i] = Math.min(distance[i] ?? 0, last - i);
  }
  const indices = Array.from({ length }, (_, i) => i);
  if (centres.size === 0) return indices;
  return indices.sort((a, b) => (distance[a] ?? 0) - (distance[b] ?? 0) || a - b);
}
