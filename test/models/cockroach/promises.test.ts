import { cockroach } from "../../../src/models/cockroach/index.ts";
import { testPromises } from "../promises.ts";

testPromises(cockroach, ["register", "txn-append"]);
