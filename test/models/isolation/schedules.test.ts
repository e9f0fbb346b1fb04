import { describe, expect, it } from "vitest";
import { type ConsistencyModel, weakerOrEqual } from "../../../src/core/consistency.ts";
import { Random } from "../../../src/core/random.ts";
import { isolation } from "../../../src/models/isolation/index.ts";
import { type Isolation, OPTIONS } from "../../../src/models/isolation/settings.ts";
import { inWords } from "../../checkers/transactions/lines.ts";
import { DEFINED, oracle } from "../../checkers/transactions/oracle.ts";
import { runs } from "../../support/runs.ts";
import { play, randomPlan } from "./lab.ts";

const LEVELS = Object.keys(OPTIONS.isolation.values) as Isolation[];
/** The oracle takes longest where little is promised: it tries everything before it says that nothing fits. */
const HISTORIES: Readonly<Record<Isolation, number>> = {
  "strict-two-phase-locking": 100,
  "serializable-snapshot-isolation": 100,
  "snapshot-isolation": 100,
  "parallel-snapshot-isolation": 100,
  "read-committed": 60,
  "read-uncommitted": 25,
};

/** Models of transactions that the level promises, of those that the oracle knows. */
const promised = (level: Isolation): ConsistencyModel[] =>
  weakerOrEqual(isolation.holds({ config: { isolation: level }, faults: new Set() })).filter((model) =>
    DEFINED.includes(model),
  );

/** By what each level differs from the next stronger one that is promised to nobody below it; seen in schedules at random. */
const SEEN: Readonly<Record<Isolation, readonly ConsistencyModel[]>> = {
  "strict-two-phase-locking": [],
  "serializable-snapshot-isolation": [],
  "snapshot-isolation": ["repeatable-read", "update-serializable"],
  "parallel-snapshot-isolation": ["repeatable-read", "update-serializable", "strong-snapshot-isolation"],
  "read-committed": ["read-atomic", "cursor-stability"],
  "read-uncommitted": ["read-committed"],
};

describe.each(LEVELS)(
  "%s, in schedules drawn at random, against the definitions of the models (Adya, thesis, §3-4)",
  (level) => {
    it.each(["append", "w"] as const)("keeps what it promises, with transactions of r and %s", (write) => {
      const broken = new Set<ConsistencyModel>();
      const outcomes = { ok: 0, fail: 0, info: 0 };
      for (let seed = 0; seed < runs(HISTORIES[level]); seed++) {
        const random = new Random(seed, level);
        const history = play(randomPlan(random, write), random, level);
        for (const { outcome } of history.ops) outcomes[outcome.type]++;
        const held = oracle(history, write === "append", true);
        const missing = promised(level).filter((model) => !held.has(model));
        if (missing.length > 0) expect.fail(`seed ${seed}: not ${missing.join(", ")}\n${inWords(history)}`);
        for (const model of DEFINED) if (!held.has(model)) broken.add(model);
      }
      expect([...broken]).toEqual(expect.arrayContaining([...SEEN[level]]));
      expect(outcomes.ok).toBeGreaterThan(HISTORIES[level] * 2);
      expect(outcomes.info).toBeGreaterThan(0);
      expect(outcomes.fail).toBeGreaterThan(0);
    });
  },
);
