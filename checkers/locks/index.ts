export { fencing } from "./fencing.ts";
export { type MutualExclusionOptions, mutualExclusion } from "./mutual-exclusion.ts";
