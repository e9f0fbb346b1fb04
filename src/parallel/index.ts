export { judgeInParallel, type ParallelOptions } from "./judge.ts";
export { checkersOf, type JudgeRequest } from "./request.ts";
