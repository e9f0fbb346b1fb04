import { defineConfig } from "vitest/config";

// A long run of the properties has as long as it takes.
const timeoutMs = process.env.SPLITBRAIN_HISTORIES ? 24 * 3_600_000 : 60_000;

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    // Many tests only wait, for real nodes and real faults; by itself vitest would leave one of two processors idle.
    maxWorkers: "100%",
    // Loading the same modules anew for each of some 200 files took a third of the time; no test changes what others see.
    isolate: false,
    restoreMocks: true,
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts", "checkers/**/*.ts", "workloads/**/*.ts"],
      reporter: ["text-summary", "json-summary"],
    },
  },
});
