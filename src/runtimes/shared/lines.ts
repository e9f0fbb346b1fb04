/** A line longer than this, in UTF-16 units, is no message: it would only fill the memory. */
export const MAX_LINE_LENGTH = 16 * 1024 * 1024;

/**
 * Cuts a stream of text into lines; feed it whole strings, as `setEncoding("utf8")` gives them. A line that is too long
 * is passed on in pieces.
 */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  readonly #maxLength: number;
  #pieces: string[] = [];
  #length = 0;

  constructor(onLine: (line: string) => void, maxLength = MAX_LINE_LENGTH) {
    this.#onLine = onLine;
    this.#maxLength = maxLength;
  }

  push(chunk: string): void {
    let start = 0;
    for (let end = chunk.indexOf("\n"); end >= 0; end = chunk.indexOf("\n", start)) {
      this.#keep(chunk.slice(start, end));
      this.#emit();
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.slice(start));
    if (this.#length > this.#maxLength) this.#emit();
  }

  /** The stream has ended: what is left is a line, too. */
  end(): void {
    if (this.#length > 0) this.#emit();
  }

  #keep(piece: string): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  #emit(): void {
    const line = this.#pieces.join("");
    this.#pieces = [];
    this.#length = 0;
    this.#onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
  }
}
