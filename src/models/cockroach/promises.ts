import type { ConsistencyModel } from "../../core/consistency.ts";
import type { Conditions } from "../../core/model.ts";

/**
 * The strongest models that hold, whatever faults strike, where leaseholders are makes no difference:
 *
 * - A committed transaction has all its effects at one stamp: its writes have that of its record, and its reads were made or
 *   refreshed there. No write goes below a read of its key (the timestamp cache, and leases that are disjoint in the time of
 *   stamps), and none is overlooked by a later read (latches, intents). So the order of stamps explains everything:
 *   `serializable`, and the bank is `balanced`. None of this asks a clock: stamps may be as wrong as they like (§4.3).
 * - Writes of one key have stamps in the order in which they were acknowledged, whatever clocks say. A reader sees what was
 *   acknowledged before it began if its stamp is no further above its own than the maximum offset, as stamps in use never
 *   are ahead of all clocks (§4.2): each key by itself is `linearizable`, as long as clocks keep to the bound.
 * - Several keys are not: of two transactions, one after the other, on different keys a third may see the later one alone
 *   ("causal reverse", Jepsen 2017), where the second had a gateway whose clock was behind. So not `strict-serializable`.
 * - Beyond the bound no acknowledged write is lost, still, though reads may miss the latest ones for a time: `durable`.
 */
export const holds = ({ clocksBeyondBound }: Conditions): ConsistencyModel[] =>
  clocksBeyondBound
    ? ["serializable", "balanced", "eventual", "durable"]
    : ["serializable", "linearizable", "eventual", "balanced"];

/**
 * The weakest models that are seen to break. Within the bound causal reverse takes a reader that is held up on its way to one
 * range only, while two writes go by whose gateways have not heard of its stamp: too rare for a campaign, and shown by a test.
 * Beyond it stale reads are common.
 */
export const breaks = ({ clocksBeyondBound }: Conditions): ConsistencyModel[] =>
  clocksBeyondBound ? ["strict-serializable", "linearizable"] : [];
