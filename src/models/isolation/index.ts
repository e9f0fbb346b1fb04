import type { Model } from "../../core/model.ts";
import { BUGS } from "./bugs.ts";
import { IsolationClient } from "./client.ts";
import { isolationInvariants } from "./invariants.ts";
import { breaks, holds } from "./promises.ts";
import { IsolationReplica } from "./replica.ts";
import { OPTIONS, settingsOf } from "./settings.ts";

/** A transactional store of one node, at one of the levels of isolation. */
export const isolation: Model = {
  name: "isolation",
  title: "Isolation levels of one node",
  source:
    "Berenson, Bernstein, Gray, Melton, O'Neil & O'Neil, A Critique of ANSI SQL Isolation Levels, SIGMOD 1995, §2-4; locking: " +
    "Bernstein, Hadzilacos & Goodman, Concurrency Control and Recovery in Database Systems, 1987, ch. 3; serializable " +
    "snapshots: Cahill, Röhm & Fekete, SIGMOD 2008, §3; parallel ones: Sovran, Power, Aguilera & Li, SOSP 2011",
  workloads: ["txn-append", "txn-register", "write-skew", "long-fork", "bank", "append", "register"],
  options: OPTIONS,
  defaultNodes: 1,
  bugs: BUGS,
  start: (env, config, bug) => new IsolationReplica(env, settingsOf(config, bug)),
  client: (env) => new IsolationClient(env),
  holds,
  breaks,
  invariants: isolationInvariants,
  reject: (_config, nodes) => (nodes === 1 ? undefined : `isolation is about one node, not ${nodes}: give --nodes 1`),
};
