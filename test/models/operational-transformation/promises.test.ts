import { operationalTransformation } from "../../../src/models/operational-transformation/index.ts";
import { testPromises } from "../promises.ts";

testPromises(operationalTransformation, "text", [
  { sending: "one-in-flight", sessions: "sticky" },
  { sending: "streaming", sessions: "roaming" },
]);
