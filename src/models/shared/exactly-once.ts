import type { Json } from "../../core/json.ts";
import type { Invocation, Outcome } from "../../core/operation.ts";
import { apply, type Contents } from "./key-value.ts";

/** What of an invocation goes into a replicated log. */
export type LoggedOp = Pick<Invocation, "f" | "key" | "input">;

/** Makes the state machine that a log's commands are applied to: empty, or as it was saved. */
export type MakeStore = (saved?: SavedStore) => ReplicatedStore;

/** A copy of the key-value store that takes each command at most once, however often it stands in the log. */
export interface ReplicatedStore {
  readonly contents: Contents;
  /**
   * Applies the command that `client` numbered `seq`. A command met before is not applied again but answered as it was
   * the first time; one that is older than the client's newest is answered `undefined`, as nobody waits for it.
   */
  apply(client: string, seq: number, op: LoggedOp): Outcome | undefined;
  /** The answer to a command that was applied before, if it is the client's newest; else `undefined`. */
  answered(client: string, seq: number): Outcome | undefined;
  /** A read of this copy as it is. */
  read(key: string | undefined): Json;
  /** All of it, for the disk; takes time proportional to its size. */
  save(): SavedStore;
}

/** A store at rest. */
export type SavedStore = {
  readonly contents: readonly (readonly [key: string, value: Json])[];
  readonly sessions: readonly (readonly [client: string, newest: Answered])[];
};

/** The newest command of a client that was applied. */
type Answered = { readonly seq: number; readonly outcome: Outcome };

/**
 * Starts a store, empty or as it was saved, with its session table: for each client the number of its newest command and the answer to it
 * (Ongaro & Ousterhout 2014, §8; Ongaro's dissertation, §6.3). The table is part of the state: copies that applied the
 * same log have the same table. It relies on clients that number their commands in order and have one open at a time.
 */
export function replicatedStore(saved?: SavedStore): ReplicatedStore {
  const contents: Contents = new Map(saved?.contents);
  const sessions = new Map<string, Answered>(saved?.sessions);
  return {
    contents,
    apply: (client, seq, op) => {
      const newest = sessions.get(client);
      if (newest && newest.seq >= seq) return newest.seq === seq ? newest.outcome : undefined;
      const outcome = apply(contents, op);
      sessions.set(client, { seq, outcome });
      return outcome;
    },
    answered: (client, seq) => {
      const newest = sessions.get(client);
      return newest?.seq === seq ? newest.outcome : undefined;
    },
    read: (key) => contents.get(key ?? "") ?? null,
    save: () => ({ contents: [...contents], sessions: [...sessions] }),
  };
}
