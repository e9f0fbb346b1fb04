import { multiLeader } from "../../../src/models/multi-leader/index.ts";
import { testPromises } from "../promises.ts";

/** Each way to settle conflicts once, and each topology with those that promise most. */
const CONFIGS = [
  { topology: "all-to-all", conflicts: "lww" },
  { topology: "all-to-all", conflicts: "on-write" },
  { topology: "all-to-all", conflicts: "version-vectors" },
  { topology: "ring", conflicts: "crdt" },
  { topology: "ring", conflicts: "fww" },
  { topology: "star", conflicts: "merge" },
  { topology: "star", conflicts: "union" },
];

testPromises(multiLeader, "sessions", CONFIGS);
