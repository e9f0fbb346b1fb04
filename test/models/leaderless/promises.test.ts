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
].map((config) => ({
  quorum: "n3r2w2",
  members: "strict",
  versions: "lww",
  repair: "read-repair",
  "write-back": "off",
  ...config,
}));

testPromises(leaderless, "sessions", CONFIGS);
