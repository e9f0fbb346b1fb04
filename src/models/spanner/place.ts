import type { NodeId, Outcome } from "../../core/operation.ts";
import type { Env } from "../../core/replica.ts";
import type { IntervalClock } from "../shared/clocks/interval.ts";
import type { Group } from "../shared/group.ts";
import type { Command } from "./machine.ts";
import type { PeerMessage, Stamp } from "./messages.ts";
import type { Settings } from "./settings.ts";
import type { Shard } from "./shards.ts";
import type { ShardState } from "./state.ts";

/** What the parts of a node have in common. */
export interface Place {
  readonly env: Env;
  readonly settings: Settings;
  readonly clock: IntervalClock;
  readonly shards: readonly Shard[];
  /** The one that this node belongs to, its group, and what this node's copy holds. */
  readonly shard: Shard;
  readonly group: Group;
  readonly state: ShardState;
  /** To another node, or to this one: what it tells itself comes when the handler is done. */
  send(to: NodeId, message: PeerMessage): void;
  /** To all members of a shard. */
  sendAll(shard: string, message: PeerMessage): void;
}

/** Has a command done by this node's group. */
export const propose = ({ group }: Place, { f, input }: Command, onDone: (outcome: Outcome) => void): void =>
  group.propose({ f, input }, onDone);

/** What a command yielded that assigns a timestamp or an outcome; `undefined` if it was not done, or perhaps not. */
export const stampIn = (outcome: Outcome): Stamp | undefined =>
  outcome.type === "ok" ? (outcome.value as Stamp) : undefined;

/** True if the group certainly has not done the command and will not. */
export const isRefused = (outcome: Outcome): boolean => outcome.type === "fail";
