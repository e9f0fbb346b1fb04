import type { ConsistencyModel } from "../../core/consistency.ts";
import type { Conditions } from "../../core/model.ts";

/**
 * The strongest models that hold, whatever faults strike. Transactions are in the order of their timestamps:
 *
 * - One that writes holds all its locks when it is prepared everywhere, and its timestamp is above all that was assigned,
 *   applied or read at in its shards before. One that only reads sees all of its timestamp and before in each shard, for
 *   none gets such a timestamp there later: `serializable`, whatever clocks say.
 * - A commit's timestamp is no earlier than the moment when it was asked for, and nobody sees it before that timestamp has
 *   passed; a read's is no earlier than the moment when it began. So what is seen before something begins has an earlier
 *   timestamp, if clocks keep to their bound: `strict-serializable`, and `linearizable` for single keys (OSDI 2012, §4.1.2).
 * - A group's log is in the end the same on all its nodes: `eventual`. What is acknowledged is in the coordinator's log, and
 *   the others apply it or ask until they do: `durable`.
 */
export const holds = ({ clocksBeyondBound = false }: Conditions): ConsistencyModel[] =>
  clocksBeyondBound
    ? ["serializable", "eventual", "durable", "balanced"]
    : ["strict-serializable", "linearizable", "eventual", "balanced"];

/** The weakest models that are seen to break. */
export const breaks = ({ clocksBeyondBound = false }: Conditions): ConsistencyModel[] =>
  clocksBeyondBound ? ["strict-serializable"] : [];
