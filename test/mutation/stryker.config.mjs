/** Mutation testing of the checkers, `npm run mutation`; see README, "Tests". Takes hours: `-- --mutate FILES` narrows it. */
export default {
  testRunner: "vitest",
  // Only the tests that the configuration names, not those that import a mutated file.
  vitest: { configFile: "test/mutation/vitest.config.ts", related: false },
  plugins: ["@stryker-mutator/vitest-runner"],
  mutate: ["checkers/**/*.ts"],
  // Mutants of texts change what is said and not what is found.
  mutator: { excludedMutations: ["StringLiteral"] },
  // Stryker would rewrite tsconfig.json through TypeScript's old API; vitest needs no rewriting.
  tsconfigFile: "none",
  coverageAnalysis: "perTest",
  ignoreStatic: true,
  timeoutMS: 10_000,
  timeoutFactor: 2,
  // A mutant that never ends may fill the memory before its time is up.
  testRunnerNodeArgs: ["--max-old-space-size=2048"],
  concurrency: 2,
  reporters: ["progress", "clear-text", "html", "json"],
  htmlReporter: { fileName: "coverage/mutation.html" },
  jsonReporter: { fileName: "coverage/mutation.json" },
  tempDirName: "coverage/mutation",
  allowEmpty: false,
  thresholds: { high: 95, low: 90, break: 90 },
};
