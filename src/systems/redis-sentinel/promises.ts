import type { ConsistencyModel } from "../../core/consistency.ts";
import type { Conditions } from "../../core/model.ts";

/**
 * One Redis executes one command after the other, so that nothing is wrong as long as nothing breaks. Redis promises no
 * more than that copies agree at last ("Redis Sentinel … does not guarantee that acknowledged writes are retained during
 * failures"): a primary that was deposed throws away what it has and takes the copy of its successor.
 *
 * - Sentinel deposes an old primary only when it has heard it for 8 s without a fail-over under way, and asks for its role
 *   every 10 s: copies agree some 11 s after a partition heals, as measured, and may take 20 s.
 * - When its clock jumps, a Sentinel does nothing for 30 s ("TILT mode"), so that no time for agreement can be named.
 */
export function holds({ faults }: Conditions): ConsistencyModel[] {
  if (faults.size === 0) return ["linearizable", "eventual"];
  return faults.has("clock") ? [] : ["eventual"];
}

/**
 * A primary that is cut off acknowledges writes until the partition is over and Sentinel deposes it; all of them are lost.
 * With `min-replicas`, which is no more than a limit to that window by Redis's own account, those of the first seconds.
 */
export const breaks = ({ faults }: Conditions): ConsistencyModel[] => (faults.has("partition") ? ["durable"] : []);
