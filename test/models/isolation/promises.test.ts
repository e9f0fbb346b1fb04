import { isolation } from "../../../src/models/isolation/index.ts";
import { testPromises } from "../promises.ts";

testPromises(isolation, ["txn-append", "bank", "txn-register", "long-fork"]);
