import { defineConfig } from "vitest/config";

/** The tests that judge `checkers/`, on fewer histories each: a mutant that lives is seen through in seconds. */
process.env.SPLITBRAIN_HISTORIES ??= "3000";

export default defineConfig({
  test: { include: ["test/checkers/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 120_000 },
});
