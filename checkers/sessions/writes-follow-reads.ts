import type { Checker } from "../../src/core/checker.ts";
import { historyChecker, indexedChecker } from "../shared/history-checker.ts";
import { appendsAfterWhatWasRead } from "./appends-after-reads.ts";
import { indexCounters } from "./counter-index.ts";
import { ONE_NUMBER, ONE_VALUE, type SessionData } from "./data.ts";

/**
 * Writes follow reads (Terry et al., PDIS 1994, §3): where a write is visible, the writes that its session had seen
 * before it are visible too, and come before it.
 *
 * On lists this is exact, key by key: every list with an append of a session has all that the session had read of the
 * same key by then, before it. `checked` counts the appends seen in lists whose session had read something of that key.
 *
 * On sets the same goes for adds, which have no order there. (Elements that are ever removed are left out.) On registers
 * and counters it cannot be refuted, for the reason given at `monotonicWrites`. The verdict is always unknown.
 */
export function writesFollowReads(type: SessionData): Checker {
  const model = "writes-follow-reads";
  if (type === "counter") return indexedChecker({ model, index: indexCounters, judge: () => 0, vacuous: ONE_NUMBER });
  if (type === "register") return historyChecker({ model, type, judge: () => 0, vacuous: ONE_VALUE });
  return historyChecker({
    model,
    type,
    judge: appendsAfterWhatWasRead,
    vacuous: "no read showed a value whose session had read something of the same object before",
  });
}
