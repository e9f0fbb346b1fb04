import type { Checker } from "../../src/core/checker.ts";
import { historyChecker, indexedChecker } from "../shared/history-checker.ts";
import { indexCounters } from "./counter-index.ts";
import { growingCounts } from "./counters.ts";
import type { SessionData } from "./data.ts";
import { growingLists } from "./growing-lists.ts";
import { growingSets } from "./growing-sets.ts";
import { repeatedReads } from "./repeated-reads.ts";

/**
 * Monotonic reads (Terry et al., PDIS 1994, §3): a read sees every write that an earlier read of its session saw.
 *
 * On lists this is exact: what a session read of a key must be a subsequence of what it reads of that key later.
 *
 * On sets it is exact too: what a session saw in a set must be in all that it reads of it later. (Elements that are ever
 * removed are left out.) On counters that grow reads must not fall: exact, or unknown where increments differ in size and
 * it is not plain how they sum up to what was read.
 *
 * On registers what a read saw includes the write of the value it returned, and it is the last of them in some
 * arbitration (Viotti & Vukolić, ACM CSUR 2016, on session guarantees). So a violation is reported exactly if no order of the key's writes puts the values
 * that the session read in the order in which it read them, where each session may have an order of its own, and
 * compare-and-sets come after what they swapped. That is: a value comes back after another one was read; a value is read
 * after one that was made from it by compare-and-sets; or nothing is read after something was.
 *
 * A successful compare-and-set counts as a read of `from`. `checked` counts reads for which an earlier read of the same
 * key by the same session saw something.
 */
export function monotonicReads(type: SessionData): Checker {
  const model = "monotonic-reads";
  if (type === "counter")
    return indexedChecker({
      model,
      index: indexCounters,
      judge: growingCounts,
      vacuous: "no session read a counter twice",
    });
  return historyChecker({
    model,
    type,
    judge: JUDGES[type],
    vacuous: "no session read a key twice after it was written",
  });
}

const JUDGES = { register: repeatedReads, list: growingLists, set: growingSets } as const;
