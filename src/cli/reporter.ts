import type { RunVerdict } from "../core/verdict.ts";
import type { Progress as Recorded } from "../history/recorder.ts";
import { describeFault } from "../report/describe.ts";
import { Progress } from "../report/progress.ts";
import { wantsColor } from "./output.ts";

/** Feeds the progress line on standard error while runs go on. */
export interface Reporter {
  onProgress(progress: () => Recorded, elapsedMs: number): void;
  onSeed(seed: number, done: number, verdict: RunVerdict): void;
  end(): void;
}

/** Over how long operations per second are counted. */
const WINDOW_MS = 2000;
/** How often, at most, a seed with nothing to tell is mentioned. */
const NOTE_PERIOD_MS = 5000;

/**
 * @param totalMs length of one run on its own clock.
 * @param seeds how many runs are planned; `undefined` for a search without a bound.
 */
export function reporter(totalMs: number, seeds: number | undefined): Reporter {
  const progress = new Progress(process.stderr, { color: wantsColor(process.stderr) });
  const window: { atMs: number; done: number }[] = [];
  let lastNoteMs = performance.now();
  return {
    onProgress(read, elapsedMs) {
      if (seeds !== 1) return;
      const { ok, fail, info, faults } = read();
      const [done, atMs] = [ok + fail + info, performance.now()];
      window.push({ atMs, done });
      while (window.length > 1 && atMs - (window[0]?.atMs ?? 0) > WINDOW_MS) window.shift();
      const [oldest] = window;
      const spanMs = atMs - (oldest?.atMs ?? atMs);
      const opsPerS = spanMs > 0 ? ((done - (oldest?.done ?? 0)) / spanMs) * 1000 : 0;
      progress.update({
        elapsedMs,
        totalMs,
        opsPerS,
        ok,
        fail,
        info,
        faults: faults.map((fault) => describeFault(fault)),
      });
    },
    onSeed(seed, done, { verdict }) {
      const nowMs = performance.now();
      if (seeds === 1 || (verdict === "valid" && done !== seeds && nowMs - lastNoteMs < NOTE_PERIOD_MS)) return;
      lastNoteMs = nowMs;
      progress.note(`${done}${seeds === undefined ? "" : ` of ${seeds}`} seeds run; seed ${seed}: ${verdict}`);
    },
    end: () => progress.done(),
  };
}
