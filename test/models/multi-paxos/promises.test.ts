import { multiPaxos } from "../../../src/models/multi-paxos/index.ts";
import { testPromises } from "../promises.ts";

testPromises(multiPaxos, "append");
