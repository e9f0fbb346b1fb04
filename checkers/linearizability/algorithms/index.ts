import type { Algorithm } from "../algorithm.ts";
import { appendListAlgorithm } from "./append-list.ts";
import { casRegister } from "./cas-register.ts";
import { counterAlgorithm } from "./counter.ts";
import { lockAlgorithm } from "./mutex.ts";
import { priorityQueueAlgorithm } from "./priority-queue.ts";
import { fifoQueueAlgorithm } from "./queue.ts";
import { register } from "./register.ts";
import { setAlgorithm } from "./set.ts";
import { fromInitial } from "./shared/initial.ts";
import { stackAlgorithm } from "./stack.ts";

/** In the order in which they are tried. */
export const ALGORITHMS: readonly Algorithm[] = [
  register,
  casRegister,
  ...[setAlgorithm, fifoQueueAlgorithm, stackAlgorithm, priorityQueueAlgorithm].map(fromInitial),
  ...[counterAlgorithm, appendListAlgorithm, lockAlgorithm].map(fromInitial),
];
