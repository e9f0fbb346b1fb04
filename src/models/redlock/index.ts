import type { Model } from "../../core/model.ts";
import { BUGS } from "./bugs.ts";
import { RedlockClient } from "./client.ts";
import { breaks, holds } from "./promises.ts";
import { RedlockReplica } from "./replica.ts";
import { OPTIONS, settingsOf } from "./settings.ts";
import { SHOWCASE } from "./showcase.ts";

/** Redlock: a lock is a key on a majority of nodes that know nothing of each other, for a limited time. */
export const redlock: Model = {
  name: "redlock",
  title: "Locks by Redlock",
  source:
    "Distributed Locks with Redis (redis.io manual, by Sanfilippo), and its analysis: Kleppmann, How to do distributed " +
    "locking, 2016; Sanfilippo, Is Redlock safe?, 2016; leases: Gray & Cheriton, SOSP 1989",
  workloads: ["lock"],
  options: OPTIONS,
  clientFaults: ["client-pause"],
  bugs: BUGS,
  showcase: SHOWCASE,
  defaultNodes: 5,
  start: (env, config, bug) => new RedlockReplica(env, settingsOf(config, bug)),
  client: (env, config, bug) => new RedlockClient(env, settingsOf(config, bug)),
  holds,
  breaks,
};
