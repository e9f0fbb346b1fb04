import { createWriteStream, mkdirSync, type WriteStream } from "node:fs";
import { dirname } from "node:path";

/** Where a line in a node's log comes from. */
export type LogSource = "stdout" | "stderr" | "harness";

/** The log of one node over all its incarnations: `<ISO time> <source> <line>`. */
export class NodeLog {
  readonly #stream: WriteStream;

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.#stream = createWriteStream(path, { flags: "a" });
    // A full disk must not end the run: the log is for people only.
    this.#stream.on("error", () => undefined);
  }

  write(source: LogSource, line: string): void {
    this.#stream.write(`${new Date().toISOString()} ${source} ${line}\n`);
  }

  /** Resolves once all is written. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stream.destroyed) resolve();
      else {
        this.#stream.once("close", resolve);
        this.#stream.end();
      }
    });
  }
}
