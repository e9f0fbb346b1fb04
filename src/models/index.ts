import type { Model } from "../core/model.ts";
import { causalStore } from "./causal/index.ts";
import { cockroach } from "./cockroach/index.ts";
import { crdt } from "./crdt/index.ts";
import { dynamodb } from "./dynamodb/index.ts";
import { isolation } from "./isolation/index.ts";
import { leaderless } from "./leaderless/index.ts";
import { lockService } from "./lock-service/index.ts";
import { multiLeader } from "./multi-leader/index.ts";
import { multiPaxos } from "./multi-paxos/index.ts";
import { operationalTransformation } from "./operational-transformation/index.ts";
import { paxos } from "./paxos/index.ts";
import { raft } from "./raft/index.ts";
import { redlock } from "./redlock/index.ts";
import { singleLeader } from "./single-leader/index.ts";
import { spanner } from "./spanner/index.ts";
import { zab } from "./zab/index.ts";

/** All bundled models by name. */
export const MODELS: Readonly<Record<string, Model>> = {
  raft,
  paxos,
  "multi-paxos": multiPaxos,
  zab,
  "single-leader": singleLeader,
  "multi-leader": multiLeader,
  leaderless,
  causal: causalStore,
  crdt,
  "operational-transformation": operationalTransformation,
  spanner,
  cockroach,
  dynamodb,
  isolation,
  redlock,
  "lock-service": lockService,
};
