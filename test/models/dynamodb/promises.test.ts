import { dynamodb } from "../../../src/models/dynamodb/index.ts";
import { testPromises } from "../promises.ts";

const CONFIGS = [
  { consistency: "strong", tables: "single-region" },
  { consistency: "eventual", tables: "single-region" },
  { consistency: "eventual", tables: "global" },
  { consistency: "strong", tables: "global" },
];

testPromises(dynamodb, ["register", "sessions"], CONFIGS);
