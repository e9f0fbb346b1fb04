import type { Env } from "../../core/replica.ts";
import { streamOf } from "./copy.ts";
import type { ReplicationLog } from "./log.ts";
import { LARGE_ENTRY_MS, LARGE_ENTRY_SHARE, STREAM_MS, STREAMS } from "./settings.ts";

const TIMER = "stream ";

/**
 * The pace of a follower that applies its log in parallel streams by key, as partitioned stores do and MySQL's replicas with
 * several workers (MySQL 8.0 Reference Manual, "Replication and Transaction Inconsistencies": gaps). A stream takes all
 * that is there and needs a while for it; an entry of several streams waits until all have come to it, and goes alone.
 */
export class Streams {
  readonly #env: Env;
  readonly #log: ReplicationLog;
  readonly #onProgress: (done: readonly number[]) => void;
  /** Of each stream, how far it is, and what it is busy with up to. */
  readonly #done: number[] = Array<number>(STREAMS).fill(0);
  readonly #busy: (number | undefined)[] = Array<undefined>(STREAMS).fill(undefined);
  /** The entries up to here are to be applied. */
  #goal = 0;

  constructor(env: Env, log: ReplicationLog, onProgress: (done: readonly number[]) => void) {
    this.#env = env;
    this.#log = log;
    this.#onProgress = onProgress;
  }

  /** The entries up to `goal` may be applied. All up to `applied` are, by whatever way. */
  advance(goal: number, applied: number): void {
    this.#goal = Math.max(this.#goal, goal);
    this.#done.forEach((done, stream) => {
      this.#done[stream] = Math.max(done, applied);
    });
    this.#start();
  }

  /** The log was cut. */
  rollBack(length: number): void {
    this.#goal = Math.min(this.#goal, length);
    for (let stream = 0; stream < STREAMS; stream++) {
      this.#done[stream] = Math.min(this.#done[stream] ?? 0, length);
      const busy = this.#busy[stream];
      if (busy !== undefined) this.#busy[stream] = Math.min(busy, length);
    }
  }

  onTimer(name: string): void {
    const stream = Number(name.slice(TIMER.length));
    this.#done[stream] = Math.max(this.#done[stream] ?? 0, this.#busy[stream] ?? 0);
    this.#busy[stream] = undefined;
    this.#onProgress(this.#done);
    this.#start();
  }

  /** True for the timers of streams. */
  static owns(name: string): boolean {
    return name.startsWith(TIMER);
  }

  #start(): void {
    const limit = this.#limit();
    for (let stream = 0; stream < STREAMS; stream++) {
      if (this.#busy[stream] !== undefined || (this.#done[stream] ?? 0) >= limit) continue;
      this.#busy[stream] = limit;
      const isLarge = this.#env.random() < LARGE_ENTRY_SHARE;
      this.#env.setTimer(`${TIMER}${stream}`, isLarge ? LARGE_ENTRY_MS : STREAM_MS * this.#env.random());
    }
  }

  /** How far the streams may go: to the next entry that is of several, and to that one itself once they are all there. */
  #limit(): number {
    for (let at = Math.min(...this.#done) + 1; at <= this.#goal; at++) {
      const { op } = this.#log.at(at);
      if (op === null || streamOf(op, STREAMS) !== undefined) continue;
      const isNext = this.#done.every((done) => done === at - 1);
      if (isNext) this.#done.fill(at);
      if (isNext) this.#onProgress(this.#done);
      else return at - 1;
    }
    return this.#goal;
  }
}
