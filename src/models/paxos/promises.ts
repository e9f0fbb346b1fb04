import type { ConsistencyModel } from "../../core/consistency.ts";
import type { Conditions } from "../../core/model.ts";
import { settingsOf } from "./settings.ts";

/**
 * The strongest models that hold, whatever faults strike:
 *
 * - A decree is decided once, between the call and the return of the operation that succeeds; a refusal comes after that,
 *   and a read shows what was chosen before it returned, or that nothing was at some moment since its call: `linearizable`.
 * - What one node has learned all learn in the end: `eventual`.
 * - A node that answers from what it has learned never forgets that, and a session reads from its own: `monotonic-reads`.
 *   What is chosen stays so, seen or not: `durable`.
 */
export const holds = ({ config }: Conditions): ConsistencyModel[] =>
  settingsOf(config).reads === "quorum" ? ["linearizable", "eventual"] : ["monotonic-reads", "eventual", "durable"];

/** The weakest models that are seen to break: a node learns late what others have learned. */
export const breaks = ({ config }: Conditions): ConsistencyModel[] =>
  settingsOf(config).reads === "quorum" ? [] : ["linearizable"];
