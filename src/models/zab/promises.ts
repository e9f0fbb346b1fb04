import type { ConsistencyModel } from "../../core/consistency.ts";
import type { Conditions } from "../../core/model.ts";
import { settingsOf } from "./settings.ts";

/**
 * The strongest models that hold, whatever faults strike:
 *
 * - All copies are prefixes of one order of transactions, which is that of real time (an epoch's leader has all that was
 *   committed before it): writes alone are linearizable, for which the lattice has no name. `durable`, `eventual`.
 * - A session's reads stand in that order where its server stood. A server that takes a session has all that it saw, and
 *   a leader numbers a write after all that the write's server has applied. So each session's operations stand in its own
 *   order: `sequential`. A write whose outcome is unknown comes after all that its session saw, and ends the session.
 * - A sync that is a transaction is numbered after all that was acknowledged before it: then reads are `linearizable`.
 *   ZooKeeper's own is answered by a leader that may have been deposed, so it only stays `sequential`.
 */
export const holds = ({ config }: Conditions): ConsistencyModel[] =>
  settingsOf(config).reads === "quorum-sync" ? ["linearizable", "eventual"] : ["sequential", "eventual", "durable"];

/**
 * The weakest models that are seen to break: what a partition cuts off goes on showing what it has for a while. Of `sync`
 * nothing is said, though it is not linearizable: whoever hands a deposed leader a write makes it wait with all later
 * syncs, so that stale answers are rare.
 */
export const breaks = ({ config, faults }: Conditions): ConsistencyModel[] =>
  settingsOf(config).reads === "local" && faults.has("partition") ? ["linearizable"] : [];
