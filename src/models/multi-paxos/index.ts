import type { Model } from "../../core/model.ts";
import { BUGS } from "./bugs.ts";
import { startClient } from "./client.ts";
import { multiPaxosInvariants } from "./invariants.ts";
import { breaks, holds } from "./promises.ts";
import { MultiPaxosReplica } from "./replica.ts";
import { OPTIONS, settingsOf } from "./settings.ts";

/** Multi-Paxos: a log of decrees, for which a stable leader skips phase 1. */
export const multiPaxos: Model = {
  name: "multi-paxos",
  title: "Multi-Paxos",
  source:
    "Lamport, Paxos Made Simple, 2001, §3; Chandra et al., Paxos Made Live, PODC 2007, §5; " +
    "van Renesse & Altinbuken, Paxos Made Moderately Complex, ACM CSUR 2015",
  workloads: ["register", "append", "set", "counter", "unique-ids"],
  options: OPTIONS,
  bugs: BUGS,
  start: (env, config, bug) => new MultiPaxosReplica(env, settingsOf(config, bug)),
  client: (env, config, bug) => startClient(env, settingsOf(config, bug)),
  holds,
  breaks,
  invariants: multiPaxosInvariants,
};
