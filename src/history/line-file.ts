import { closeSync, openSync, writeSync } from "node:fs";
import { describeSystemError, RunFolderError } from "./errors.ts";

/** How long a line may wait in memory, milliseconds of wall time. */
const BUFFER_MS = 20;
/** How much text may wait. */
const BUFFER_CHARACTERS = 1 << 18;

/**
 * A file that grows by lines. A line is handed to the kernel at once if none was during the last 20 ms, and within 20 ms
 * otherwise, so that it survives SIGKILL of this process (not a power failure: nothing is fsynced). Nothing is awaited.
 * While the event loop is blocked, lines still leave whenever another one is appended.
 */
export class LineFile {
  readonly path: string;
  #fd: number | undefined;
  #pending = "";
  #lastWriteMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #failure: RunFolderError | undefined;

  /** Creates the file, or empties it. Throws a `RunFolderError`. */
  constructor(path: string) {
    this.path = path;
    try {
      this.#fd = openSync(path, "w");
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** `line` is without its end. Throws a `RunFolderError` if this, or an earlier line, could not be written. */
  append(line: string): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#fd === undefined) throw new Error(`${this.path} is closed; append before close`);
    this.#pending += `${line}\n`;
    if (this.#pending.length >= BUFFER_CHARACTERS || performance.now() - this.#lastWriteMs >= BUFFER_MS) this.flush();
    else this.#timer ??= setTimeout(() => this.#flushInBackground(), BUFFER_MS).unref();
  }

  /** Hands everything to the kernel. Throws like `append`. */
  flush(): void {
    if (this.#failure !== undefined) throw this.#failure;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#fd === undefined || this.#pending === "") return;
    const bytes = Buffer.from(this.#pending, "utf8");
    this.#pending = "";
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#fd, bytes, written);
    } catch (error) {
      this.#failure = this.#failed(error);
      throw this.#failure;
    }
    this.#lastWriteMs = performance.now();
  }

  /** Flushes and closes. Idempotent. Throws like `append`. */
  close(): void {
    if (this.#fd === undefined) return;
    try {
      this.flush();
    } finally {
      closeSync(this.#fd);
      this.#fd = undefined;
    }
  }

  /** There is nobody here to tell: whoever appends next is told. */
  #flushInBackground(): void {
    try {
      this.flush();
    } catch {
      // `flush` has kept the failure.
    }
  }

  #failed(error: unknown): RunFolderError {
    return new RunFolderError(`cannot write ${this.path}: ${describeSystemError(error)}`, { cause: error });
  }
}
