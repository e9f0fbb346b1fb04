/** A replica's named timers on the monotonic clock. */
export class NodeTimers {
  readonly #timers = new Map<string, { timer: NodeJS.Timeout }>();
  readonly #accept: (due: () => void) => void;
  readonly #fire: (name: string) => void;

  /** `accept` queues what is to be done when a timer is due; `fire` runs the replica's handler. */
  constructor(accept: (due: () => void) => void, fire: (name: string) => void) {
    this.#accept = accept;
    this.#fire = fire;
  }

  set(name: string, afterMs: number): void {
    if (!Number.isFinite(afterMs)) throw new RangeError(`timer "${name}" cannot be set to ${afterMs} ms`);
    this.clear(name);
    const dueMs = performance.now() + afterMs;
    const armed = { timer: setTimeout(() => undefined, 0) };
    const arm = (): void => {
      clearTimeout(armed.timer);
      // The host's timers count from when its event loop last looked at the clock, and so can be early.
      const leftMs = dueMs - performance.now();
      if (leftMs > 0) armed.timer = setTimeout(arm, Math.ceil(leftMs));
      else this.#accept(() => this.#due(name, armed));
    };
    armed.timer = setTimeout(arm, Math.max(0, Math.ceil(afterMs)));
    this.#timers.set(name, armed);
  }

  clear(name: string): void {
    clearTimeout(this.#timers.get(name)?.timer);
    this.#timers.delete(name);
  }

  /** While it waited in the queue the timer may have been cleared or set anew. */
  #due(name: string, armed: { timer: NodeJS.Timeout }): void {
    if (this.#timers.get(name) !== armed) return;
    this.#timers.delete(name);
    this.#fire(name);
  }
}
