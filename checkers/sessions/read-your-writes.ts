import type { Checker } from "../../src/core/checker.ts";
import { historyChecker } from "../shared/history-checker.ts";
import type { DataType } from "../shared/values.ts";
import { ownAppendsInReads } from "./own-appends.ts";
import { ownWritesBeforeReads } from "./own-writes.ts";

/**
 * Read-your-writes (Terry et al., PDIS 1994, §3): a read sees every write that its session made before.
 *
 * On lists this is exact: each of the session's acknowledged appends must be in every list it reads of that key later.
 *
 * On registers a read shows one value, which must then be the last, in some arbitration of the key's writes, of a set
 * that holds the session's earlier writes (Viotti & Vukolić, ACM CSUR 2016, on session guarantees). So a violation is reported exactly if no order of
 * the key's writes explains the session's reads, where each session may have an order of its own, and compare-and-sets
 * come after what they swapped. A value of another session, whatever its age, is a violation only if that is forced.
 *
 * A successful compare-and-set counts as a read of `from` and a write of `to`. `checked` counts reads that follow an
 * acknowledged write of their session on the same key.
 */
export const readYourWrites = (type: DataType): Checker =>
  historyChecker({
    model: "read-your-writes",
    type,
    judge: type === "list" ? ownAppendsInReads : ownWritesBeforeReads,
    vacuous: `no session read a key that it had ${type === "list" ? "appended to" : "written"} before`,
  });
