import type { Checker } from "../../src/core/checker.ts";
import type { ConsistencyModel } from "../../src/core/consistency.ts";
import { historyChecker, type IndexedJudge, indexedChecker, type Judge } from "../shared/history-checker.ts";
import { indexRegisters, type Registers } from "../shared/registers.ts";
import type { DataType } from "../shared/values.ts";
import * as lists from "./list.ts";
import * as registers from "./register.ts";

interface Judges {
  readonly register: IndexedJudge<Registers>["judge"];
  readonly list: Judge["judge"];
}

function checker(model: ConsistencyModel, data: DataType, { register, list }: Judges): Checker {
  const vacuous = "no read of a key that was written";
  return data === "register"
    ? indexedChecker({ model, index: indexRegisters, judge: register, vacuous })
    : historyChecker({ model, type: data, judge: list, vacuous });
}

/**
 * Causal consistency (CC) of Bouajjani, Enea, Guerraoui and Hamza, "On Verifying Causal Consistency" (POPL 2017): what
 * each operation returns is explained by its causal past, taken in some order that keeps causes before effects. The
 * causal order is what session order and reads-from generate. Each operation may have an order of its own.
 *
 * Exact for registers (`read`, `write`), lists (`append`, `read`) and sets (`add`, `contains`, `read`) whose values are
 * unique per key; of sets elements that are ever removed are left out, and nothing else is said of them. A successful
 * compare-and-set is judged as a read followed at once by a write of the same session; that nothing may come between the
 * two is not asked here. `checked` counts reads. About linear for a fixed number of sessions; so is `causal`.
 */
export const causalCc = (data: DataType): Checker =>
  checker("causal-cc", data, { register: registers.judgeCausal, list: lists.judgeCausal });

/**
 * Causal memory (CM), ibid.; Ahamad, Neiger, Burns, Kohli and Hutto, "Causal Memory" (Distributed Computing 1995): as
 * CC, but one order explains all operations of a session. Each session may have an order of its own. Quadratic in the
 * worst case; about linear for a fixed number of sessions where views agree with causality.
 */
export const causalCm = (data: DataType): Checker =>
  checker("causal-cm", data, { register: registers.judgeMemory, list: lists.judgeMemory });

/**
 * Causal convergence (CCv), ibid.; the causal consistency of Viotti and Vukolić (ACM CSUR 2016) with a total arbitration:
 * as CC, but the orders are taken from one order of all operations.
 */
export const causal = (data: DataType): Checker =>
  checker("causal-ccv", data, { register: registers.judgeConvergent, list: lists.judgeConvergent });
