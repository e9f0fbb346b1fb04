import type { Checker } from "../../src/core/checker.ts";
import { historyChecker, indexedChecker } from "../shared/history-checker.ts";
import { appendsInOrder } from "./appends-in-order.ts";
import { indexCounters } from "./counter-index.ts";
import { ONE_NUMBER, ONE_VALUE, type SessionData } from "./data.ts";

/**
 * Monotonic writes (Terry et al., PDIS 1994, §3): where a write is visible, the writes that its session made before
 * are visible too, and come before it.
 *
 * On lists this is exact, key by key: every list with an append of a session has that session's earlier acknowledged
 * appends to the same key, before it. `checked` counts the appends seen in lists that have such a predecessor.
 *
 * On sets the same goes for adds, which have no order there. (Elements that are ever removed are left out.)
 *
 * On registers and counters it cannot be refuted: a read shows only the last of the writes it sees, or a sum, so that an
 * observer who reads the session's writes in the wrong order may just as well have seen them on two copies, one of which
 * was behind; that breaks monotonic reads. The verdict is always unknown.
 */
export function monotonicWrites(type: SessionData): Checker {
  const model = "monotonic-writes";
  if (type === "counter") return indexedChecker({ model, index: indexCounters, judge: () => 0, vacuous: ONE_NUMBER });
  if (type === "register") return historyChecker({ model, type, judge: () => 0, vacuous: ONE_VALUE });
  return historyChecker({
    model,
    type,
    judge: appendsInOrder,
    vacuous: "no read showed a value whose session had put another into the same object before",
  });
}
