import type { Checker } from "../../src/core/checker.ts";
import { historyChecker } from "../shared/history-checker.ts";
import type { DataType } from "../shared/values.ts";
import { judgeLists } from "./list.ts";
import { judgeRegisters } from "./register.ts";

/**
 * Causal consistency with one arbitration order: causal convergence (CCv) of Bouajjani, Enea, Guerraoui and Hamza, "On
 * Verifying Causal Consistency" (POPL 2017); the causal consistency of Viotti and Vukolić (ACM CSUR 2016) with a total
 * arbitration. Every operation returns what the writes in its causal past make, taken in one order of all operations
 * that extends the causal order. The causal order is what session order and reads-from generate.
 *
 * Exact for registers (`read`, `write`) and lists (`append`, `read`) whose values are unique per key. A successful
 * compare-and-set is judged as a read followed at once by a write of the same session; that nothing may come between
 * the two in the arbitration is not asked here. `checked` counts reads.
 */
export const causal = (type: DataType): Checker =>
  historyChecker({
    model: "causal-ccv",
    type,
    judge: type === "list" ? judgeLists : judgeRegisters,
    vacuous: "no read of a key that was written",
  });
