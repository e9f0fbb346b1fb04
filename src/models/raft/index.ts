import type { Model, ModelConfig } from "../../core/model.ts";
import { BUGS, type BugName } from "./bugs.ts";
import { startClient } from "./client.ts";
import { raftInvariants } from "./invariants.ts";
import { startReplica } from "./replica.ts";
import { SHOWCASE } from "./showcase.ts";
import type { ReadMode } from "./state.ts";

const readMode = (config: ModelConfig): ReadMode => (config.reads ?? "log") as ReadMode;

/** Raft: one elected leader orders all commands in a replicated log. */
export const raft: Model = {
  name: "raft",
  title: "Raft consensus",
  source:
    "Ongaro & Ousterhout, In Search of an Understandable Consensus Algorithm (Extended Version), 2014, §5 and §8; " +
    "Ongaro, Consensus: Bridging Theory and Practice, 2014, §6.3 and §6.4",
  workloads: ["register", "append", "set", "counter", "unique-ids"],
  options: {
    reads: {
      description: "how a read is answered",
      values: {
        log: "as a command: it goes through the log",
        "read-index": "by the leader, after a majority confirmed that it still leads",
        lease: "by the leader at once, while a lease on its monotonic clock runs",
        local: "by the node the client is connected to, from its own copy, however old",
      },
    },
  },
  bugs: BUGS,
  showcase: SHOWCASE,
  start: (env, config, bug) => startReplica(env, readMode(config), bug as BugName | undefined),
  client: (env, config, bug) => startClient(env, readMode(config), bug as BugName | undefined),
  holds: ({ config }) =>
    // In mode `local` all copies are prefixes of one log; a session is shown no less than it saw, and its commands come
    // after that.
    readMode(config) === "local"
      ? ["monotonic-reads", "monotonic-writes", "writes-follow-reads", "eventual", "durable"]
      : ["linearizable", "eventual"],
  breaks: ({ config }) => (readMode(config) === "local" ? ["read-your-writes"] : []),
  invariants: raftInvariants,
  reject: (_config, nodes) =>
    nodes < 1 ? `a Raft cluster of ${nodes} nodes cannot elect a leader: use at least 1` : undefined,
};
