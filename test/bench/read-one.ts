import { readHistory } from "../../src/history/read.ts";

/** Reads one history in a process of its own, so that its memory is the reader's; prints what that took as JSON. */
const started = performance.now();
const { ops } = await readHistory(process.argv[2] ?? "");
const readMs = performance.now() - started;
const maxRssMb = process.resourceUsage().maxRSS / 1024;
process.stdout.write(`${JSON.stringify({ operations: ops.length, readMs, maxRssMb })}\n`);
