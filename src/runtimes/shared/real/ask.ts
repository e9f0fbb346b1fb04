/**
 * Asks something that can hang. Rejects once `timeoutMs` have passed or `stop` is aborted; whoever is asked learns of it
 * by the signal.
 */
export async function ask<T>(
  question: (signal: AbortSignal) => T | Promise<T>,
  timeoutMs: number,
  stop?: AbortSignal,
): Promise<T> {
  stop?.throwIfAborted();
  const asking = new AbortController();
  const givenUp = new Promise<never>((_, reject) => {
    asking.signal.addEventListener("abort", () => reject(asking.signal.reason), { once: true });
  });
  const halt = (): void => asking.abort(stop?.reason);
  const late = setTimeout(() => asking.abort(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  stop?.addEventListener("abort", halt, { once: true });
  try {
    return await Promise.race([givenUp, question(asking.signal)]);
  } finally {
    clearTimeout(late);
    stop?.removeEventListener("abort", halt);
  }
}
