export { workerEntry } from "./entry.ts";
export { judgeInParallel, type ParallelOptions } from "./judge.ts";
export { type PoolOptions, spread } from "./pool.ts";
export { checkersOf, type JudgeRequest } from "./request.ts";
