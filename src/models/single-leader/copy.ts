import type { Invocation, Outcome } from "../../core/operation.ts";
import { apply, type Contents, keysOf } from "../shared/key-value.ts";
import type { ReplicationLog } from "./log.ts";

/**
 * The contents that a prefix of the log produces: state machine replication (Schneider, "Implementing Fault-Tolerant
 * Services Using the State Machine Approach", ACM CSUR 1990, §2). A compare-and-set is decided here, at its place in
 * the log, so that its outcome is the same on every node.
 *
 * With several streams the keys are dealt out among them, and some may be further than others: then the contents are of no
 * one prefix, though those of each key are.
 */
export class Copy {
  #contents: Contents = new Map();
  /** Of each stream, the index up to which its entries are applied. */
  #done: number[];

  constructor(streams = 1) {
    this.#done = Array<number>(streams).fill(0);
  }

  /** Index of the last entry before the first gap: the contents reflect everything up to there. */
  get applied(): number {
    return Math.min(...this.#done);
  }

  read(op: Invocation): Outcome {
    return apply(this.#contents, op);
  }

  /** Applies the entries up to `index`, if they are not yet, and tells each one's outcome. */
  advance(log: ReplicationLog, index: number, onApplied?: (index: number, outcome: Outcome) => void): void {
    for (let at = this.applied + 1; at <= index; at++) {
      const { op } = log.at(at);
      if (op === null || this.#has(at, streamOf(op, this.#done.length))) continue;
      const outcome = apply(this.#contents, op);
      onApplied?.(at, outcome);
    }
    this.#done = this.#done.map((done) => Math.max(done, index));
  }

  /** Applies those of the entries up to `index` that belong to one stream. None of them may be of several. */
  advanceStream(log: ReplicationLog, stream: number, index: number): void {
    for (let at = (this.#done[stream] ?? 0) + 1; at <= index; at++) {
      const { op } = log.at(at);
      if (op !== null && streamOf(op, this.#done.length) === stream) apply(this.#contents, op);
      this.#done[stream] = at;
    }
  }

  /** Undoes what is behind `index`, by starting again: the operations have no inverse. */
  rollBack(log: ReplicationLog, index: number): void {
    if (Math.max(...this.#done) <= index) return;
    const kept = this.#done.map((done) => Math.min(done, index));
    this.#contents = new Map();
    this.#done = kept.map(() => 0);
    this.advance(log, Math.min(...kept));
    for (const [stream, done] of kept.entries()) this.advanceStream(log, stream, done);
  }

  #has(index: number, stream: number | undefined): boolean {
    return stream !== undefined && (this.#done[stream] ?? 0) >= index;
  }
}

/** The stream of a key: the keys are dealt out by a hash. */
const streamOfKey = (key: string, streams: number): number => {
  let hash = 0;
  for (let i = 0; i < key.length; i++) hash = (hash * 31 + key.charCodeAt(i)) % 65_521;
  return hash % streams;
};

/** The stream that applies an operation; `undefined` if its keys belong to several. */
export function streamOf(op: Invocation, streams: number): number | undefined {
  const [stream, ...others] = new Set(keysOf(op).map((key) => streamOfKey(key, streams)));
  return others.length > 0 ? undefined : (stream ?? 0);
}
