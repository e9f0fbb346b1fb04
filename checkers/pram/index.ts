export { pram } from "./pram.ts";
