import type { Model } from "../../core/model.ts";
import { paxosInvariants } from "../shared/paxos-invariants.ts";
import { BUGS } from "./bugs.ts";
import { startClient } from "./client.ts";
import { breaks, holds } from "./promises.ts";
import { PaxosReplica } from "./replica.ts";
import { OPTIONS, settingsOf } from "./settings.ts";

/** Single-decree Paxos: each key takes one value, once and for all, and any node may propose it. */
export const paxos: Model = {
  name: "paxos",
  title: "Paxos, single-decree",
  source: "Lamport, Paxos Made Simple, 2001, §2; Lamport, The Part-Time Parliament, TOCS 1998, §2",
  workloads: ["decree"],
  options: OPTIONS,
  bugs: BUGS,
  start: (env, config, bug) => new PaxosReplica(env, settingsOf(config, bug)),
  client: (env, config, bug) => startClient(env, settingsOf(config, bug)),
  holds,
  breaks,
  invariants: paxosInvariants,
};
