import type { Model } from "../../core/model.ts";
import { BUGS } from "./bugs.ts";
import { SingleLeaderClient } from "./client.ts";
import { singleLeaderInvariants } from "./invariants.ts";
import { breaks, holds } from "./promises.ts";
import { SingleLeaderReplica } from "./replica.ts";
import { OPTIONS, settingsOf } from "./settings.ts";
import { SHOWCASE } from "./showcase.ts";

/** Single-leader replication: one node takes all writes and streams its log to followers. */
export const singleLeader: Model = {
  name: "single-leader",
  title: "Single-leader replication",
  source:
    "Kleppmann, Designing Data-Intensive Applications (2017), ch. 5, 'Leaders and Followers' and 'Problems with " +
    "Replication Lag'; fencing: Howard, Malkhi & Spiegelman, Flexible Paxos (OPODIS 2016), §4",
  workloads: ["append", "register", "set", "counter", "unique-ids", "long-fork"],
  options: OPTIONS,
  bugs: BUGS,
  showcase: SHOWCASE,
  start: (env, config, bug) => new SingleLeaderReplica(env, settingsOf(config, bug)),
  client: (env, config, bug) => new SingleLeaderClient(env, settingsOf(config, bug)),
  holds,
  breaks,
  invariants: singleLeaderInvariants,
  reject: (_config, nodes) =>
    nodes < 2 ? "single-leader replication needs a follower: give at least 2 nodes, better 3" : undefined,
};
