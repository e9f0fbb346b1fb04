import type { LoggedOp } from "../shared/exactly-once.ts";

/** A client's command; `client` and `seq` identify it across retries. */
export type Command = { readonly client: string; readonly seq: number; readonly op: LoggedOp };

/** What a slot of the log takes: a command, or nothing, the no-op that fills a gap (Paxos Made Simple, §3). */
export type Value = Command | null;

/** A value for a slot. Slots are numbered from 1; each is a decree of its own. */
export type Entry = { readonly slot: number; readonly value: Value };

/** An acceptance (van Renesse & Altinbuken, Paxos Made Moderately Complex, 2015, §2.3). */
export type PValue = Entry & { readonly ballot: number };

/** The messages of Lamport, Paxos Made Simple, 2001, §2.2, each about many slots at once (§3). */
export type PeerMessage =
  /** Phase 1a, for all slots from `from` on. */
  | { readonly type: "prepare"; readonly ballot: number; readonly from: number }
  /** Phase 1b: no lower ballot will be accepted any more in any slot; with what was accepted in those asked about. */
  | { readonly type: "promise"; readonly ballot: number; readonly accepted: readonly PValue[] }
  /** Phase 2a; a heartbeat if `entries` is empty. */
  | {
      readonly type: "accept";
      readonly ballot: number;
      readonly entries: readonly Entry[];
      /** The sender knows what is chosen in all slots up to this one. */
      readonly upTo: number;
      /** When this left, on the leader's clock; the answer repeats it. Only where leases are in use. */
      readonly sentMs?: number;
    }
  /** Phase 2b. */
  | {
      readonly type: "accepted";
      readonly ballot: number;
      readonly slots: readonly number[];
      /** The sender knows what is chosen in all slots up to this one. */
      readonly upTo: number;
      /** It was told of more, and knows not which values. */
      readonly behind: boolean;
      readonly sentMs?: number;
    }
  /** The acceptor has promised itself to a higher ballot (§2.2, end). */
  | { readonly type: "refused"; readonly ballot: number; readonly promised: number }
  /** What was chosen, slot by slot from `from` on. */
  | { readonly type: "learn"; readonly from: number; readonly values: readonly Value[] };

export type Accept = Extract<PeerMessage, { type: "accept" }>;
export type Accepted = Extract<PeerMessage, { type: "accepted" }>;

/** Names a value in traces; equal names mean equal values. A no-op has none. */
export const nameOf = (value: Value): string => (value === null ? "" : `${value.client}:${value.seq}`);
