import type { Invariant } from "../../core/model.ts";

/**
 * What must be so on the node itself at every level, judged from what it traces: `write {txn, key}`, `commit {txn}`,
 * `abort {txn}`; and `start {}` after a crash, which ends all transactions.
 */
export const isolationInvariants = (): Invariant[] => [noDirtyWrite()];

/**
 * Of two transactions that commit none writes a key between the other's write of it and its commit: locks see to that, and so
 * does it that the first committer wins.
 */
export function noDirtyWrite(): Invariant {
  let now = 0;
  /** When each transaction that runs first wrote each key. */
  const written = new Map<string, Map<string, number>>();
  const committed = new Map<string, { readonly at: number; readonly txn: string }>();
  return {
    name: "no-dirty-write",
    source: "Berenson et al., SIGMOD 1995, §3, P0, which all levels exclude",
    onTrace: (node, event, detail) => {
      const txn = `${node}'s transaction ${detail.txn}`;
      if (event === "start")
        for (const open of [...written.keys()]) if (open.startsWith(`${node}'s `)) written.delete(open);
      if (event === "abort") written.delete(txn);
      if (event === "write") {
        const keys = written.get(txn) ?? new Map<string, number>();
        written.set(txn, keys);
        const key = `${node} ${detail.key}`;
        if (!keys.has(key)) keys.set(key, now++);
      }
      if (event !== "commit") return undefined;
      const keys = [...(written.get(txn) ?? [])];
      written.delete(txn);
      const others = keys.map(([key, at]) => ({ key, at, other: committed.get(key) }));
      for (const [key] of keys) committed.set(key, { at: now++, txn });
      const wrong = others.find(({ at, other }) => other !== undefined && other.at > at);
      if (wrong !== undefined)
        return `${txn} wrote ${wrong.key} before ${wrong.other?.txn} committed it, and both committed`;
      return others.some(({ other }) => other !== undefined) ? true : undefined;
    },
  };
}
