import { zab } from "../../../src/models/zab/index.ts";
import { testPromises } from "../promises.ts";

testPromises(zab, "append", [
  { reads: "local", sessions: "roaming" },
  { reads: "sync", sessions: "staying" },
  { reads: "quorum-sync", sessions: "roaming" },
]);
