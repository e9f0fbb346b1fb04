import type { ConsistencyModel } from "../../core/consistency.ts";
import type { Conditions } from "../../core/model.ts";
import { settingsOf } from "./settings.ts";

/**
 * The strongest models that hold, whatever faults strike:
 *
 * - All copies apply the prefixes of one log, each command once. A command is chosen between its call and its return, in a
 *   slot after all that were acknowledged before: `linearizable`, if reads are commands. A lease lets the leader answer
 *   while no other can have a command chosen, from a copy with all that was chosen before.
 * - What the leader knows to be chosen it tells all, gap by gap: `eventual`.
 * - A session that reads from its own node is shown no less than it saw, and its commands come after that:
 *   `monotonic-reads`, `monotonic-writes`, `writes-follow-reads`. What is chosen stays so, seen or not: `durable`.
 */
export const holds = ({ config }: Conditions): ConsistencyModel[] =>
  settingsOf(config).reads === "learned"
    ? ["monotonic-reads", "monotonic-writes", "writes-follow-reads", "eventual", "durable"]
    : ["linearizable", "eventual"];

/** The weakest models that are seen to break: a node learns later than the client who wrote that its command is chosen. */
export const breaks = ({ config }: Conditions): ConsistencyModel[] =>
  settingsOf(config).reads === "learned" ? ["read-your-writes"] : [];
