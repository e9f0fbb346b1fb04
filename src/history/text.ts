import { isAscii, isUtf8 } from "node:buffer";

/** Bytes that are not UTF-8; `offset` of the first of them from the start. */
export class InvalidUtf8Error extends Error {
  override readonly name = "InvalidUtf8Error";
  readonly offset: number;

  constructor(offset: number) {
    super(`invalid UTF-8 at byte ${offset}`);
    this.offset = offset;
  }
}

/** The text of bytes that are UTF-8. ASCII is copied as it is, which takes a tenth of the time. */
export const decoded = (bytes: Buffer): string => bytes.toString(isAscii(bytes) ? "latin1" : "utf8");

const BYTE_ORDER_MARK = Buffer.from("\uFEFF");

/** Checks and decodes UTF-8 chunk by chunk. A byte order mark is dropped. */
export class Utf8Decoder {
  /** The start of a character whose end is still to come. */
  #carry = Buffer.alloc(0);
  /** Bytes checked so far. */
  #offset = 0;

  /** The text of all whole characters so far that were not yet returned. Throws an `InvalidUtf8Error`. */
  push(chunk: Uint8Array): string {
    return decoded(this.bytes(chunk));
  }

  /** The bytes of that text, perhaps those of the chunk itself. */
  bytes(chunk: Uint8Array): Buffer {
    const bytes =
      this.#carry.length > 0
        ? Buffer.concat([this.#carry, chunk])
        : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const ready = bytes.subarray(0, bytes.length - unfinishedTail(bytes));
    if (!isAscii(ready) && !isUtf8(ready)) throw new InvalidUtf8Error(this.#offset + firstInvalid(ready));
    const isMarked = this.#offset === 0 && ready.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
    this.#carry = Buffer.from(bytes.subarray(ready.length));
    this.#offset += ready.length;
    return isMarked ? ready.subarray(BYTE_ORDER_MARK.length) : ready;
  }

  /** True if the input ended within a character. */
  get cut(): boolean {
    return this.#carry.length > 0;
  }
}

/** Length of the incomplete character at the end, 0 to 3 bytes. */
function unfinishedTail(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte >= 0xc0) return back < characterLength(byte) ? back : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}

/** Of the character that starts with this byte (RFC 3629, §4); 1 if none does. */
function characterLength(byte: number): number {
  if (byte < 0xc2 || byte > 0xf4) return 1;
  return byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
}

/** By bisection: a prefix that ends within a character is as good as one that ends before it. */
function firstInvalid(bytes: Uint8Array): number {
  let [good, bad] = [0, bytes.length];
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    const prefix = bytes.subarray(0, middle);
    if (isUtf8(prefix.subarray(0, middle - unfinishedTail(prefix)))) good = middle;
    else bad = middle;
  }
  return good - unfinishedTail(bytes.subarray(0, good));
}

/** A line beyond this many characters is no line of a history. */
const MAX_LINE = 1 << 28;

/** Cuts text that comes in pieces into lines. */
export class LineSplitter {
  readonly #onLine: (text: string, line: number) => void;
  /** Pieces of the line that is not finished yet. */
  #parts: string[] = [];
  #length = 0;
  #line = 0;

  /** `onLine` gets each line without its end, and its number from 1. */
  constructor(onLine: (text: string, line: number) => void) {
    this.#onLine = onLine;
  }

  push(text: string): void {
    const lines = text.split("\n");
    const last = lines.pop() as string;
    const first = lines[0];
    if (first !== undefined) {
      lines[0] = this.rest + first;
      this.#parts = [];
      this.#length = 0;
      for (const line of lines) this.#onLine(line, ++this.#line);
    }
    this.#parts.push(last);
    this.#length += last.length;
    if (this.#length > MAX_LINE) throw new LineTooLongError(this.#line + 1);
  }

  /** What followed the last end of line so far. */
  get rest(): string {
    return this.#parts.join("");
  }

  /** The number of the line that `rest` is. */
  get restLine(): number {
    return this.#line + 1;
  }
}

export class LineTooLongError extends Error {
  override readonly name = "LineTooLongError";
  readonly line: number;

  constructor(line: number) {
    super(`line ${line} is longer than ${MAX_LINE} characters`);
    this.line = line;
  }
}
