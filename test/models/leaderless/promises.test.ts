import { completed } from "../../../src/core/model.ts";
import { leaderless } from "../../../src/models/leaderless/index.ts";
import { testPromises } from "../promises.ts";

/** Those that differ in what they promise or break, and one of each kind of quorum. */
const CONFIGS = [
  {},
  { quorum: "n3r1w1", repair: "anti-entropy" },
  { quorum: "n3r1w3", versions: "siblings" },
  { members: "sloppy" },
  { quorum: "n3r3w1", members: "sloppy", versions: "siblings" },
  { quorum: "n5r3w3", "write-back": "abd" },
].map((config) => completed(leaderless.options, config));

testPromises(leaderless, "sessions", CONFIGS);
