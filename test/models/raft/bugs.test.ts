import { describe, expect, test } from "vitest";
import { raft } from "../../../src/models/raft/index.ts";
import { live } from "./worlds.ts";

/** The rarest of them show in about one seed of fifteen. */
const SEEDS = 120;

describe("every bug shows in what clients see", () => {
  test.each(Object.keys(raft.bugs))(
    "%s",
    async (bug) => {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const { anomalies, errors } = await live({ seed, bug, timeMs: 30_000 });
        expect(errors).toEqual([]);
        if (anomalies.length > 0) return;
      }
      throw new Error(`${bug} did not show in ${SEEDS} seeds`);
    },
    60_000,
  );
});
