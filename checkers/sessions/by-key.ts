import type { Access, HistoryIndex, KeyIndex } from "../shared/history-index.ts";

/** What one session did with one key, in its order. */
export interface SessionOnKey {
  readonly key: KeyIndex;
  readonly accesses: readonly Access[];
}

/** Every session's operations on every key that it used. */
export function* sessionsByKey({ sessions }: HistoryIndex): Generator<SessionOnKey> {
  for (const session of sessions) {
    const byKey = new Map<KeyIndex, Access[]>();
    for (const access of session) {
      const known = byKey.get(access.key);
      if (known) known.push(access);
      else byKey.set(access.key, [access]);
    }
    for (const [key, accesses] of byKey) yield { key, accesses };
  }
}

/** The one value that an access to a register saw: its number, or `undefined` if the register was in its initial state. */
export const sawValue = (access: Access): number | undefined => access.saw?.[0];

/** True if some operation that may have happened wrote this value. What nobody wrote has no place in any order. */
export const wasWritten = (key: KeyIndex, value: number): boolean => key.writers[value] !== undefined;
