import type { Json } from "../../core/json.ts";
import type { Invocation, NodeId, Outcome } from "../../core/operation.ts";
import type { Env, Message, Replica, Request } from "../../core/replica.ts";
import { MultiPaxosReplica } from "../multi-paxos/replica.ts";
import { settingsOf as paxosSettings } from "../multi-paxos/settings.ts";
import { Group, type OnDone, type StartMember } from "../shared/group.ts";
import { isRead } from "../shared/key-value.ts";
import type { LeaderReplyContext, LeaderRequestContext } from "../shared/leader-client.ts";
import type { PeerMessage } from "./messages.ts";
import { groupName, partitionOf, placeOf, preferredLeader, type Region } from "./regions.ts";
import { POLL_TIMER, Replicator } from "./replicator.ts";
import { PARTITIONS, type Settings } from "./settings.ts";
import { itemCell, positionIn, readItem, tableMachine, updateItem, valueIn } from "./table.ts";

/** A storage node: a replica of every partition of its region, some of which it leads (Elhemali et al., ATC 2022, §3). */
export class DynamoReplica implements Replica {
  readonly #env: Env;
  readonly #settings: Settings;
  /** By partition. */
  readonly #groups: readonly Group[];
  readonly #replicator: Replicator | undefined;

  constructor(env: Env, settings: Settings) {
    this.#env = env;
    this.#settings = settings;
    const { home, other } = placeOf(env.id, env.nodes, settings.tables);
    this.#groups = Array.from({ length: PARTITIONS }, (_, partition) =>
      startGroup(env, settings, partition, home, other),
    );
    if (other !== undefined) this.#replicator = new Replicator({ env, groups: this.#groups, other, bug: settings.bug });
  }

  onMessage(from: NodeId, raw: Message): void {
    const message = raw as PeerMessage;
    if (message.type !== "group") this.#replicator?.onMessage(from, message);
    else this.#groups.find(({ name }) => name === message.group)?.onMessage(from, message);
  }

  onTimer(name: string): void {
    if (name === POLL_TIMER) this.#replicator?.onTimer();
    else this.#groups.find((group) => name.startsWith(`${group.name}/`))?.onTimer(name);
  }

  onRequest(request: Request): void {
    const { op } = request;
    const { key = "" } = op;
    const group = this.#groups[partitionOf(key)];
    if (group === undefined) throw new Error(`no partition has ${key}`);
    if (
      isRead(op) &&
      (op.final || this.#settings.consistency === "eventual" || this.#isBug("strong-read-at-replica"))
    ) {
      this.#env.reply(request, { outcome: { type: "ok", value: valueIn(group.contents.get(itemCell(key))) } });
      return;
    }
    const onDone: OnDone = (outcome, leader) => {
      const context: LeaderReplyContext = leader === undefined ? {} : { leader };
      this.#env.reply(request, { outcome: isRead(op) ? shown(outcome) : outcome, context });
    };
    if (isRead(op)) group.propose(readItem(key), onDone);
    else this.#write(request, key, group, onDone);
  }

  #write({ id, client, op, context }: Request, key: string, group: Group, onDone: OnDone): void {
    const { seq = id } = (context ?? {}) as Partial<LeaderRequestContext>;
    const nowMs = Math.floor(this.#env.wallMs());
    let { f, input }: Invocation = op;
    if (f === "cas" && group.leads && this.#isBug("condition-checked-outside-log")) {
      const [from, to] = input as readonly [Json, Json];
      if (valueIn(group.contents.get(itemCell(key))) !== from) {
        onDone(
          { type: "fail", error: { name: "precondition-failed", text: "the leader's copy holds another value" } },
          undefined,
        );
        return;
      }
      [f, input] = ["write", to];
    }
    group.propose(updateItem(key, { client, seq, f, input, nowMs }), onDone);
  }

  #isBug(bug: Settings["bug"]): boolean {
    return this.#settings.bug === bug;
  }
}

/** A strongly consistent read gives the item as it is stored. */
const shown = (outcome: Outcome): Outcome =>
  outcome.type === "ok" ? { type: "ok", value: valueIn(outcome.value) } : outcome;

function startGroup(env: Env, { bug }: Settings, partition: number, home: Region, other: Region | undefined): Group {
  // What a restart applies again was told before.
  let isStarted = false;
  const name = groupName(home, partition);
  const group = new Group(env, {
    name,
    members: home.nodes,
    start: startMember(preferredLeader(home, partition) === env.id, bug),
    machine: tableMachine({
      region: home.name,
      streamed: other !== undefined,
      bug,
      trace: (event, detail) => {
        if (isStarted) env.trace(event, { ...detail, stream: name, partition });
      },
    }),
  });
  isStarted = true;
  if (other !== undefined) env.trace("streams", { partition, upTo: positionIn(group.contents) });
  return group;
}

/** The share of election timeouts, counted from the shortest, that the preferred leader draws from; the others have the rest. */
const EAGER_SHARE = 0.3;

/** A replica of a partition. Strongly consistent reads are the leader's, under a lease; at first the preferred one will lead. */
const startMember =
  (isPreferred: boolean, bug: Settings["bug"]): StartMember =>
  (env, makeStore) => {
    const random = (): number =>
      isPreferred ? EAGER_SHARE * env.random() : EAGER_SHARE + (1 - EAGER_SHARE) * env.random();
    const settings = paxosSettings({ reads: "lease" }, bug === "lease-outlived" ? "deposed-leader-reads" : undefined);
    return new MultiPaxosReplica({ ...env, random }, settings, makeStore);
  };
