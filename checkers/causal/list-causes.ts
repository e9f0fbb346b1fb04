import type { Causes } from "../shared/causes.ts";
import { IntColumn } from "../shared/growing.ts";
import type { Access, HistoryIndex, KeyIndex } from "../shared/history-index.ts";
import { commonPrefix } from "../shared/positions.ts";
import type { Lookup } from "./explain.ts";

/**
 * The causes of operations on lists. What a session's earlier read of the key showed already is in the past of a later
 * one anyhow, so that only the rest of its list is named. Without `readsFrom` only the sessions' own orders are left.
 */
export function causesOf({ accesses, sessions }: HistoryIndex, readsFrom = true): Causes {
  const count = accesses.length;
  const first = new Int32Array(sessions.length + 1);
  const sourcesAt = new Int32Array(count + 1);
  const sources = new IntColumn();
  let id = 0;
  for (const [s, session] of sessions.entries()) {
    const seen = new Map<KeyIndex, Int32Array>();
    for (const { key, saw } of session) {
      if (saw !== undefined && readsFrom) {
        const before = seen.get(key);
        seen.set(key, saw);
        for (let i = before ? commonPrefix(before, saw) : 0; i < saw.length; i++)
          sources.push(key.writers[saw[i] as number]?.id ?? -1);
      }
      sourcesAt[++id] = sources.length;
    }
    first[s + 1] = id;
  }
  return {
    count,
    session: Int32Array.from(accesses, ({ session }) => session),
    first,
    sourcesAt,
    sources: sources.values,
  };
}

/** Finds the operations of an index. */
export const lookupIn =
  ({ accesses }: HistoryIndex): Lookup =>
  (id) =>
    (accesses[id] as Access).op;
