import { NS_PER_MS } from "../../../core/time.ts";

/** The longest delay that the host's timers know, milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Real time, counted from the run's start. */
export class RealTime {
  #startNs: bigint | undefined;
  /** Wakes those who sleep; `undefined` once the run is over. */
  #sleepers: Set<() => void> | undefined = new Set();

  /** The run starts now. Until then it is instant 0. */
  begin(): void {
    this.#startNs = process.hrtime.bigint();
  }

  nowNs(): number {
    return this.#startNs === undefined ? 0 : Number(process.hrtime.bigint() - this.#startNs);
  }

  /** Calls back once, at least `afterNs` from now; gives a way to cancel. Equal delays keep their order. */
  after(afterNs: number, callback: () => void): () => void {
    // The host's timers count from when its event loop last looked at the clock, and so can be early by up to 1 ms.
    const ms = Math.min(MAX_TIMER_MS, Math.max(0, Math.ceil(afterNs / NS_PER_MS)) + 1);
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  }

  async sleepUntilNs(atNs: number): Promise<void> {
    for (let leftNs = atNs - this.nowNs(); leftNs > 0 && this.#sleepers; leftNs = atNs - this.nowNs())
      await this.#sleep(leftNs, this.#sleepers);
  }

  /** The run is over: nobody sleeps any longer, so that nothing keeps the harness from ending. */
  end(): void {
    const sleepers = this.#sleepers ?? [];
    this.#sleepers = undefined;
    for (const wake of sleepers) wake();
  }

  #sleep(ns: number, sleepers: Set<() => void>): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        sleepers.delete(wake);
        resolve();
      };
      const cancel = this.after(ns, wake);
      sleepers.add(wake);
    });
  }
}

/** Resolves with the promise's value, or with `fallback` after `afterMs`. */
export async function within<T, F>(promise: Promise<T>, afterMs: number, fallback: F): Promise<T | F> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<F>((resolve) => {
    timer = setTimeout(() => resolve(fallback), afterMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
