import type { Model } from "../../core/model.ts";
import { BUGS } from "./bugs.ts";
import { ZabClient } from "./client.ts";
import { zabInvariants } from "./invariants.ts";
import { breaks, holds } from "./promises.ts";
import { ZabReplica } from "./replica.ts";
import { OPTIONS, settingsOf } from "./settings.ts";
import { SHOWCASE } from "./showcase.ts";

/** Atomic broadcast as in ZooKeeper: a primary broadcasts changes of state, and every server answers reads by itself. */
export const zab: Model = {
  name: "zab",
  title: "Zab atomic broadcast (ZooKeeper)",
  source:
    "Junqueira, Reed & Serafini, Zab: High-performance Broadcast for Primary-Backup Systems, DSN 2011, §3-5; sessions: " +
    "Hunt, Konar, Junqueira & Reed, ZooKeeper, USENIX ATC 2010, §2.3 and §4; elections: Medeiros, ZooKeeper's Atomic " +
    "Broadcast Protocol, 2012, §4",
  workloads: ["append", "register", "set"],
  options: OPTIONS,
  bugs: BUGS,
  showcase: SHOWCASE,
  start: (env, config, bug) => new ZabReplica(env, settingsOf(config, bug)),
  client: (env, config, bug) => new ZabClient(env, settingsOf(config, bug)),
  holds,
  breaks,
  invariants: zabInvariants,
  reject: (_config, nodes) => (nodes < 1 ? `${nodes} servers have no quorum: use at least 1, better 3` : undefined),
};
