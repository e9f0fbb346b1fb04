import { describe, expect, it } from "vitest";
import { transactions } from "../../../checkers/transactions/index.ts";
import { DEFAULT_BUDGET, type Verdict } from "../../../src/core/checker.ts";
import type { ConsistencyModel } from "../../../src/core/consistency.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import { Random } from "../../../src/core/random.ts";
import { history, type Sketch } from "../../support/histories.ts";

const HISTORIES = 250;

/**
 * A serializable history of few registers and many clients, each transaction at an instant inside it, or up to `slackNs`
 * before or after that. Some fail, and nobody knows of some others whether they took effect.
 */
function contended(seed: number, slackNs: number): History {
  const random = new Random(seed, "contended");
  const count = 4 + random.below(40);
  const [clients, keys] = [1 + random.below(12), 1 + random.below(5)];
  const [readers, blind, faults] = [random.unit(), random.unit(), random.chance(0.5) ? 0.2 : 0];
  const clocks = new Array<number>(clients).fill(0);
  const drafts = Array.from({ length: count }, (_, i) => {
    const p = random.below(clients);
    const call = (clocks[p] as number) + 1 + random.below(4);
    const ret = call + 1 + random.below(60);
    clocks[p] = ret;
    const at = call + random.unit() * (ret - call) + (2 * random.unit() - 1) * slackNs;
    return { p, call, ret, at, i };
  });
  const state = new Map<string, number>();
  let values = 0;
  const sketches = drafts
    .sort((a, b) => a.at - b.at)
    .map(({ p, call, ret, i }): Sketch => {
      const onlyReads = random.chance(readers / 2);
      const fate = random.chance(faults) ? random.pick(["fail", "lost", "late"]) : "ok";
      const written: [string, number][] = [];
      const micros = Array.from({ length: 1 + random.below(4) }, (): Json => {
        const key = `k${random.below(keys)}`;
        const own = written.findLast(([other]) => other === key);
        if (onlyReads || !random.chance(blind)) return ["r", key, own?.[1] ?? state.get(key) ?? null];
        written.push([key, ++values]);
        return ["w", key, values];
      });
      if (fate === "ok" || fate === "late") for (const [key, value] of written) state.set(key, value);
      const common = { f: "txn", input: micros, call };
      if (fate === "ok") return { ...common, p, ret, ok: micros };
      return fate === "fail" ? { ...common, p, ret, fail: "aborted" } : { ...common, p: clients + i };
    });
  return history(sketches);
}

function verdict(of: History, wanted: ConsistencyModel): Verdict {
  const checker = transactions("rw-register").find(({ tests }) => tests.includes(wanted));
  if (checker === undefined) throw new Error(`no checker of ${wanted}`);
  return checker.check(of, DEFAULT_BUDGET);
}

describe("registers that many write at the same time", () => {
  it.each([
    ["strict-serializable", 0],
    ["serializable", 20],
  ] as const)("are found %s where each transaction took effect inside it, or up to %i ns aside", (model, slackNs) => {
    for (let seed = 0; seed < HISTORIES; seed++) {
      const found = verdict(contended(seed, slackNs), model);
      // All reads were of transactions that did not commit.
      if (found.valid === "unknown" && found.why === "vacuous") continue;
      if (found.valid !== true) expect.fail(`seed ${seed}: ${found.valid}`);
    }
  });
});
