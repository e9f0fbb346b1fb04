import type { Checker } from "../../src/core/checker.ts";
import { historyChecker } from "../shared/history-checker.ts";
import type { DataType } from "../shared/values.ts";
import { appendsAfterWhatWasRead } from "./appends-after-reads.ts";

/**
 * Writes follow reads (Terry et al., PDIS 1994, §3): where a write is visible, the writes that its session had seen
 * before it are visible too, and come before it.
 *
 * On lists this is exact, key by key: every list with an append of a session has all that the session had read of the
 * same key by then, before it. `checked` counts the appends seen in lists whose session had read something of that key.
 *
 * On registers it cannot be refuted, for the reason given at `monotonicWrites`. The verdict is always unknown.
 */
export const writesFollowReads = (type: DataType): Checker =>
  historyChecker({
    model: "writes-follow-reads",
    type,
    judge: type === "list" ? appendsAfterWhatWasRead : () => 0,
    vacuous:
      type === "list"
        ? "no read showed an append whose session had read something of the same key before"
        : "a read of a register shows only one of the writes it sees, so no history of registers can break this",
  });
