import { linearizability, SPECS } from "../../checkers/index.ts";
import { DEFAULT_BUDGET } from "../../src/core/checker.ts";
import { type ClientShape, clientHistory } from "./client-histories.ts";

/**
 * Run as a program of its own, so that its memory is that of one history and its check alone: `node linearizability-case.js
 * SHAPE`, the shape as JSON. Prints what it measured as JSON.
 */
const RUNS = 3;

const shape: ClientShape = JSON.parse(process.argv[2] ?? "null");
const spec = SPECS[shape.spec];
if (spec === undefined) throw new Error(`there is no specification ${shape.spec}`);
const history = clientHistory(shape);
let bestMs = Number.POSITIVE_INFINITY;
let valid: boolean | "unknown" = "unknown";
for (let run = 0; run < RUNS; run++) {
  const started = performance.now();
  valid = linearizability(spec).check(history, DEFAULT_BUDGET).valid;
  bestMs = Math.min(bestMs, performance.now() - started);
}
// In kilobytes.
const peakMb = process.resourceUsage().maxRSS / 1e3;
process.stdout.write(JSON.stringify({ checkMs: bestMs, peakMb, verdict: String(valid) }));
