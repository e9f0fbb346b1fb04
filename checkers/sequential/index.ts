export { sequential } from "./sequential.ts";
