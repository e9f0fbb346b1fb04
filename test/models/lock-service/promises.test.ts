import { lockService } from "../../../src/models/lock-service/index.ts";
import { testPromises } from "../promises.ts";

testPromises(lockService, "lock", [
  {},
  { recipe: "lease-key" },
  { holder: "trusts-session", resource: "unfenced", sessions: "everlasting" },
]);
