import type { Checker } from "../../src/core/checker.ts";
import { historyChecker, indexedChecker } from "../shared/history-checker.ts";
import { indexCounters } from "./counter-index.ts";
import { ownIncrementsInReads } from "./counters.ts";
import type { SessionData } from "./data.ts";
import { ownAppendsInReads } from "./own-appends.ts";
import { ownWritesBeforeReads } from "./own-writes.ts";

/**
 * Read-your-writes (Terry et al., PDIS 1994, §3): a read sees every write that its session made before.
 *
 * On lists and sets this is exact: each of the session's acknowledged appends and adds must be in every list or set it
 * reads of that key later. (Elements of sets that are ever removed are left out.)
 *
 * On counters that grow a read must be the sum of the session's earlier increments and some others: exact, or unknown
 * where there are too many sums to try.
 *
 * On registers a read shows one value, which must then be the last, in some arbitration of the key's writes, of a set
 * that holds the session's earlier writes (Viotti & Vukolić, ACM CSUR 2016, on session guarantees). So a violation is reported exactly if no order of
 * the key's writes explains the session's reads, where each session may have an order of its own, and compare-and-sets
 * come after what they swapped. A value of another session, whatever its age, is a violation only if that is forced.
 *
 * A successful compare-and-set counts as a read of `from` and a write of `to`. `checked` counts reads that follow an
 * acknowledged write of their session on the same key.
 */
export function readYourWrites(type: SessionData): Checker {
  const model = "read-your-writes";
  if (type === "counter")
    return indexedChecker({
      model,
      index: indexCounters,
      judge: ownIncrementsInReads,
      vacuous: "no session read a counter that it had increased before",
    });
  return historyChecker({
    model,
    type,
    judge: type === "register" ? ownWritesBeforeReads : ownAppendsInReads,
    vacuous: `no session read a key that it had ${type === "list" ? "appended" : type === "set" ? "added" : "written"} to before`,
  });
}
