import type { Checker } from "../../src/core/checker.ts";
import type { Fault } from "../../src/core/fault.ts";
import type { History, Timed } from "../../src/core/history.ts";
import type { NodeId, Operation } from "../../src/core/operation.ts";
import { msToNs, NS_PER_MS } from "../../src/core/time.ts";
import type { Deadline } from "../shared/deadline.ts";
import { objectChecker } from "../shared/object-checker.ts";
import { at, did } from "../shared/phrases.ts";

export interface AvailabilityOptions {
  /** How long a node may take to answer, milliseconds; 5000 by default. */
  readonly boundMs?: number;
  /** How long after it was started or thawed a node may still be unavailable, milliseconds; 0 by default. */
  readonly recoveryMs?: number;
}

/**
 * Errors with which a node answers: it has done what the operation asks for, or found that it cannot be done in this state.
 * All others say that the node could not tell (Bailis et al., HAT, §3: a transaction may abort by its own choice).
 */
const ANSWERS: readonly string[] = [
  "precondition-failed",
  "key-does-not-exist",
  "key-already-exists",
  "not-supported",
  "malformed-request",
  "empty",
];

/** What became of an operation, seen from its client. */
type Service = "answered" | "slow" | "refused" | "unanswered" | "excused";

/** How a node served its clients. */
export interface NodeAvailability {
  readonly node: NodeId;
  readonly answered: number;
  /** Answered after the bound. */
  readonly slow: number;
  /** Answered with an error that says that the node could not serve the client. */
  readonly refused: number;
  readonly unanswered: number;
  /** Not counted: the node did not run all the time, or the history ends before the time to answer was over. */
  readonly excused: number;
  /** The first operations that were not answered in time. */
  readonly failures: readonly Operation[];
}

/** As many failures of a node are kept. */
const MAX_FAILURES = 8;

/**
 * Total availability: every operation on a running node is answered in time, partitions or not (Gilbert & Lynch, 2002;
 * Maelstrom, `--availability total`). A node that is paused, killed or out of disk, or whose clients cannot reach it or stand
 * still themselves, is not running for them. Where the history does not name nodes, any such fault excuses every operation
 * that it overlaps.
 *
 * `checked` counts the operations that were not excused.
 */
export function availability(options: AvailabilityOptions = {}): Checker {
  return objectChecker({
    name: "availability",
    tests: ["available"],
    judge: (history, anomalies, deadline) => {
      let checked = 0;
      for (const served of availabilityByNode(history, options, deadline)) {
        const { node, answered, slow, refused, unanswered, excused, failures } = served;
        const asked = answered + slow + refused + unanswered;
        checked += asked;
        const [first] = failures;
        if (first === undefined) continue;
        const how = [...told(unanswered, "no answer"), ...told(refused, "refused"), ...told(slow, "too late")].join(
          ", ",
        );
        anomalies.add("unavailable", () => ({
          rulesOut: ["available"],
          explanation: `${node === "" ? "the system" : node} ran, but of ${asked} operations ${asked - answered} were not answered within ${options.boundMs ?? DEFAULT_BOUND_MS} ms (${how}${excused > 0 ? `; ${excused} more are not counted` : ""}). The first: process ${first.process} ${did(first)} at ${at(first.callNs)}${reasonOf(first)}.`,
          ops: failures,
          because: [],
        }));
      }
      return checked > 0 ? checked : "no operation was called on a running node";
    },
  });
}

const told = (count: number, what: string): string[] => (count > 0 ? [`${count} ${what}`] : []);

function reasonOf({ outcome, callNs, returnNs }: Operation): string {
  if (outcome.type === "ok") return ` and was answered ${Math.round((returnNs - callNs) / NS_PER_MS)} ms later`;
  return `: ${outcome.error.name}${outcome.error.text === undefined ? "" : ` (${outcome.error.text})`}`;
}

const DEFAULT_BOUND_MS = 5_000;

