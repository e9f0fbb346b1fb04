import type { History } from "../../src/core/history.ts";
import type { Json } from "../../src/core/json.ts";
import type { NodeId, Operation } from "../../src/core/operation.ts";
import { operationsByKey } from "./object-checker.ts";

/** A read of the closing phase that a node answered. */
export interface ClosingRead {
  readonly op: Operation;
  readonly node: NodeId;
  readonly value: Json;
}

/** How a key was found at the end of the run. */
export interface ClosingKey {
  readonly name: string;
  /** The last answer of every node that gave one, in order of the nodes' first answers. */
  readonly finals: readonly ClosingRead[];
  /** Reads through the system itself that began when the closing phase had, and were answered. */
  readonly plain: readonly ClosingRead[];
  /** The key's operations outside the closing phase, in order. */
  readonly ops: readonly Operation[];
}

/**
 * The keys that were read in the closing phase, each with what was found. A key that was still being written then is left
 * out: its copies may rightly differ. (A write of unknown outcome that was called before may take effect even then; nobody
 * could ever judge a history if that counted.)
 */
export function closingKeys(history: History): ClosingKey[] {
  return [...operationsByKey(history)].flatMap(([name, ops]) => closingKey(name, ops) ?? []);
}

/**
 * Those of the closing keys for which more than half of the nodes answered, where the history names the nodes: what so many
 * copies lack is lost.
 *
 * With `unmarked`, where a history knows no closing reads of a key (Jepsen's do not mark them) the last answered one is
 * taken for such, as in Jepsen's own checkers, unless the key was still being written.
 */
export function decidedKeys(history: History, { unmarked = false } = {}): ClosingKey[] {
  const { nodes } = history.meta;
  const quorum = nodes === undefined ? 1 : Math.floor(nodes.length / 2) + 1;
  return [...operationsByKey(history)].flatMap(([name, ops]) => {
    if (unmarked && !ops.some(({ final }) => final)) return lastRead(name, ops) ?? [];
    const key = closingKey(name, ops);
    return key !== undefined && key.finals.length >= quorum ? key : [];
  });
}

function lastRead(name: string, ops: readonly Operation[]): ClosingKey | undefined {
  let last: ClosingRead | undefined;
  for (const op of ops)
    if (op.f === "read" && op.outcome.type === "ok" && op.returnNs >= (last?.op.returnNs ?? 0))
      last = { op, node: op.node, value: op.outcome.value ?? null };
  if (last === undefined) return undefined;
  const { op: read } = last;
  // What was acknowledged at the very instant of the call may have happened after the read. (`- 1`: times are integers.)
  if (ops.some((op) => isBeingWritten(op, read.callNs - 1))) return undefined;
  return { name, finals: [last], plain: [], ops: ops.filter((op) => op !== read) };
}

function closingKey(name: string, ops: readonly Operation[]): ClosingKey | undefined {
  const finals = new Map<NodeId, ClosingRead>();
  let startNs = Number.POSITIVE_INFINITY;
  for (const op of ops) {
    if (!op.final || op.f !== "read") continue;
    startNs = Math.min(startNs, op.callNs);
    if (op.outcome.type === "ok") finals.set(op.node, { op, node: op.node, value: op.outcome.value ?? null });
  }
  if (finals.size === 0) return undefined;
  const others = ops.filter(({ final }) => !final);
  if (others.some((op) => isBeingWritten(op, startNs))) return undefined;
  const plain = others.flatMap((op): ClosingRead[] =>
    op.f === "read" && op.callNs >= startNs && op.outcome.type === "ok"
      ? [{ op, node: op.node, value: op.outcome.value ?? null }]
      : [],
  );
  return { name, finals: [...finals.values()], plain, ops: others };
}

/** True for an update that was called, or acknowledged, after the closing phase had begun. */
function isBeingWritten({ f, callNs, returnNs, outcome }: Operation, startNs: number): boolean {
  if (f === "read" || f === "contains" || outcome.type === "fail") return false;
  return callNs > startNs || (outcome.type === "ok" && returnNs > startNs);
}
