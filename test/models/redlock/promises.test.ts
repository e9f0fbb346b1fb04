import { redlock } from "../../../src/models/redlock/index.ts";
import { testPromises } from "../promises.ts";

testPromises(redlock, "lock", [
  { expiry: "monotonic-clock", restart: "delayed" },
  { expiry: "monotonic-clock", restart: "synced", resource: "fenced" },
]);
