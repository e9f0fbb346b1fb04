import type { Model } from "../../core/model.ts";
import { BUGS } from "./bugs.ts";
import { CockroachClient } from "./client.ts";
import { cockroachInvariants } from "./invariants.ts";
import { breaks, holds } from "./promises.ts";
import { regionsOf } from "./ranges.ts";
import { CockroachReplica } from "./replica.ts";
import { MAX_SKEW_MS, OPTIONS, settingsOf } from "./settings.ts";
import { SHOWCASE } from "./showcase.ts";

/** CockroachDB: serializable transactions over ranges, ordered by hybrid clocks; a Raft group for each range. */
export const cockroach: Model = {
  name: "cockroach",
  title: "CockroachDB-like store",
  source:
    "Taft et al., CockroachDB: The Resilient Geo-Distributed SQL Database, SIGMOD 2020, §2 to §4; hybrid clocks: Kulkarni, " +
    "Demirbas, Madappa, Avva & Leone, Logical Physical Clocks, OPODIS 2014",
  workloads: [
    "register",
    "txn-append",
    "append",
    "bank",
    "txn-register",
    "write-skew",
    "long-fork",
    "causal-reverse",
    "set",
    "counter",
  ],
  options: OPTIONS,
  defaultNodes: 6,
  maxSkewMs: MAX_SKEW_MS,
  regionsOf,
  bugs: BUGS,
  showcase: SHOWCASE,
  start: (env, config, bug) => new CockroachReplica(env, settingsOf(config, bug)),
  client: (env) => new CockroachClient(env),
  holds,
  breaks,
  invariants: cockroachInvariants,
  reject: (_, nodes) =>
    nodes < 3 ? `a range on ${nodes} node${nodes === 1 ? "" : "s"} survives no failure: use at least 3` : undefined,
};
