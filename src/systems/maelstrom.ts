import type { Json } from "../core/json.ts";
import type { Invocation, NodeId, Outcome } from "../core/operation.ts";
import type { Client, ClientEnv, Reply } from "../core/replica.ts";

/** The workloads of ours that have a counterpart among Maelstrom's. */
export type MaelstromWorkload = "register" | "append";

/** How an operation is put to a program, and what its answer means. */
interface Dialect {
  request(op: Invocation): Invocation;
  outcome(op: Invocation, outcome: Outcome): Outcome;
}

/**
 * Maelstrom's `lin-kv` (doc/workloads.md, "Lin-kv"): `read`, `write`, `cas`. Reading a key that was never written is
 * error 20 there, and `null` here.
 */
const LIN_KV: Dialect = {
  request: (op) => op,
  outcome: (op, outcome) =>
    op.f === "read" && outcome.type === "fail" && outcome.error.name === "key-does-not-exist"
      ? { type: "ok", value: null }
      : outcome,
};

/** Maelstrom's `txn-list-append` (doc/workloads.md, "Txn-list-append"), one transaction of one step for an operation. */
const TXN_LIST_APPEND: Dialect = {
  request: ({ f, key = "", input, ...rest }) => {
    const step: Json = f === "append" ? ["append", key, input] : ["r", key, null];
    return { ...rest, f: "txn", input: [step] };
  },
  outcome: (op, outcome) => {
    if (outcome.type !== "ok") return outcome;
    if (op.f === "append") return { type: "ok", value: null };
    const read = onlyStep(outcome.value)?.[2];
    if (read !== undefined) return { type: "ok", value: read };
    const text = `expected the transaction with its read filled in, got ${JSON.stringify(outcome.value)}`;
    return { type: "info", error: { name: "malformed-reply", text } };
  },
};

const DIALECTS: Readonly<Record<MaelstromWorkload, Dialect>> = { register: LIN_KV, append: TXN_LIST_APPEND };

/**
 * A client for any program that serves a Maelstrom workload. It asks the node of its session, once, and waits. The
 * transport puts operations into Maelstrom's bodies: `{type: f, key, value}`, `{type: "cas", key, from, to}`,
 * `{type: "txn", txn}`.
 */
export function maelstromClient(workload: MaelstromWorkload): (env: ClientEnv) => Client {
  const dialect = DIALECTS[workload];
  return (env) => {
    let current: { readonly id: number; readonly op: Invocation } | undefined;
    let nextId = 1;
    return {
      onInvoke(op: Invocation): void {
        current = { id: nextId++, op };
        env.send(env.node, { id: current.id, op: dialect.request(numbered(op)), context: null });
      },
      onReply(_from: NodeId, id: number, reply: Reply): void {
        if (!current || current.id !== id) return;
        const { op } = current;
        current = undefined;
        env.complete(dialect.outcome(op, reply.outcome));
      },
      onTimer: () => undefined,
    };
  };
}

/** Maelstrom's keys are integers, which goes on the wire for canonical digits; ours are `k0`, `k1`, … */
const numbered = ({ key, ...op }: Invocation): Invocation =>
  key === undefined ? op : { ...op, key: key.replace(/^k(?=\d+$)/, "") };

function onlyStep(txn: Json): readonly Json[] | undefined {
  const step = Array.isArray(txn) && txn.length === 1 ? (txn[0] as Json) : undefined;
  return Array.isArray(step) && step.length === 3 ? step : undefined;
}
