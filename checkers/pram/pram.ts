import type { Checker } from "../../src/core/checker.ts";
import { historyChecker, indexedChecker } from "../shared/history-checker.ts";
import { indexRegisters } from "../shared/registers.ts";
import type { DataType } from "../shared/values.ts";
import { judgeLists } from "./list.ts";
import { judgeRegisters } from "./register.ts";

const VACUOUS = "no read of a key that was written";

/**
 * Pipelined RAM: Lipton and Sandberg, "PRAM: A Scalable Shared Memory" (Princeton TR-180, 1988). Each session sees its
 * own operations, and the writes of every other session, in the order of the session that did them: for each session one
 * order of all writes and its own reads keeps these orders and explains its reads. Each session may have an order of its
 * own; what others read does not matter.
 *
 * Exact for registers (`read`, `write`), lists (`append`, `read`) and sets without removed elements (`add`, `contains`,
 * `read`), whose values are unique per key (Wei et al.,
 * "Verifying Pipelined-RAM Consistency over Read/Write Traces", IEEE TPDS 2016). A successful compare-and-set is a read and
 * at once a write, and nobody sees the write before the one whose value it swapped: the write itself tells of it.
 * `checked` counts reads.
 */
export const pram = (data: DataType): Checker =>
  data === "register"
    ? indexedChecker({ model: "pram", index: indexRegisters, judge: judgeRegisters, vacuous: VACUOUS })
    : historyChecker({ model: "pram", type: data, judge: judgeLists, vacuous: VACUOUS });
