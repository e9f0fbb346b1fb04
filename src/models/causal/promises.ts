import type { ConsistencyModel } from "../../core/consistency.ts";
import type { Conditions } from "../../core/model.ts";

/**
 * The strongest models that hold, whatever faults strike:
 *
 * - What a node shows is closed under causes, and a session finds what it depends on wherever it goes. Of concurrent writes
 *   of a key the one with the later stamp wins on every node, and stamps agree with causes: `causal-ccv`.
 * - Every write reaches every node in the end: `eventual`.
 */
export const holds = (): ConsistencyModel[] => ["causal-ccv", "eventual"];

/**
 * The weakest models that are seen to break. Nodes that a partition keeps apart go on by themselves, and then the stamps of
 * the busier side win, also over what a session has written since (`pram`, and in real time `durable`).
 */
export const breaks = ({ faults }: Conditions): ConsistencyModel[] => (faults.has("partition") ? ["sequential"] : []);
