import { EventQueue, type Happening } from "./queue.ts";

/** After this many events, or promises resolved, the host's event loop turns: progress lines, signals, files. */
const EVENTS_A_TURN = 20_000;
const YIELDS_A_TURN = 200;
/** This many events at one instant mean that virtual time has stopped, as with a timer of 0 ms that sets itself. */
const MAX_EVENTS_AN_INSTANT = 1_000_000;

/**
 * Virtual time and the harness's place in it. Events run one after the other until one of them resolves a promise that
 * the harness waits for. Then the loop yields until all microtasks have run, so that the harness does all that follows
 * from that promise while time stands still; and it goes on only while the harness waits for something again. So nothing
 * depends on how fast the host is. The harness must wait for nothing but the cluster while a run is on: virtual time
 * passes for its other threads meanwhile.
 */
export class VirtualTime {
  /** Integer nanoseconds since the run's start. */
  nowNs = 0;
  /** Events that have happened. */
  events = 0;
  readonly #queue = new EventQueue();
  readonly #waits = new Set<(error: Error) => void>();
  readonly #sleepers = new Set<() => void>();
  #eventsThisInstant = 0;
  #eventsThisTurn = 0;
  #yieldsThisTurn = 0;
  #resolved = false;
  #scheduled = false;
  #broken: Error | undefined;
  #ended = false;

  /** Queues `what` for `afterNs` from now (an integer); under `sequence` if a place was reserved for it. */
  push(afterNs: number, what: Happening, sequence?: number): void {
    this.#queue.push(this.nowNs + afterNs, what, sequence);
  }

  reserve(): number {
    return this.#queue.reserve();
  }

  /** Calls back once, `afterNs` from now; `Infinity` is never. Returns a way to cancel. */
  after(afterNs: number, callback: () => void): () => void {
    let wanted: (() => void) | undefined = callback;
    if (afterNs < Number.POSITIVE_INFINITY) this.push(Math.max(0, Math.round(afterNs)), { happen: () => wanted?.() });
    return () => {
      wanted = undefined;
    };
  }

  /**
   * A promise that the harness waits for: time passes until `begin`'s argument has been called. Rejects if `begin` throws
   * or the simulation itself breaks.
   */
  wait<T>(begin: (resolve: (value: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#broken) throw this.#broken;
      this.#waits.add(reject);
      const settle = (): void => {
        this.#waits.delete(reject);
        this.#resolved = true;
      };
      try {
        begin((value) => {
          settle();
          resolve(value);
        });
      } catch (error) {
        settle();
        throw error;
      }
      if (this.#waits.size > 0) this.#schedule();
    });
  }

  sleepUntilNs(atNs: number): Promise<void> {
    if (!Number.isFinite(atNs)) return Promise.reject(new RangeError(`cannot sleep until ${atNs} ns: not an instant`));
    if (this.#ended) return Promise.reject(new Error("the cluster was stopped: its time stands still"));
    if (atNs <= this.nowNs) return Promise.resolve();
    return this.wait<void>((resolve) => {
      const wake = (): void => {
        if (this.#sleepers.delete(wake)) resolve();
      };
      this.#sleepers.add(wake);
      this.push(Math.ceil(atNs) - this.nowNs, { happen: wake });
    });
  }

  /** Wakes all sleepers and forgets all that was still to happen. */
  end(): void {
    this.#ended = true;
    for (const wake of [...this.#sleepers]) wake();
    this.#queue.clear();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (this.#eventsThisTurn >= EVENTS_A_TURN || ++this.#yieldsThisTurn >= YIELDS_A_TURN) {
      this.#eventsThisTurn = 0;
      this.#yieldsThisTurn = 0;
      setImmediate(this.#run);
    } else {
      // A tick that a microtask asks for comes when no microtask is left, and costs a tenth of a turn.
      queueMicrotask(this.#afterMicrotasks);
    }
  }

  readonly #afterMicrotasks = (): void => process.nextTick(this.#run);

  readonly #run = (): void => {
    this.#scheduled = false;
    this.#resolved = false;
    try {
      while (!this.#resolved && this.#waits.size > 0 && this.#eventsThisTurn < EVENTS_A_TURN) this.#step();
    } catch (error) {
      this.#break(error instanceof Error ? error : new Error(String(error)));
    }
    if (this.#waits.size > 0) this.#schedule();
  };

  #step(): void {
    const queue = this.#queue;
    const what = queue.pop();
    if (!what)
      throw new Error(
        `the simulation is stuck at ${this.nowNs} ns: the harness waits for ${this.#waits.size} things and nothing is left to happen`,
      );
    if (queue.poppedAtNs !== this.nowNs) {
      this.nowNs = queue.poppedAtNs;
      this.#eventsThisInstant = 0;
    } else if (++this.#eventsThisInstant > MAX_EVENTS_AN_INSTANT) {
      throw new Error(
        `the simulation is stuck at ${this.nowNs} ns: ${MAX_EVENTS_AN_INSTANT} events at one instant; look for a timer of 0 ms that sets itself again`,
      );
    }
    this.events++;
    this.#eventsThisTurn++;
    what.happen(queue.poppedSequence);
  }

  #break(error: Error): void {
    this.#broken = error;
    const waits = [...this.#waits];
    this.#waits.clear();
    this.#sleepers.clear();
    for (const reject of waits) reject(error);
  }
}
