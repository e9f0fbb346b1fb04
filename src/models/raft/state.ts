import type { NodeId } from "../../core/operation.ts";
import type { Env, Request } from "../../core/replica.ts";
import { type MakeStore, type ReplicatedStore, replicatedStore } from "../shared/exactly-once.ts";
import { majorityOf } from "../shared/majority.ts";
import { RaftLog } from "./log.ts";
import type { Settings } from "./settings.ts";
import { loadSnapshot, nextSnapshotAfter, type Snapshot, savedHead } from "./snapshot.ts";

/** Shortest election timeout, milliseconds (§9.3 recommends 150 to 300). */
export const MIN_ELECTION_MS = 150;
/** Longest election timeout, milliseconds. */
export const MAX_ELECTION_MS = 300;
/** Between two heartbeats, milliseconds. */
export const HEARTBEAT_MS = 50;

/** What a leader knows of one follower. */
export interface Progress {
  readonly peer: NodeId;
  /** Index of the next entry to send (Figure 2). */
  nextIndex: number;
  /** Highest index known to be replicated (Figure 2). */
  matchIndex: number;
  /** Serial of the message whose answer moves replication on; 0 if none is under way. */
  awaited: number;
  /** True if that message carried entries or a snapshot: no others leave until it is answered or given up. */
  awaitedEntries: boolean;
  awaitedSinceMs: number;
  /** Highest serial that the follower answered in this term: it recognised the leader after that was sent. */
  answered: number;
  /** When the newest message that the follower answered left, on the clock of this incarnation (leases only). */
  answeredSentMs: number;
  /** When the follower last answered, or the leadership began, monotonic milliseconds (only with `pre-vote`). */
  heardMs: number;
}

/** A leadership that is being handed over (dissertation §3.10). */
export interface Transfer {
  readonly to: NodeId;
  /** When it is given up, monotonic milliseconds. */
  readonly untilMs: number;
  /** True once that node was asked to stand. */
  asked: boolean;
}

/** The requests that wait for one client's command to be applied. */
export interface Waiting {
  readonly seq: number;
  readonly requests: Pick<Request, "client" | "id">[];
}

/** A read that waits for the leader to be confirmed by messages newer than serial `after`. */
export interface PendingRead {
  readonly request: Request;
  readonly after: number;
}

/**
 * How a leader with the bug `commit-older-term` begins: for a while it refuses commands and only spreads what it inherited,
 * up to index `inherited`; its no-op waits.
 */
export interface Recovery {
  readonly inherited: number;
  /** Monotonic milliseconds. */
  readonly untilMs: number;
}

/** Leases as a node with the bug `lease-on-wall-clock` knows them: ends on the wall clock, all taken for one clock. */
export interface WallLease {
  /** When the lease ends that the last heartbeat named. */
  knownEndMs: number;
  /** When the last lease ends that this node held itself; it outlives the leadership. */
  heldEndMs: number;
}

/** What a replica holds only while it leads. */
export interface Leadership {
  readonly followers: readonly Progress[];
  readonly waiting: Map<string, Waiting>;
  readonly reads: PendingRead[];
  /** Only with the bug `commit-older-term`. */
  readonly recovery: Recovery | undefined;
  /** Serial of the last message sent. */
  serial: number;
  /** Reads up to this serial are being confirmed; `undefined` if no read waits. */
  confirming: number | undefined;
  /** Under way: no commands are taken meanwhile. */
  transfer: Transfer | undefined;
  /** True once another node was asked to take over in this term. */
  handedOver: boolean;
}

/** A replica's state (Figure 2, "State") with what every rule needs at hand. */
export interface NodeState extends Settings {
  readonly env: Env;
  /** More than half of all nodes. */
  readonly majority: number;

  /** Persistent on all servers, in cell `ballot` and log `log`. */
  term: number;
  votedFor: NodeId | null;
  readonly log: RaftLog;
  /** True if something was written that the current handler has to sync. */
  unsynced: boolean;

