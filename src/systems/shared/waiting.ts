import { setTimeout as sleep } from "node:timers/promises";

/**
 * What `work` yields, given a signal that is aborted when `signal` is, and at the latest after `ms`. (Not by
 * `AbortSignal.any`: in Node 20 it forgets a time-out that the garbage collector has found nobody else to hold.)
 */
export async function atMost<T>(ms: number, signal: AbortSignal, work: (limit: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const onAbort = (): void => limit.abort(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  const timer = setTimeout(() => limit.abort(new Error(`no answer within ${ms} ms`)), ms);
  try {
    return await work(limit.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

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
      if (await atMost(CHECK_MS, signal, check)) return;
      obstacle = undefined;
    } catch (error) {
      obstacle = error;
    }
    await sleep(POLL_MS);
  }
  throw new Error(`gave up waiting until ${what}`, obstacle === undefined ? {} : { cause: obstacle });
}
