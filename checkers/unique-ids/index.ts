export { type IdSummary, summarizeIds, uniqueIds } from "./unique-ids.ts";
