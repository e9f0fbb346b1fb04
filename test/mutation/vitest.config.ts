import { defineConfig } from "vitest/config";

/**
 * The tests that judge `checkers/`, on fewer histories each: a mutant that lives is seen through in seconds.
 * `SPLITBRAIN_TESTS` names other tests, with commas between them: fewer tests are faster, and all that a file needs.
 */
process.env.SPLITBRAIN_HISTORIES ??= "1000";

export default defineConfig({
  test: {
    include: (process.env.SPLITBRAIN_TESTS ?? "test/checkers/**/*.test.ts").split(","),
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
