import type { Model } from "../../core/model.ts";
import { BUGS } from "./bugs.ts";
import { startClient } from "./client.ts";
import { raftInvariants } from "./invariants.ts";
import { breaks, holds } from "./promises.ts";
import { startReplica } from "./replica.ts";
import { OPTIONS, settingsOf } from "./settings.ts";
import { SHOWCASE } from "./showcase.ts";

/** Raft: one elected leader orders all commands in a replicated log. */
export const raft: Model = {
  name: "raft",
  title: "Raft consensus",
  source:
    "Ongaro & Ousterhout, In Search of an Understandable Consensus Algorithm (Extended Version), 2014, §5 to §8; " +
    "Ongaro, Consensus: Bridging Theory and Practice, 2014, §3.10, ch. 4, ch. 6 and §9.6",
  workloads: ["register", "append", "set", "counter", "unique-ids"],
  options: OPTIONS,
  bugs: BUGS,
  showcase: SHOWCASE,
  start: (env, config, bug) => startReplica(env, settingsOf(config, bug)),
  client: (env, config, bug) => startClient(env, settingsOf(config, bug)),
  holds,
  breaks,
  invariants: raftInvariants,
  reject: (config, nodes) => {
    if (nodes < 1) return `a Raft cluster of ${nodes} nodes cannot elect a leader: use at least 1`;
    const { membership, leadership } = settingsOf(config);
    if (nodes < 2 && membership !== "fixed")
      return "a single node cannot be replaced: use membership fixed, or more nodes";
    if (nodes < 2 && leadership === "transfers")
      return "a single node can hand over to nobody: use leadership stays, or more nodes";
    return undefined;
  },
};
