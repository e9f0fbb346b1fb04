export { type QueueSummary, summarizeQueue, type TotalQueueOptions, totalQueue } from "./total-queue.ts";
