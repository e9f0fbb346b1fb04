import { paxos } from "../../../src/models/paxos/index.ts";
import { testPromises } from "../promises.ts";

testPromises(paxos, "decree");
