import type { Json } from "../core/json.ts";
import type { Entries } from "./edn-entries.ts";
import { EdnParser, END } from "./edn-parser.ts";
import { Recurring } from "./edn-recurring.ts";
import { EdnCutError, EdnSyntaxError } from "./edn-tokens.ts";
import { HistoryError } from "./errors.ts";

/** Reads whole texts of a few characters each. */
export class EdnForms {
  readonly #parser = new EdnParser(new Recurring());

  /** All forms of a text. Throws an `EdnSyntaxError`. What becomes of EDN values stands in `edn-parser.ts`. */
  of(text: string): Json[] {
    const bytes = Buffer.from(`${text}\0`);
    this.#parser.begin(bytes, bytes.length - 1, true, 1);
    const forms: Json[] = [];
    while (this.#parser.peek() !== END) forms.push(this.#parser.form());
    return forms;
  }
}

/** All forms of one text, as `EdnForms` gives them. */
export const parseEdn = (text: string): Json[] => new EdnForms().of(text);

/** A form beyond this many bytes is no event of a history. */
const MAX_FORM = 1 << 28;

/** No bracket stands around the forms. */
const NONE = 0;
const CLOSERS: ReadonlyMap<number, number> = new Map([
  [0x5b, 0x5d],
  [0x28, 0x29],
]);

/**
 * Reads EDN as its text comes in: the top-level forms one after another, or, if the first one is a vector or a list, its
 * elements. Throws a `HistoryError` that names the line.
 */
export class EdnReader<E extends Entries = never> {
  readonly #onForm: (form: Json | E, line: number) => void;
  readonly #entries: E | undefined;
  readonly #parser = new EdnParser(new Recurring());
  /** What came in and was not read yet: the first `#waiting` bytes. There is always room for one more. */
  #bytes = Buffer.alloc(1);
  #waiting = 0;
  /** How much must wait before another attempt is worth it. */
  #enough = 0;
  /** Line of the first byte that was not read yet. */
  #line = 1;
  /** The bracket that closes the vector or list around all forms; `NONE`, or `undefined` if unknown yet. */
  #closer: number | undefined;
  #closed = false;

  /**
   * `onForm` gets every form, and the line from 1 on which it starts. The entries of maps go to `entries`, if given: it
   * takes the place of the map, and is used again for the next.
   */
  constructor(onForm: (form: Json | E, line: number) => void, entries?: E) {
    this.#onForm = onForm;
    this.#entries = entries;
  }

  /** UTF-8, cut anywhere. The bytes are copied. */
  push(chunk: Uint8Array): void {
    const length = this.#waiting + chunk.length;
    if (this.#bytes.length <= length) {
      const grown = Buffer.allocUnsafeSlow(2 * length + 1);
      grown.set(this.#bytes.subarray(0, this.#waiting));
      this.#bytes = grown;
    }
    this.#bytes.set(chunk, this.#waiting);
    this.#waiting = length;
    if (length >= this.#enough) this.#read(false);
  }

  /** To be called once all text was pushed. */
  end(): void {
    this.#read(true);
    if (this.#closer && !this.#closed)
      throw new HistoryError(
        `the text ends before the ${String.fromCharCode(this.#closer)} that must close it; it seems to be cut off`,
        { line: this.#line },
      );
  }

  #read(whole: boolean): void {
    const bytes = this.#bytes;
    const parser = this.#parser;
    bytes[this.#waiting] = 0;
    parser.begin(bytes, this.#waiting, whole, this.#line);
    /** Up to here everything was handed over, and this is the line of that place. */
    let done = 0;
    let line = this.#line;
    const mark = (): void => {
      done = parser.position;
      line = parser.line;
    };
    try {
      for (let next = parser.peek(); next !== END; next = parser.peek()) {
        mark();
        if (this.#isBracket(next, line)) parser.advance();
        else this.#onForm(parser.form(this.#entries), line);
        mark();
      }
      mark();
    } catch (error) {
      if (!(error instanceof EdnSyntaxError)) throw error;
      const isCut = error instanceof EdnCutError;
      if (!isCut || whole)
        throw new HistoryError(isCut ? `${error.message}; it seems to be cut off` : `not EDN: ${error.message}`, {
          line: this.#line + newlines(bytes.subarray(0, error.position)),
        });
    }
    this.#line = line;
    bytes.copyWithin(0, done, this.#waiting);
    this.#waiting -= done;
    // A form that spans many pieces is tried again only when the text has doubled, so that the work stays linear.
    this.#enough = 2 * this.#waiting;
    if (this.#waiting > MAX_FORM)
      throw new HistoryError(`one value is longer than ${MAX_FORM} bytes; a history is a map for each event`, {
        line: this.#line,
      });
  }

  /** True if the byte opens or closes the vector or list around all forms. */
  #isBracket(next: number, line: number): boolean {
    if (this.#closed)
      throw new HistoryError(
        `more text after the ${String.fromCharCode(this.#closer ?? NONE)} that closes the history; a file holds one history`,
        { line },
      );
    if (this.#closer === undefined) {
      this.#closer = CLOSERS.get(next) ?? NONE;
      return this.#closer !== NONE;
    }
    this.#closed = next === this.#closer;
    return this.#closed;
  }
}

function newlines(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === 0x0a) count++;
  return count;
}
