import type { MessageEvent } from "../core/cluster.ts";
import { LineFile } from "./line-file.ts";

/**
 * Writes `messages.jsonl`: a `MessageEvent` a line, in the order in which they happened, with the keys `atNs`, `event`,
 * `id`, `src`, `dest`, `body`. Synchronous; a `RunFolderError` on disk trouble.
 */
export class MessageLog {
  readonly #file: LineFile;

  constructor(path: string) {
    this.#file = new LineFile(path);
  }

  append(event: MessageEvent): void {
    this.#file.append(messageLine(event));
  }

  /** Idempotent. */
  close(): void {
    this.#file.close();
  }
}

/** One line of `messages.jsonl`, without its end. */
export const messageLine = ({ atNs, event, id, src, dest, body }: MessageEvent): string =>
  JSON.stringify({ atNs, event, id, src, dest, body });
