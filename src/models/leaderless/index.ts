import type { Model } from "../../core/model.ts";
import { BUGS } from "./bugs.ts";
import { LeaderlessClient } from "./client.ts";
import { leaderlessInvariants } from "./invariants.ts";
import { breaks, holds } from "./promises.ts";
import { LeaderlessReplica } from "./replica.ts";
import { OPTIONS, reject, settingsOf } from "./settings.ts";
import { SHOWCASE } from "./showcase.ts";

/** A ring of equal nodes: each key is kept by N of them, and any R or W of these are enough to read or write it. */
export const leaderless: Model = {
  name: "leaderless",
  title: "Leaderless replication (Dynamo)",
  source:
    "DeCandia et al., Dynamo: Amazon's Highly Available Key-value Store, SOSP 2007, §4.2-4.7; write-back: Attiya, Bar-Noy & " +
    "Dolev, Sharing Memory Robustly in Message-Passing Systems, JACM 1995; several writers: Lynch & Shvartsman, FTCS 1997",
  workloads: ["sessions", "set"],
  options: OPTIONS,
  bugs: BUGS,
  showcase: SHOWCASE,
  start: (env, config, bug) => new LeaderlessReplica(env, settingsOf(config, bug)),
  client: (env) => new LeaderlessClient(env),
  holds,
  breaks,
  invariants: leaderlessInvariants,
  reject,
};
