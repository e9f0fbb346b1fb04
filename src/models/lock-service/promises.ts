import type { ConsistencyModel } from "../../core/consistency.ts";
import type { Conditions } from "../../core/model.ts";
import { settingsOf } from "./settings.ts";

/**
 * The strongest models that hold, whatever faults strike:
 *
 * - The resource has its writes on its only disk before it acknowledges them: `durable`, and `eventual`.
 * - Who is first in a queue stays so until it lets go or its session expires, and the leader counts a session's time from a renewal
 *   that it has seen, on a clock that is true; an `expire` in the log is void if the session was renewed before it. So a
 *   holder that counts from when it sent that renewal stops first: `mutual-exclusion`, of what clients decide to do.
 * - What they have decided may be done later. Sequence numbers grow with every node of a queue, whose first is always the
 *   smallest; a resource that has seen a larger one refuses it: `fencing`.
 * - Where sessions never expire nobody but the holder ends a hold, and it does so after its last write was answered: both hold,
 *   whatever else is chosen. The price is that what a dead client had is locked for ever.
 */
export function holds({ config }: Conditions): ConsistencyModel[] {
  const { holder, resource, sessions } = settingsOf(config);
  const isEverlasting = sessions === "everlasting";
  return [
    "eventual",
    "durable",
    ...(isEverlasting || holder === "checks-clock" ? (["mutual-exclusion"] as const) : []),
    ...(isEverlasting || resource === "fenced" ? (["fencing"] as const) : []),
  ];
}

/**
 * The weakest models that are seen to break, by clients that stand still: between their last look at the clock and the arrival of
 * their write, or for longer than their session lasts, to go on as if it had not expired. (Where the resource refuses that, a client
 * learns of it, and was a holder only in its own mind.)
 */
export function breaks({ config, faults }: Conditions): ConsistencyModel[] {
  const { holder, resource, sessions } = settingsOf(config);
  if (!faults.has("client-pause") || sessions === "everlasting") return [];
  return [
    ...(resource === "unfenced" ? (["fencing"] as const) : []),
    ...(resource === "unfenced" && holder === "trusts-session" ? (["mutual-exclusion"] as const) : []),
  ];
}
