import type { Invariant } from "../../core/model.ts";
import type { NodeId } from "../../core/operation.ts";
import { multiPaxosInvariants } from "../multi-paxos/invariants.ts";
import { inEachGroup } from "../shared/group.ts";

/**
 * Those of the groups' logs, and those of the transactions across them. Nodes trace:
 *
 * - `life {life}`: the node starts or restarts, and applies its log from the beginning.
 * - `assigned {shard, txn, atMs}`: applying its log, the node saw this timestamp being assigned.
 * - `settled {shard, txn, at}`: applying its log, the node learned what became of a transaction, `null` if it was aborted.
 * - `decided {txn, atMs, latestMs}`: the commit record is in the log; so late may it have been, by the coordinator's clock,
 *   when the commit was asked for.
 * - `exposed {txn, atMs, earliestMs}`: from now on others may see it; so early may it be, by the same clock.
 */
export const spannerInvariants = (): Invariant[] => [
  ...inEachGroup(multiPaxosInvariants),
  monotonicity(),
  atomicCommitment(),
  startRule(),
  commitWait(),
];

/** Timestamps rise along the log, whoever led. */
export function monotonicity(): Invariant {
  const last = new Map<NodeId, number>();
  return {
    name: "monotone-timestamps",
    source: "Corbett et al., OSDI 2012, §4.1.2: within each group timestamps rise, even across leaders",
    onTrace: (node, event, detail) => {
      if (event === "life") last.delete(node);
      if (event !== "assigned") return undefined;
      const atMs = detail.atMs as number;
      const before = last.get(node);
      last.set(node, atMs);
      if (before === undefined) return undefined;
      return before < atMs || `${node} saw ${detail.txn} get ${atMs} after another had got ${before}`;
    },
  };
}

/** Put to the test when a second shard learns it. */
export function atomicCommitment(): Invariant {
  const first = new Map<string, { readonly shard: string; readonly at: unknown }>();
  const words = (at: unknown): string => (at === null ? "aborted" : `committed at ${at}`);
  return {
    name: "atomic-commitment",
    source: "Bernstein, Hadzilacos & Goodman 1987, §7.3, AC1: all that reach a decision reach the same one",
    onTrace: (_node, event, detail) => {
      if (event !== "settled") return undefined;
      const [txn, shard] = [detail.txn as string, detail.shard as string];
      const before = first.get(txn);
      if (!before) first.set(txn, { shard, at: detail.at });
      if (!before || (before.shard === shard && before.at === detail.at)) return undefined;
      if (before.at === detail.at) return true;
      return `${before.shard} holds ${txn} for ${words(before.at)}, ${shard} for ${words(detail.at)}`;
    },
  };
}

export const startRule = (): Invariant => ({
  name: "start",
  source: "Corbett et al., OSDI 2012, §4.1.2: a commit's timestamp is not before TT.now().latest when it was asked for",
  onTrace: (node, event, { txn, atMs, latestMs }) => {
    if (event !== "decided") return undefined;
    return (
      Number(atMs) >= Number(latestMs) || `${node} gave ${txn} ${atMs}, where it may have been ${latestMs} already`
    );
  },
});

export const commitWait = (): Invariant => ({
  name: "commit-wait",
  source: "Corbett et al., OSDI 2012, §4.1.2: nobody sees a commit before TT.after(its timestamp)",
  onTrace: (node, event, { txn, atMs, earliestMs }) => {
    if (event !== "exposed") return undefined;
    return (
      Number(earliestMs) > Number(atMs) || `${node} showed ${txn} of ${atMs}, where it may have been ${earliestMs} only`
    );
  },
});
