import { crdt } from "../checkers/index.ts";
import type { Workload } from "../src/core/workload.ts";
import { sessions } from "./sessions.ts";

/** Registers that keep one of several concurrent writes, the same on every node. */
export const lwwRegister: Workload = {
  ...sessions,
  name: "lww-register",
  description: "read and write registers of which the last write wins; values are unique per key",
  checkers: [...sessions.checkers, crdt("lww-register")],
};
