import type { Model } from "../../core/model.ts";
import { BUGS } from "./bugs.ts";
import { DynamoClient } from "./client.ts";
import { dynamoInvariants } from "./invariants.ts";
import { breaks, holds } from "./promises.ts";
import { DynamoReplica } from "./replica.ts";
import { OPTIONS, REPLICAS, settingsOf } from "./settings.ts";
import { SHOWCASE } from "./showcase.ts";

/** What a global table can be used for: it settles conflicts by whole items, and loses what was put into the same one elsewhere. */
const GLOBAL_WORKLOADS: readonly string[] = ["register", "sessions"];

/**
 * A partitioned table: a Multi-Paxos group for each partition, and for global tables change streams between two regions. Left out
 * are log replicas, which have the log without the items, the archive of logs, and the splitting of partitions.
 */
export const dynamodb: Model = {
  name: "dynamodb",
  title: "DynamoDB-like store",
  source:
    "Elhemali et al., Amazon DynamoDB: A Scalable, Predictably Performant, and Fully Managed NoSQL Database Service, " +
    "USENIX ATC 2022, §3; Amazon DynamoDB Developer Guide: read consistency, condition expressions, streams, " +
    "global tables (version 2019.11.21)",
  workloads: ["register", "sessions", "append", "set", "counter", "unique-ids"],
  options: OPTIONS,
  defaultNodes: 2 * REPLICAS,
  bugs: BUGS,
  showcase: SHOWCASE,
  start: (env, config, bug) => new DynamoReplica(env, settingsOf(config, bug)),
  client: (env, config, bug) => new DynamoClient(env, settingsOf(config, bug)),
  holds,
  breaks,
  invariants: dynamoInvariants,
  reject: (config, nodes, workload) => {
    if (nodes < REPLICAS) return `a partition is replicated to ${REPLICAS} nodes: give at least so many`;
    if (settingsOf(config).tables !== "global") return undefined;
    if (nodes % 2 > 0 || nodes < 2 * REPLICAS)
      return `a global table has two regions of equal size, of ${REPLICAS} nodes at least: give ${2 * REPLICAS} nodes`;
    if (!GLOBAL_WORKLOADS.includes(workload))
      return `a global table settles conflicts by whole items and loses updates in them: give the workload ${GLOBAL_WORKLOADS.join(" or ")}`;
    return undefined;
  },
};
