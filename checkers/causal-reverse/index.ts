export { causalReverse } from "./causal-reverse.ts";