  /** Volatile on all servers but for snapshots; `commitIndex` is also `lastApplied`, as entries are applied as soon as they are committed. */
  commitIndex: number;
  store: ReplicatedStore;
  readonly makeStore: MakeStore;
  snapshot: Snapshot | undefined;
  /** The next snapshot is due when this index is applied. */
  snapshotDueIndex: number;
  role: "follower" | "pre-candidate" | "candidate" | "leader";
  /** Who leads the current term, as far as known. */
  leader: NodeId | null;
  /** Nodes that voted for this candidate in the current term, or would for this pre-candidate in the next. */
  readonly votes: Set<NodeId>;
  /** Defined if and only if `role` is `leader`. */
  leading: Leadership | undefined;
  /** When an election is due if nothing is heard before, monotonic milliseconds. */
  electionDueMs: number;
  /** When a current leader was last heard, or the node started; monotonic milliseconds. */
  heardLeaderMs: number;
  /** Only with the bug `lease-on-wall-clock`. */
  readonly wallLease: WallLease | undefined;
}

/** The state of a node that starts or restarts, from its disk. */
export function loadState(env: Env, settings: Settings, makeStore: MakeStore = replicatedStore): NodeState {
  const ballot = env.disk.read("ballot") as { term: number; votedFor: NodeId | null } | undefined;
  const saved = loadSnapshot(env.disk);
  const log = new RaftLog(env.disk, savedHead(saved));
  // A whole log that lost what was applied, as some bugs make it, is applied again from its start.
  const snapshot = saved && (saved.snapshot.index <= log.lastIndex || log.head.index > 0) ? saved.snapshot : undefined;
  return {
    ...settings,
    env,
    majority: majorityOf(env.nodes.length),
    term: ballot?.term ?? 0,
    votedFor: ballot?.votedFor ?? null,
    log,
    unsynced: false,
    commitIndex: snapshot?.index ?? 0,
    store: makeStore(snapshot?.store),
    makeStore,
    snapshot,
    snapshotDueIndex: nextSnapshotAfter(snapshot?.index ?? 0, settings),
    role: "follower",
    leader: null,
    votes: new Set(),
    leading: undefined,
    electionDueMs: 0,
    heardLeaderMs: env.monoMs(),
    wallLease:
      settings.reads === "lease" && settings.bug === "lease-on-wall-clock"
        ? { knownEndMs: env.wallMs() + MIN_ELECTION_MS, heldEndMs: Number.NEGATIVE_INFINITY }
        : undefined,
  };
}

/** Records term and vote; durable before any effect of this handler leaves. */
export function setBallot(s: NodeState, term: number, votedFor: NodeId | null): void {
  s.term = term;
  s.votedFor = votedFor;
  if (s.bug === "vote-not-persisted") return;
  s.env.disk.write("ballot", { term, votedFor });
  s.unsynced = true;
}

/** The handler changed the log: durable before any effect of this handler leaves. */
export function logChanged(s: NodeState): void {
  if (s.bug !== "unsynced-log") s.unsynced = true;
}

/** To be called at the end of every handler: persists before anything is answered (Figure 2, "Persistent state"). */
export function persist(s: NodeState): void {
  if (!s.unsynced) return;
  s.unsynced = false;
  s.env.disk.sync();
}

/** Puts off the next election by a newly drawn timeout (§5.2). */
export function postponeElection(s: NodeState): void {
  const spanMs = MAX_ELECTION_MS - MIN_ELECTION_MS + 1;
  s.electionDueMs = s.env.monoMs() + MIN_ELECTION_MS + Math.floor(s.env.random() * spanMs);
}

/** Starts the election timer. A running timer is not restarted at every heartbeat: it looks at `electionDueMs` instead. */
export function armElection(s: NodeState): void {
  postponeElection(s);
  s.env.setTimer("election", s.electionDueMs - s.env.monoMs());
}
