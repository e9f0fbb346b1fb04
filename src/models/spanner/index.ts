import type { Model } from "../../core/model.ts";
import { BUGS } from "./bugs.ts";
import { SpannerClient } from "./client.ts";
import { spannerInvariants } from "./invariants.ts";
import { breaks, holds } from "./promises.ts";
import { SpannerReplica } from "./replica.ts";
import { ERROR_MS, OPTIONS, settingsOf } from "./settings.ts";

/** Two shards, each a Paxos group; two-phase commit between them, and timestamps from clocks that know their error. */
export const spanner: Model = {
  name: "spanner",
  title: "Spanner-like store",
  source:
    "Corbett et al., Spanner: Google's Globally-Distributed Database, OSDI 2012, §2.1, §3 and §4; two-phase commit: Bernstein, " +
    "Hadzilacos & Goodman, Concurrency Control and Recovery in Database Systems, 1987, §7.4",
  workloads: [
    "txn-append",
    "txn-register",
    "bank",
    "write-skew",
    "long-fork",
    "causal-reverse",
    "append",
    "register",
    "set",
    "counter",
  ],
  options: OPTIONS,
  defaultNodes: 6,
  maxSkewMs: ERROR_MS,
  bugs: BUGS,
  start: (env, config, bug) => new SpannerReplica(env, settingsOf(config, bug)),
  client: (env) => new SpannerClient(env),
  holds,
  breaks,
  invariants: spannerInvariants,
  reject: (_config, nodes) => (nodes < 2 ? "two shards need a node each: give at least 2, better 6" : undefined),
};
