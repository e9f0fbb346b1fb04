import { Worker } from "node:worker_threads";

export interface PoolOptions<R> {
  /** Threads at work at once, from 1. */
  readonly jobs: number;
  /** Ends all threads; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called as each task is done, in whatever order that is; `done` of them are. */
  readonly onDone?: (result: R, done: number) => void;
}

/**
 * Has tasks done by worker threads, each of which answers every message with one result. The results are in the order of
 * the tasks, whoever did them and whenever. Rejects, and ends all threads, when one of them fails.
 */
export async function spread<T, R>(entry: URL, tasks: readonly T[], options: PoolOptions<R>): Promise<R[]> {
  const { jobs, signal, onDone } = options;
  const results = new Array<R>(tasks.length);
  const workers: Worker[] = [];
  let next = 0;
  let done = 0;
  const hand = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(entry);
      workers.push(worker);
      let index = -1;
      const giveNext = (): void => {
        index = next++;
        if (index < tasks.length) worker.postMessage(tasks[index]);
        else resolve();
      };
      worker.on("message", (result: R) => {
        results[index] = result;
        onDone?.(result, ++done);
        giveNext();
      });
      worker.on("error", reject);
      worker.on("exit", (code) => reject(new Error(`a worker thread ended by itself with code ${code}`)));
      giveNext();
    });
  let forget = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    const onAbort = (): void => reject(signal?.reason);
    if (signal?.aborted) onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    forget = () => signal?.removeEventListener("abort", onAbort);
  });
  try {
    const hands = Array.from({ length: Math.min(jobs, tasks.length) }, hand);
    await Promise.race([Promise.all(hands), aborted]);
    return results;
  } finally {
    forget();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
