import type { Fault } from "../core/fault.ts";
import type { History, Timed } from "../core/history.ts";
import type { Operation, Outcome } from "../core/operation.ts";
import {
  type Call,
  completionLine,
  endLine,
  faultLine,
  healLine,
  invokeLine,
  JSONL_VERSION,
  type RunMeta,
  runLine,
  UNFINISHED,
} from "./jsonl.ts";
import { LineFile } from "./line-file.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** How far a run has come. */
export interface Progress {
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
  /** Operations under way. */
  readonly open: number;
  /** Faults in force, in the order in which they started. */
  readonly faults: readonly Fault[];
}

/**
 * Writes down what clients see while a run goes on: in memory, and with a path also in `history.jsonl`, where a
 * completion is on disk within 100 ms of `complete` even if the harness is killed with SIGKILL (see `LineFile`).
 *
 * No two events get the same instant: an event at or before the last one's `atNs` is put down one nanosecond after it.
 * The order in which the harness saw things is part of the evidence, and a simulator's clock stands still between them.
 *
 * All methods are synchronous and, on disk trouble, throw a `RunFolderError` (what is in memory stays good).
 */
export class Recorder {
  readonly #meta: RunMeta;
  readonly #file: LineFile | undefined;
  readonly #ops: Mutable<Operation>[] = [];
  /** The operation that a process is at, or that ended unknown and was its last. */
  readonly #current = new Map<number, Operation>();
  readonly #faults: Mutable<Timed<Fault>>[] = [];
  readonly #count = { ok: 0, fail: 0, info: 0 };
  #lastNs = -1;
  #ended = false;

  constructor(meta: RunMeta, path?: string) {
    this.#meta = meta;
    this.#file = path === undefined ? undefined : new LineFile(path);
    this.#file?.append(runLine(meta));
  }

  /** An operation starts, `atNs` on the harness's clock. Returns its index, to be given to `complete`. */
  invoke({ atNs, ...call }: Call & { readonly atNs: number }): number {
    const index = this.#ops.length;
    const before = this.#current.get(call.process);
    if (before !== undefined)
      throw new Error(
        before.outcome === UNFINISHED
          ? `process ${call.process} invokes ${call.f} while its operation ${before.index} has not completed`
          : `process ${call.process} invokes ${call.f} after its operation ${before.index} ended unknown; open a new process`,
      );
    const callNs = this.#tick(atNs);
    const { process, node, f, key, input, final } = call;
    const op: Operation = {
      index,
      process,
      node,
      f,
      ...(key !== undefined && { key }),
      input,
      ...(final && { final }),
      callNs,
      returnNs: Infinity,
      outcome: UNFINISHED,
    };
    this.#ops.push(op);
    this.#current.set(process, op);
    this.#file?.append(invokeLine(index, op, callNs));
    return index;
  }

  /** The outcome of an operation is known, `atNs` on the harness's clock. */
  complete(index: number, outcome: Outcome, atNs: number): void {
    const op = this.#ops[index];
    if (op === undefined) throw new Error(`operation ${index} was never invoked`);
    if (op.outcome !== UNFINISHED) throw new Error(`operation ${index} has completed before, with ${op.outcome.type}`);
    const completedNs = this.#tick(atNs);
    // A copy, so that an outcome that happens to be UNFINISHED itself counts as given.
    op.outcome = { ...outcome };
    this.#count[outcome.type]++;
    if (outcome.type !== "info") {
      op.returnNs = completedNs;
      this.#current.delete(op.process);
    }
    this.#file?.append(completionLine(index, outcome, completedNs));
  }

  /** A fault is in force, as the proof shows, if there is one. Returns its id, to be given to `faultEnded`. */
  faultStarted(fault: Fault, atNs: number, proof?: string): number {
    const id = this.#faults.length;
    const startNs = this.#tick(atNs);
    this.#faults.push({ value: fault, startNs, endNs: Infinity, ...(proof === undefined ? {} : { proof }) });
    this.#file?.append(faultLine(id, fault, startNs, proof));
    return id;
  }

  /** A fault is healed. */
  faultEnded(id: number, atNs: number): void {
    const fault = this.#faults[id];
    if (fault === undefined) throw new Error(`fault ${id} was never started`);
    if (fault.endNs !== Infinity) throw new Error(`fault ${id} was healed before`);
    fault.endNs = this.#tick(atNs);
    this.#file?.append(healLine(id, fault.endNs));
  }

  /** The run is over and was not cut: says so, and closes the file. Idempotent. Nothing may be recorded afterwards. */
  end(atNs: number): void {
    if (this.#ended) return;
    const endNs = this.#tick(atNs);
    this.#ended = true;
    this.#file?.append(endLine(endNs));
    this.close();
  }

  /** Closes the file, without `end` as that of a run that was cut. Idempotent. */
  close(): void {
    this.#file?.close();
  }

  /** What was recorded so far. Operations under way are unknown in it. Later events do not change it. */
  history(): History {
    return {
      ops: this.#ops.map((op) => ({ ...op })),
      faults: this.#faults.map((fault) => ({ ...fault })),
      meta: { version: JSONL_VERSION, ...this.#meta, complete: this.#ended },
    };
  }

  progress(): Progress {
    const { ok, fail, info } = this.#count;
    const faults = this.#faults.filter(({ endNs }) => endNs === Infinity).map(({ value }) => value);
    return { ok, fail, info, open: this.#ops.length - ok - fail - info, faults };
  }

  #tick(atNs: number): number {
    if (this.#ended) throw new Error("the run has ended; nothing more can be recorded");
    if (!Number.isSafeInteger(atNs)) throw new Error(`an instant must be integer nanoseconds, found ${atNs}`);
    this.#lastNs = Math.max(atNs, this.#lastNs + 1);
    return this.#lastNs;
  }
}
