import type { Checker } from "../../src/core/checker.ts";
import { decidedKeys } from "../shared/closing.ts";
import { objectChecker } from "../shared/object-checker.ts";
import { judgeCounter } from "./counter.ts";
import type { KeyJudge } from "./key-judge.ts";
import { judgeRegister } from "./register.ts";
import { judgeSet } from "./set.ts";

const JUDGES = {
  "g-counter": judgeCounter("g-counter"),
  "pn-counter": judgeCounter("pn-counter"),
  "g-set": judgeSet("g-set"),
  "or-set": judgeSet("or-set"),
  "lww-register": judgeRegister("lww-register"),
  "mv-register": judgeRegister("mv-register"),
} as const satisfies Record<string, KeyJudge>;

/** The replicated data types that can be judged. */
export type CrdtType = keyof typeof JUDGES;

/** In the order in which they are documented. */
export const CRDT_TYPES = Object.keys(JUDGES) as CrdtType[];

/**
 * What a convergent replicated data type must come to once updates have stopped and all copies have them (Shapiro et al., "A
 * Comprehensive Study of Convergent and Commutative Replicated Data Types", INRIA 2011, §3; Maelstrom, workloads
 * `g-counter`, `pn-counter`, `g-set`). Judged by the closing reads of keys for which a majority of the nodes answered.
 *
 * - `g-counter`, `pn-counter`: all acknowledged additions, and any of those whose outcome is unknown. A `g-counter` knows
 *   no negative ones.
 * - `g-set`, `or-set`: an acknowledged element is there unless a remove that may have seen its add was called; an element
 *   each of whose adds was seen by an acknowledged remove is not. A remove has seen what its session had added, or read, on
 *   its node.
 * - `lww-register`, `mv-register`: a value (or a list of them) that no later write has seen. A write has seen what its
 *   session had written or read.
 *
 * What is wrong in every copy contradicts `durable` if an acknowledged update must have been lost. What no update has made
 * contradicts all models in which reads are explained by updates. Anything else, and what is wrong in some copies only,
 * contradicts `eventual`, for copies must come to agree on the result of all updates. That they agree at all is for
 * `convergence` to tell. `checked` counts acknowledged updates.
 */
export function crdt(type: CrdtType): Checker {
  return objectChecker({
    name: type,
    tests: ["durable"],
    judge: (history, anomalies, deadline, budget) => {
      let checked = 0;
      for (const key of decidedKeys(history)) {
        deadline.step();
        checked += JUDGES[type](key, { anomalies, deadline, budget });
      }
      return checked > 0 ? checked : "no key with an acknowledged update was read at the end by enough nodes";
    },
  });
}