/** Counts for every node how its clients were served, in order of its first operation. */
export function availabilityByNode(
  history: History,
  { boundMs = DEFAULT_BOUND_MS, recoveryMs = 0 }: AvailabilityOptions = {},
  deadline?: Deadline,
): NodeAvailability[] {
  const boundNs = msToNs(boundMs);
  const outages = outagesOf(history, msToNs(recoveryMs));
  const endNs = endOf(history);
  type Counts = { -readonly [P in Service]: number } & { readonly failures: Operation[] };
  const nodes = new Map<NodeId, Counts>();
  for (const op of history.ops) {
    deadline?.step();
    let counts = nodes.get(op.node);
    if (counts === undefined) {
      counts = { answered: 0, slow: 0, refused: 0, unanswered: 0, excused: 0, failures: [] };
      nodes.set(op.node, counts);
    }
    const service = serviceOf(op, boundNs, endNs, outages);
    counts[service]++;
    if (service !== "answered" && service !== "excused" && counts.failures.length < MAX_FAILURES)
      counts.failures.push(op);
  }
  return [...nodes].map(([node, counts]) => ({ node, ...counts }));
}

function serviceOf(op: Operation, boundNs: number, endNs: number, outages: Outages): Service {
  const { callNs, returnNs, outcome } = op;
  const dueNs = callNs + boundNs;
  const isAnswer = outcome.type === "ok" || (outcome.type === "fail" && ANSWERS.includes(outcome.error.name));
  if (isAnswer && returnNs <= dueNs) return "answered";
  if (outages.overlap(op.node, callNs, Math.min(returnNs, dueNs))) return "excused";
  if (isAnswer) return "slow";
  if (outcome.type === "fail") return "refused";
  // Only what the client still waited for when the history ended may yet have been answered in time.
  return outcome.error.name === "unfinished" && dueNs > endNs ? "excused" : "unanswered";
}

function endOf({ ops, faults }: History): number {
  let endNs = 0;
  for (const { callNs, returnNs } of ops) endNs = Math.max(endNs, callNs, Number.isFinite(returnNs) ? returnNs : 0);
  for (const { startNs, endNs: healedNs } of faults)
    endNs = Math.max(endNs, startNs, Number.isFinite(healedNs) ? healedNs : 0);
  return endNs;
}

/** The nodes that a fault keeps from serving clients. */
function downIn(fault: Fault): readonly NodeId[] {
  switch (fault.kind) {
    case "pause":
    case "kill":
    case "client-pause":
      return fault.nodes;
    case "disk":
      return "full" in fault ? fault.nodes : [];
    case "partition":
      return fault.clients ?? [];
    default:
      return [];
  }
}

interface Span {
  readonly startNs: number;
  readonly endNs: number;
}

interface Outages {
  /** True if the node was down at some time from `startNs` to `endNs`; a node without a name, if any was. */
  overlap(node: NodeId, startNs: number, endNs: number): boolean;
}

function outagesOf({ faults }: History, recoveryNs: number): Outages {
  const all: Span[] = [];
  const byNode = new Map<NodeId, Span[]>();
  for (const { value, startNs, endNs } of faults as readonly Timed<Fault>[]) {
    const span = { startNs, endNs: endNs + recoveryNs };
    const down = downIn(value);
    if (down.length > 0) all.push(span);
    for (const node of down) byNode.set(node, [...(byNode.get(node) ?? []), span]);
  }
  const merged = new Map([...byNode, ["", all] as const].map(([node, spans]) => [node, merge(spans)]));
  return {
    overlap: (node, startNs, endNs) => {
      const spans = merged.get(node) ?? [];
      let low = 0;
      let high = spans.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((spans[middle]?.endNs ?? 0) < startNs) low = middle + 1;
        else high = middle;
      }
      const next = spans[low];
      return next !== undefined && next.startNs <= endNs;
    },
  };
}

/** The same times as disjoint spans, in order. */
function merge(spans: readonly Span[]): Span[] {
  const merged: { startNs: number; endNs: number }[] = [];
  for (const { startNs, endNs } of [...spans].sort((a, b) => a.startNs - b.startNs)) {
    const last = merged.at(-1);
    if (last !== undefined && startNs <= last.endNs) last.endNs = Math.max(last.endNs, endNs);
    else merged.push({ startNs, endNs });
  }
  return merged;
}
