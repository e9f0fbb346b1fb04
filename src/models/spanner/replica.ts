import type { NodeId } from "../../core/operation.ts";
import type { Env, Message, Replica, Request } from "../../core/replica.ts";
import { MultiPaxosReplica } from "../multi-paxos/replica.ts";
import { settingsOf as paxosSettings } from "../multi-paxos/settings.ts";
import { IntervalClock } from "../shared/clocks/interval.ts";
import { Group, type GroupMessage } from "../shared/group.ts";
import { nextLife } from "../shared/lives.ts";
import { Gateway } from "./gateway.ts";
import { machineOf } from "./machine.ts";
import type { PeerMessage } from "./messages.ts";
import { type Place, propose } from "./place.ts";
import { Reader } from "./reader.ts";
import { ERROR_MS, type Settings, TICK_MS } from "./settings.ts";
import { type Shard, shardsOf } from "./shards.ts";
import { ShardState } from "./state.ts";
import { Tenure } from "./tenure.ts";

const TICK = "tick";

/** A node: a replica of one shard (a spanserver with one tablet, OSDI 2012, §2.1), and a gateway to all. */
export class SpannerReplica implements Replica {
  readonly #env: Env;
  readonly #place: Place;
  readonly #gateway: Gateway;
  readonly #reader: Reader;
  readonly #life: number;
  #tenure: Tenure | undefined;
  /** The epoch that this node has asked its group to begin. */
  #opening: string | undefined;
  #epochs = 0;
  /** What the node has told itself. */
  readonly #toSelf: PeerMessage[] = [];

  constructor(env: Env, settings: Settings) {
    this.#env = env;
    this.#life = nextLife(env.disk);
    env.trace("life", { life: this.#life });
    const shards = shardsOf(env.nodes);
    const shard = shards.find(({ members }) => members.includes(env.id)) as Shard;
    const group = new Group(env, {
      name: shard.name,
      members: shard.members,
      start: (inner, makeStore) => new MultiPaxosReplica(inner, paxosSettings({ reads: "log" }), makeStore),
      machine: machineOf(settings, {
        assigned: (txn, atMs) => env.trace("assigned", { shard: shard.name, txn, atMs }),
        settled: (txn, at) => env.trace("settled", { shard: shard.name, txn, at }),
      }),
    });
    const state = new ShardState(() => group.contents);
    const errorMs = settings.bug === "error-understated" ? ERROR_MS / 20 : ERROR_MS;
    const clock = new IntervalClock(() => env.wallMs(), errorMs);
    const send = (to: NodeId, message: PeerMessage): void => {
      if (to === env.id) this.#toSelf.push(message);
      else env.send(to, message);
    };
    const sendAll = (name: string, message: PeerMessage): void => {
      for (const one of shards) if (one.name === name) for (const member of one.members) send(member, message);
    };
    this.#place = { env, settings, clock, shards, shard, group, state, send, sendAll };
    this.#gateway = new Gateway(this.#place, this.#life);
    this.#reader = new Reader(this.#place);
    env.setTimer(TICK, TICK_MS);
  }

  onMessage(from: NodeId, message: Message): void {
    if (message.type === "group") this.#place.group.onMessage(from, message as GroupMessage);
    else this.#receive(from, message as PeerMessage);
    this.#finish();
  }

  onTimer(name: string): void {
    const { group } = this.#place;
    if (name.startsWith(`${group.name}/`)) group.onTimer(name);
    else if (name === TICK) {
      this.#env.setTimer(TICK, TICK_MS);
      this.#gateway.onTick();
      this.#tenure?.onTick();
    } else if (!this.#gateway.onTimer(name)) this.#tenure?.coordinator.onCommitWait();
    this.#finish();
  }

  onRequest(request: Request): void {
    this.#gateway.onRequest(request);
    this.#finish();
  }

  #receive(from: NodeId, message: PeerMessage): void {
    switch (message.type) {
      case "lock":
        this.#tenure?.onLock(from, message);
        break;
      case "release":
        this.#tenure?.onRelease(message);
        break;
      case "prepare":
        this.#tenure?.onPrepare(message);
        break;
      case "commit":
        this.#tenure?.coordinator.onCommit(from, message);
        break;
      case "vote":
        this.#tenure?.coordinator.onVote(message);
        break;
      case "outcome":
        this.#tenure?.onOutcome(message);
        break;
      case "advance":
        this.#tenure?.onAdvance(message);
        break;
      case "locked":
        this.#gateway.onLocked(from, message);
        break;
      case "wounded":
        this.#gateway.onWounded(message);
        break;
      case "decided":
        this.#gateway.onDecided(message);
        break;
      case "values":
        this.#gateway.onValues(message);
        break;
      case "read-at":
        if (this.#place.settings.reads === "replica" || this.#tenure) this.#reader.onReadAt(from, message);
        break;
      case "copy": {
        const { shard, state, send } = this.#place;
        const values = [[message.key, state.valueAt(message.key)] as const];
        send(from, { type: "values", read: message.read, shard: shard.name, values });
        break;
      }
    }
  }

  /** Hears what the node has told itself, begins or ends to lead, and answers reads that have become safe. */
  #finish(): void {
    this.#followLeadership();
    this.#hearSelf();
    this.#reader.flush();
    this.#hearSelf();
  }

  #hearSelf(): void {
    for (let message = this.#toSelf.shift(); message; message = this.#toSelf.shift())
      this.#receive(this.#env.id, message);
  }

  /** A leader serves once a command of its own is done: its copy then holds all that was decided before. */
  #followLeadership(): void {
    const { group, state } = this.#place;
    if (this.#tenure && (!group.leads || state.epoch !== this.#tenure.epoch)) {
      this.#tenure.end();
      this.#tenure = undefined;
    }
    if (!group.leads) this.#opening = undefined;
    if (!group.leads || this.#tenure || this.#opening !== undefined) return;
    const epoch = `${this.#env.id}.${this.#life}.${++this.#epochs}`;
    this.#opening = epoch;
    propose(this.#place, { f: "lead", input: { epoch } }, (outcome) => {
      if (this.#opening !== epoch) return;
      this.#opening = undefined;
      if (outcome.type === "ok" && group.leads && state.epoch === epoch) this.#tenure = new Tenure(this.#place, epoch);
    });
  }
}
