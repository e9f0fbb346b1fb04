import type { Checker } from "../../src/core/checker.ts";
import { historyChecker } from "../shared/history-checker.ts";
import type { DataType } from "../shared/values.ts";
import { appendsInOrder } from "./appends-in-order.ts";

/**
 * Monotonic writes (Terry et al., PDIS 1994, §3): where a write is visible, the writes that its session made before
 * are visible too, and come before it.
 *
 * On lists this is exact, key by key: every list with an append of a session has that session's earlier acknowledged
 * appends to the same key, before it. `checked` counts the appends seen in lists that have such a predecessor.
 *
 * On registers it cannot be refuted: a read shows only the last of the writes it sees, so that an observer who reads the
 * session's writes in the wrong order may just as well have seen them on two copies, one of which was behind; that
 * breaks monotonic reads. The verdict is always unknown.
 */
export const monotonicWrites = (type: DataType): Checker =>
  historyChecker({
    model: "monotonic-writes",
    type,
    judge: type === "list" ? appendsInOrder : () => 0,
    vacuous:
      type === "list"
        ? "no read showed an append whose session had appended to the same key before"
        : "a read of a register shows only one of the writes it sees, so no history of registers can break this",
  });
