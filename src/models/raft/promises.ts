import type { ConsistencyModel } from "../../core/consistency.ts";
import type { Conditions } from "../../core/model.ts";
import { settingsOf } from "./settings.ts";

/**
 * The strongest models that hold, whatever faults strike. Only how reads are answered matters:
 *
 * - All copies are prefixes of one log, that is what the properties of Figure 3 say. Majorities of neighbouring
 *   configurations meet, as sets that differ by one server do, and a joint configuration's with those of either side
 *   (§6, dissertation §4.1); a snapshot stands for the prefix that it replaces (§7); pre-votes and transfers decide only
 *   when an election begins, not who may win it (dissertation §9.6, §3.10). So each is as safe as the log without it.
 * - A read that goes through the log, or is answered by a leader that a majority confirmed after it came, or is sure of
 *   its majority by a lease on true clocks, sees what was acknowledged before: `linearizable`. A leader that asked
 *   another node to take over has no lease any more.
 * - In mode `local` a session is shown no less than it saw, and its commands come after that; it may miss its own writes.
 */
export const holds = ({ config }: Conditions): ConsistencyModel[] =>
  settingsOf(config).reads === "local"
    ? ["monotonic-reads", "monotonic-writes", "writes-follow-reads", "eventual", "durable"]
    : ["linearizable", "eventual"];

/** The weakest models that are seen to break: a follower is a heartbeat behind even if nothing strikes. */
export const breaks = ({ config }: Conditions): ConsistencyModel[] =>
  settingsOf(config).reads === "local" ? ["read-your-writes"] : [];
