export { ofTexts } from "./as-sets.ts";
export { textReadsForwards, textReadsOwnWrites } from "./sessions.ts";
export { textSpec } from "./spec.ts";
export { text } from "./text.ts";
