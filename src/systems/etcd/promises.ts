import type { ConsistencyModel } from "../../core/consistency.ts";
import type { Conditions } from "../../core/model.ts";
import { chosen } from "../shared/settings.ts";
import { OPTIONS } from "./settings.ts";

const serializable = ({ config }: Conditions): boolean => chosen(OPTIONS, config, "reads") === "serializable-reads";

/**
 * etcd promises strict serializability, and only serializability for reads from a node's copy. A session that stays on
 * its node gets more: the order of the log, with each read behind what its node had applied, is `sequential`.
 *
 * - A node answers a write when it has applied it itself, so that it is on the copy that the session reads next.
 * - What a copy has shown is committed, so that the session's next write comes behind it in the log.
 * - A copy does not go back when its node is started again: it serves nobody until an entry of its own ("published")
 *   has gone through the log and was applied, and with it all before. (So in 3.4. Later versions have
 *   `wait-cluster-ready-timeout`: they serve after 5 s without a quorum, too, so that this has to be looked at again.)
 *
 * No argument depends on time, so the kinds of fault do not matter.
 */
export const holds = (conditions: Conditions): ConsistencyModel[] =>
  serializable(conditions) ? ["sequential", "eventual", "durable"] : ["linearizable", "eventual"];

/** The copy of a node that is cut off falls behind what others have had acknowledged. */
export const breaks = (conditions: Conditions): ConsistencyModel[] =>
  serializable(conditions) && conditions.faults.has("partition") ? ["linearizable"] : [];
