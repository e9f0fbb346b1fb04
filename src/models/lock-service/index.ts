import type { Model } from "../../core/model.ts";
import { logInvariants } from "../raft/invariants.ts";
import { inEachGroup } from "../shared/group.ts";
import { BUGS } from "./bugs.ts";
import { LockServiceClient } from "./client.ts";
import { breaks, holds } from "./promises.ts";
import { LockServiceReplica } from "./replica.ts";
import { OPTIONS, settingsOf } from "./settings.ts";
import { SHOWCASE } from "./showcase.ts";

/** Locks of a replicated service: they go with sessions that clients must renew, and come with fencing tokens. */
export const lockService: Model = {
  name: "lock-service",
  title: "Lock service with sessions",
  source:
    "Hunt, Konar, Junqueira & Reed, ZooKeeper, USENIX ATC 2010, §2.2 and §2.4; sequencers: Burrows, Chubby, OSDI 2006, " +
    "§2.4; leases: Gray & Cheriton, SOSP 1989; etcd's documentation on leases, and Kingsbury, Jepsen: etcd 3.4.3, 2020",
  workloads: ["lock"],
  options: OPTIONS,
  clientFaults: ["client-pause"],
  bugs: BUGS,
  showcase: SHOWCASE,
  start: (env, config, bug) => new LockServiceReplica(env, settingsOf(config, bug)),
  client: (env, config, bug) => new LockServiceClient(env, settingsOf(config, bug)),
  holds,
  breaks,
  invariants: () => inEachGroup(logInvariants),
};
