import type { ConsistencyModel } from "../../core/consistency.ts";
import type { Conditions } from "../../core/model.ts";
import { type Settings, settingsOf } from "./settings.ts";

/**
 * True if every node keeps a key for as long as its client counts on: it does not forget it in a crash, and its clock does not
 * run ahead. Clients count from before they asked, on clocks of their own that are true.
 */
const keysLast = ({ expiry, restart }: Settings, { faults }: Conditions): boolean =>
  (expiry === "monotonic-clock" || !faults.has("clock")) && (restart !== "forgetful" || !faults.has("kill"));

/**
 * The strongest models that hold, whatever else strikes:
 *
 * - The resource has its writes on its only disk before it acknowledges them: `durable`, and `eventual`.
 * - Two majorities share a node, which gives the key to the second only when the first has let go or counts on it no more:
 *   `mutual-exclusion`, of what clients decide to do. What they have decided may be done later, see `fencing`.
 * - Tokens are times at which nodes granted the lock. While wall clocks are true they grow with every acquisition, and a
 *   resource that looks at them takes none smaller after a larger: `fencing`. The algorithm itself has no such tokens
 *   (Kleppmann, 2016, "Making the lock safe with fencing").
 */
export function holds(conditions: Conditions): ConsistencyModel[] {
  const settings = settingsOf(conditions.config);
  const always: ConsistencyModel[] = ["eventual", "durable"];
  if (keysLast(settings, conditions)) always.push("mutual-exclusion");
  if (settings.resource === "fenced" && !conditions.faults.has("clock")) always.push("fencing");
  return always;
}

/**
 * The weakest models that are seen to break. Keys expire early on clocks that jump ahead, and tokens of clocks that jump are in no
 * order; a client that stands still between its look at the clock and the arrival of its write overtakes whoever got the lock
 * meanwhile. (That so many nodes forget a key while somebody counts on it is rare: of five, three must crash and be back in
 * time.)
 */
export function breaks({ config, faults }: Conditions): ConsistencyModel[] {
  const { expiry, resource } = settingsOf(config);
  const seen: ConsistencyModel[] = [];
  if (faults.has("clock")) seen.push("fencing");
  else if (faults.has("client-pause") && resource === "unfenced") seen.push("fencing");
  if (faults.has("clock") && expiry === "wall-clock") seen.push("mutual-exclusion");
  return seen;
}
