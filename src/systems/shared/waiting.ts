import { setTimeout as sleep } from "node:timers/promises";

/** Aborted when `signal` is, and at the latest after `ms`. */
export const atMost = (ms: number, signal: AbortSignal): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(ms)]);

/** What `work` yields, unless the signal is aborted before: then its reason is thrown, and the work goes on unheeded. */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (onAbort) signal.removeEventListener("abort", onAbort);
  }
}

const POLL_MS = 100;
const CHECK_MS = 1_000;

/** Asks until the answer is yes; an error counts as a no. If the signal is aborted, throws what was last in the way. */
export async function until(
  what: string,
  check: (signal: AbortSignal) => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  let obstacle: unknown;
  while (!signal.aborted) {
    try {
      if (await check(atMost(CHECK_MS, signal))) return;
      obstacle = undefined;
    } catch (error) {
      obstacle = error;
    }
    await sleep(POLL_MS);
  }
  throw new Error(`gave up waiting until ${what}`, obstacle === undefined ? {} : { cause: obstacle });
}
