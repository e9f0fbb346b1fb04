import type { Json } from "../core/json.ts";
import { EdnParser, END } from "./edn-parser.ts";
import { Recurring } from "./edn-recurring.ts";
import { EdnCutError, EdnSyntaxError } from "./edn-tokens.ts";
import { HistoryError } from "./errors.ts";

/** Shared, for texts of a few characters each. */
const RECURRING = new Recurring();

/** All forms of a text. Throws an `EdnSyntaxError`. What becomes of EDN values stands in `edn-parser.ts`. */
export function parseEdn(text: string): Json[] {
  const parser = new EdnParser(text, true, RECURRING);
  const forms: Json[] = [];
  while (parser.peek() !== END) forms.push(parser.form());
  return forms;
}

/** A form beyond this many characters is no event of a history. */
const MAX_FORM = 1 << 28;

/**
 * Reads EDN as its text comes in: the top-level forms one after another, or, if the first one is a vector or a list, its
 * elements. Throws a `HistoryError` that names the line.
 */
export class EdnReader {
  readonly #onForm: (form: Json, line: number) => void;
  readonly #recurring = new Recurring();
  /** What came in and was not read yet. */
  #parts: string[] = [];
  #waiting = 0;
  /** How much text must wait before another attempt is worth it. */
  #enough = 0;
  /** Line of the first character that was not read yet. */
  #line = 1;
  /** The bracket that closes the vector or list around all forms; `""` if there is none, `undefined` if unknown yet. */
  #closer: "]" | ")" | "" | undefined;
  #closed = false;

  /** `onForm` gets every form, and the line from 1 on which it starts. */
  constructor(onForm: (form: Json, line: number) => void) {
    this.#onForm = onForm;
  }

  push(text: string): void {
    this.#parts.push(text);
    this.#waiting += text.length;
    if (this.#waiting >= this.#enough) this.#read(false);
  }

  /** To be called once all text was pushed. */
  end(): void {
    this.#read(true);
    if (this.#closer && !this.#closed)
      throw new HistoryError(`the text ends before the ${this.#closer} that must close it; it seems to be cut off`, {
        line: this.#line,
      });
  }

  #read(whole: boolean): void {
    const text = this.#parts.join("");
    const parser = new EdnParser(text, whole, this.#recurring);
    const lines = new LineCounter(text, this.#line);
    /** Up to here everything was handed over. */
    let done = 0;
    try {
      for (let next = parser.peek(); next !== END; next = parser.peek()) {
        done = parser.position;
        if (this.#isBracket(String.fromCharCode(next), lines.at(done))) parser.advance();
        else this.#onForm(parser.form(), lines.at(done));
        done = parser.position;
      }
      done = parser.position;
    } catch (error) {
      if (!(error instanceof EdnSyntaxError)) throw error;
      const line = new LineCounter(text, this.#line).at(error.position);
      if (!(error instanceof EdnCutError)) throw new HistoryError(`not EDN: ${error.message}`, { line });
      if (whole) throw new HistoryError(`${error.message}; it seems to be cut off`, { line });
    }
    this.#line = lines.at(done);
    this.#parts = [text.slice(done)];
    this.#waiting = text.length - done;
    // A form that spans many pieces is tried again only when the text has doubled, so that the work stays linear.
    this.#enough = 2 * this.#waiting;
    if (this.#waiting > MAX_FORM)
      throw new HistoryError(`one value is longer than ${MAX_FORM} characters; a history is a map for each event`, {
        line: this.#line,
      });
  }

  /** True if the character opens or closes the vector or list around all forms. */
  #isBracket(next: string, line: number): boolean {
    if (this.#closed)
      throw new HistoryError(`more text after the ${this.#closer} that closes the history; a file holds one history`, {
        line,
      });
    if (this.#closer === undefined) {
      this.#closer = next === "[" ? "]" : next === "(" ? ")" : "";
      return this.#closer !== "";
    }
    this.#closed = next === this.#closer;
    return this.#closed;
  }
}

/** Says on which line a position is, for positions that never fall. */
class LineCounter {
  readonly #text: string;
  #line: number;
  #nextEnd: number;

  constructor(text: string, firstLine: number) {
    this.#text = text;
    this.#line = firstLine;
    this.#nextEnd = text.indexOf("\n");
  }

  at(position: number): number {
    while (this.#nextEnd >= 0 && this.#nextEnd < position) {
      this.#line++;
      this.#nextEnd = this.#text.indexOf("\n", this.#nextEnd + 1);
    }
    return this.#line;
  }
}
