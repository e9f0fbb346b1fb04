import type { Json } from "../../core/json.ts";
import type { Invariant } from "../../core/model.ts";
import type { NodeId, Outcome } from "../../core/operation.ts";
import type { Env, Message, Replica, Reply } from "../../core/replica.ts";
import type { LoggedOp, MakeStore, ReplicatedStore, SavedStore } from "./exactly-once.ts";
import type { Contents } from "./key-value.ts";
import type { LeaderReplyContext } from "./leader-client.ts";
import { nextLife } from "./lives.ts";

/**
 * Applies a command of a group's log to a copy of its state, and answers it. Deterministic, and it must bear to be given a
 * command again: there is no session table, a group's commands come from its own nodes, and these tell their retries apart.
 */
export type Machine = (contents: Contents, op: LoggedOp) => Outcome;

/** A replicated log to be run by a group, such as Raft's: a replica whose commands go to the store that it is given. */
export type StartMember = (env: Env, makeStore: MakeStore) => Replica;

export interface GroupOptions {
  /** Unique among the groups of a cluster; no slash in it. */
  readonly name: string;
  /** In order; this node is one of them. */
  readonly members: readonly NodeId[];
  readonly start: StartMember;
  readonly machine: Machine;
}

/** What became of a command; `leader` is who leads as far as known, where this node does not. */
export type OnDone = (outcome: Outcome, leader: NodeId | null | undefined) => void;

/** A message of a group between two of its members. */
export type GroupMessage = Message & { readonly type: "group"; readonly group: string; readonly message: Message };

/**
 * A node's share in a group of replicas, several of which may live on one node: a range, a shard, a partition. Timers, cells,
 * logs and traces of each have names of their own, and its messages travel in envelopes.
 *
 * The node gives it the messages of type `group` and the timers whose name begins with `<name>/`.
 */
export class Group {
  readonly name: string;
  readonly members: readonly NodeId[];
  readonly #env: Env;
  readonly #replica: Replica;
  readonly #waiting = new Map<number, OnDone>();
  readonly #proposer: string;
  #store: ReplicatedStore;
  #leads = false;
  #lastId = 0;

  constructor(env: Env, { name, members, start, machine }: GroupOptions) {
    this.#env = env;
    this.name = name;
    this.members = members;
    // A command of an earlier life must not be taken for one of this.
    this.#proposer = `${env.id}.${nextLife(env.disk, `${name}/lives`)}`;
    this.#store = machineStore(machine);
    this.#replica = start(this.#inner(), (saved) => {
      this.#store = machineStore(machine, saved);
      return this.#store;
    });
  }

  /** True while this node believes that it leads the group. What its predecessors committed may not all be applied yet: a command that is done is after all that. */
  get leads(): boolean {
    return this.#leads;
  }

  /** What this node's copy holds now. Not to be changed but by commands. */
  get contents(): ReadonlyMap<string, Json> {
    return this.#store.contents;
  }

  /**
   * Has a command done by the group, if this node leads it: else, or if leadership is lost, `fail` (it certainly was not and
   * will not be applied) or `info` (it may yet be). Never answered if the node crashes first.
   */
  propose(op: LoggedOp, onDone: OnDone): void {
    const id = ++this.#lastId;
    this.#waiting.set(id, onDone);
    this.#replica.onRequest({ id, client: `${this.#proposer}.${id}`, op, context: null });
  }

  onMessage(from: NodeId, { message }: GroupMessage): void {
    this.#replica.onMessage(from, message);
  }

  onTimer(name: string): void {
    this.#replica.onTimer(name.slice(this.name.length + 1));
  }

  /** The world as the group's replica sees it. */
  #inner(): Env {
    const { name, members } = this;
    const env = this.#env;
    const named = (what: string): string => `${name}/${what}`;
    return {
      id: env.id,
      nodes: members,
      peers: members.filter((member) => member !== env.id),
      wallMs: () => env.wallMs(),
      monoMs: () => env.monoMs(),
      random: () => env.random(),
      send: (to, message) => env.send(to, { type: "group", group: name, message }),
      setTimer: (timer, afterMs) => env.setTimer(named(timer), afterMs),
      clearTimer: (timer) => env.clearTimer(named(timer)),
      disk: {
        read: (cell) => env.disk.read(named(cell)),
        write: (cell, value) => env.disk.write(named(cell), value),
        records: (log) => env.disk.records(named(log)),
        append: (log, record) => env.disk.append(named(log), record),
        truncate: (log, length) => env.disk.truncate(named(log), length),
        sync: () => env.disk.sync(),
      },
      reply: ({ id }, reply) => this.#done(id, reply),
      trace: (event, detail) => {
        if (event === "leader") this.#leads = true;
        else if (event === "follower") this.#leads = false;
        env.trace(event, { ...detail, group: name });
      },
    };
  }

  #done(id: number, { outcome, context }: Reply): void {
    const onDone = this.#waiting.get(id);
    this.#waiting.delete(id);
    const { leader } = (context ?? {}) as LeaderReplyContext;
    onDone?.(outcome, leader);
  }
}

/** A store that applies every command as it comes. */
function machineStore(machine: Machine, saved?: SavedStore): ReplicatedStore {
  const contents: Contents = new Map(saved?.contents);
  return {
    contents,
    apply: (_client, _seq, op) => machine(contents, op),
    answered: () => undefined,
    read: (key) => contents.get(key ?? "") ?? null,
    save: () => ({ contents: [...contents], sessions: [] }),
  };
}

/** Invariants of a replicated log, kept for each group of a cluster by itself. */
export function inEachGroup(make: () => readonly Invariant[]): Invariant[] {
  return make().map(({ name, source }, i) => {
    const ofGroup = new Map<string, Invariant>();
    return {
      name,
      source,
      onTrace: (node, event, detail) => {
        const { group, ...rest } = detail;
        if (typeof group !== "string") return undefined;
        const one = ofGroup.get(group) ?? make()[i];
        if (one === undefined) return undefined;
        ofGroup.set(group, one);
        const ruling = one.onTrace(node, event, rest);
        return typeof ruling === "string" ? `group ${group}: ${ruling}` : ruling;
      },
    };
  });
}
