import { causalStore } from "../../../src/models/causal/index.ts";
import { testPromises } from "../promises.ts";

testPromises(causalStore, "sessions");
