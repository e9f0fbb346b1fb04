/**
 * The grammar of EDN (github.com/edn-format/edn), and of the few things beyond it that Clojure prints: `#object[…]`,
 * ratios, regular expressions, vars, `##Inf`, namespaced maps.
 *
 * Values become JSON: keywords and symbols their name (`:read` is "read"), characters strings of one, lists, vectors and
 * sets arrays in the order of the text, maps objects, a tagged value the value without its tag. Integers that a double
 * does not hold exactly become their digits as a string, so that different ones stay different; ratios, `##NaN` and
 * `##Inf` become strings, too. Keys of maps become strings; keys that are collections, their JSON.
 *
 * A history is nearly all small integers, short keywords and vectors of these. They are read byte by byte, without a
 * token in between; whatever is not that plain, and whatever may be cut, goes through `#token`. The text is UTF-8, whose
 * bytes beyond ASCII delimit nothing, so that only names and strings are ever decoded.
 */

import type { Json } from "../core/json.ts";
import { type Entries, ObjectEntries } from "./edn-entries.ts";
import { hashed, type Recurring, vectorOf } from "./edn-recurring.ts";
import {
  cutError,
  type EdnCutError,
  EdnSyntaxError,
  keyName,
  MORE,
  parseCharacter,
  parseNumber,
  parseSymbolic,
  unescapeString,
} from "./edn-tokens.ts";

/** Deeper nesting is no history, and would overflow the stack. */
const MAX_DEPTH = 512;

/** Which bytes end a token: white space, comma, brackets, quote, semicolon. */
const DELIMITER = new Uint8Array(256);
for (let code = 0; code <= 0x20; code++) DELIMITER[code] = 1;
for (const character of ',()[]{}";') DELIMITER[character.charCodeAt(0)] = 1;

/** Bytes with which a form does not start, or that need a second look. */
const SKIPPED = new Uint8Array(256);
for (let code = 0; code <= 0x20; code++) SKIPPED[code] = 1;
for (const character of ",;#") SKIPPED[character.charCodeAt(0)] = 1;

/** What `EdnParser.peek` gives at the end of the text. */
export const END = -1;

const CODE = {
  newline: 10,
  space: 32,
  quote: 34,
  hash: 35,
  roundOpen: 40,
  roundClose: 41,
  plus: 43,
  comma: 44,
  minus: 45,
  zero: 48,
  colon: 58,
  semicolon: 59,
  squareOpen: 91,
  backslash: 92,
  squareClose: 93,
  underscore: 95,
  curlyOpen: 123,
  curlyClose: 125,
} as const;

/** More digits may not fit in a double. */
const MAX_PLAIN_DIGITS = 15;
/** More digits may not fit in a small integer. */
const MAX_SMALL_DIGITS = 9;

/** What a value without items is hashed as. */
const HASH = 17;

/** Reads one form after another from a text. Once it has thrown, it needs a new text. */
export class EdnParser {
  readonly #recurring: Recurring;
  #bytes: Buffer = Buffer.alloc(1);
  #end = 0;
  /** True if no more text will come. */
  #whole = true;
  #position = 0;
  #line = 1;
  #depth = 0;
  /** How many vectors, lists and sets are being read, one within the other. */
  #sequences = 0;
  /** Their items, the innermost's last; arrays that fit exactly are cut from it. */
  readonly #items: Json[] = [];
  #top = 0;
  readonly #integers: number[] = [];
  /** The hash of the form that was read last. */
  #hash = HASH;
  /** What takes the entries of the next map, if that is the form that was asked for. */
  #entries: Entries | undefined;
  #isTaken = false;

  constructor(recurring: Recurring) {
    this.#recurring = recurring;
  }

  /**
   * Reads from here on the first `end` bytes, behind which a 0 must stand; `line` is that of the first of them, from 1.
   * They must stay as they are until all was read.
   */
  begin(bytes: Buffer, end: number, whole: boolean, line: number): void {
    this.#bytes = bytes;
    this.#end = end;
    this.#whole = whole;
    this.#line = line;
    this.#position = this.#depth = this.#sequences = this.#top = 0;
  }

  /** What was read ends here. */
  get position(): number {
    return this.#position;
  }

  /** The line of the position. */
  get line(): number {
    return this.#line;
  }

  /** Goes over white space, comments and discarded forms. The byte that follows, or `END`. */
  peek(): number {
    const bytes = this.#bytes;
    for (;;) {
      const code = bytes[this.#position] as number;
      if (SKIPPED[code] === 0) return code;
      if (code <= 0x20 || code === CODE.comma) {
        if (this.#position === this.#end) return END;
        if (code === CODE.newline) this.#line++;
        this.#position++;
      } else if (code === CODE.semicolon) this.#skipComment();
      else if (this.#following() === CODE.underscore) this.#discard();
      else return code;
    }
  }

  /** Goes over one character of ASCII that is no end of a line. */
  advance(): void {
    this.#position++;
  }

  /**
   * The next form. Throws an `EdnSyntaxError`; an `EdnCutError` if the text ends first. If the form is a map, tagged or
   * not, its entries go to `entries`, if given, and those are returned.
   */
  form(): Json;
  form<E extends Entries>(entries: E | undefined): Json | E;
  form(entries?: Entries): Json | Entries {
    const code = this.peek();
    this.#entries = entries;
    this.#isTaken = false;
    const form = this.#formAt(code);
    return this.#isTaken && entries !== undefined ? entries : form;
  }

  /** The form at the position, whose first byte this is. */
  #formAt(code: number): Json {
    const start = this.#position;
    if (isDigit(code)) return this.#number(start, start);
    switch (code) {
      case END:
        throw this.#cut(start);
      case CODE.colon:
        return this.#keyword(start);
      case CODE.squareOpen:
        return this.#sequence(start, CODE.squareClose);
      case CODE.roundOpen:
        return this.#sequence(start, CODE.roundClose);
      case CODE.curlyOpen:
        return this.#map(start, "");
      case CODE.quote:
        return this.#string(start);
      case CODE.hash:
        return this.#dispatch(start);
      case CODE.minus:
      case CODE.plus:
        return isDigit(this.#bytes[start + 1] as number) ? this.#number(start, start + 1) : this.#symbol(start);
      case CODE.backslash:
        if (start + 1 >= this.#end) throw this.#cut(start);
        this.#hash = HASH;
        return parseCharacter(this.#token(start + 1), start);
      case CODE.squareClose:
      case CODE.roundClose:
      case CODE.curlyClose:
        throw new EdnSyntaxError(`${String.fromCharCode(code)} closes nothing`, start);
      default:
        return this.#symbol(start);
    }
  }

  /** A number whose first digit stands at `from`, behind its sign if it has one. */
  #number(start: number, from: number): Json {
    const bytes = this.#bytes;
    let at = from;
    let value = 0;
    for (let code = bytes[at] as number; isDigit(code); code = bytes[++at] as number)
      value = value * 10 + (code - CODE.zero);
    this.#hash = value | 0;
    const isPlain = at - from === 1 || (at - from <= MAX_PLAIN_DIGITS && bytes[from] !== CODE.zero);
    if (!isPlain || !this.#isDelimiter(at)) return parseNumber(this.#token(start), start);
    this.#position = at;
    return value !== 0 && bytes[start] === CODE.minus ? -value : value;
  }

  #keyword(start: number): string {
    const from = start + (this.#bytes[start + 1] === CODE.colon ? 2 : 1);
    const name = this.#name(start, from);
    if (name === "") throw new EdnSyntaxError("a keyword without a name", start);
    return name;
  }

  #symbol(start: number): Json {
    const name = this.#name(start, start);
    if (name === "nil") return null;
    if (name === "true") return true;
    if (name === "false") return false;
    if (/^[@^`~']/.test(name)) throw new EdnSyntaxError(`${name.charAt(0)} starts no EDN value`, start);
    return name;
  }

  /** What stands from `from` to the next delimiter, perhaps nothing, in the form that starts at `start`. */
  #name(start: number, from: number): string {
    const bytes = this.#bytes;
    let end = from;
    let hash = HASH;
    for (let code = bytes[end] as number; DELIMITER[code] === 0; code = bytes[++end] as number)
      hash = hashed(hash, code);
    if (!this.#isDelimiter(end)) throw this.#cut(start);
    this.#position = end;
    this.#hash = hash;
    return this.#recurring.text(bytes, from, end, hash, true);
  }

  #skipComment(): void {
    const end = this.#bytes.indexOf("\n", this.#position);
    const isClosed = end >= 0 && end < this.#end;
    if (!isClosed && !this.#whole) throw this.#cut(this.#position);
    this.#position = isClosed ? end + 1 : this.#end;
    if (isClosed) this.#line++;
  }

  /** A `#_` and the form behind it. That is not the one whose entries were asked for. */
  #discard(): void {
    const start = this.#position;
    const entries = this.#entries;
    this.#entries = undefined;
    this.#position += 2;
    this.#tagged(start);
    this.#entries = entries;
  }

  /** The byte after the one at the position; 0 at the end of the text. */
  #following(): number {
    if (this.#position + 1 >= this.#end && !this.#whole) throw this.#cut(this.#position);
    return this.#bytes[this.#position + 1] as number;
  }

  /** True if a token certainly ends before this position. */
  #isDelimiter(position: number): boolean {
    return position < this.#end ? DELIMITER[this.#bytes[position] as number] === 1 : this.#whole;
  }

  /** The characters from `start` to the next delimiter, at least one. */
  #token(start: number): string {
    const bytes = this.#bytes;
    let end = start + 1;
    while (DELIMITER[bytes[end] as number] === 0) end++;
    if (!this.#isDelimiter(end)) throw this.#cut(start);
    if (bytes[start] === CODE.newline) this.#line++;
    this.#position = end;
    return bytes.toString("utf8", start, end);
  }

  #string(start: number): string {
    const source = this.#quoted(start);
    return source.includes("\\") ? unescapeString(source, start + 1) : source;
  }

  /** What stands between the quote at the position and the next one that has no backslash before it. */
  #quoted(start: number): string {
    const bytes = this.#bytes;
    const from = this.#position + 1;
    let end = from;
    let hash = HASH;
    for (let code = bytes[end] as number; code !== CODE.quote; code = bytes[++end] as number) {
      if (code === CODE.backslash) code = bytes[++end] as number;
      if (end >= this.#end) throw this.#cut(start);
      if (code === CODE.newline) this.#line++;
      hash = hashed(hash, code);
    }
    this.#position = end + 1;
    this.#hash = hash;
    return this.#recurring.text(bytes, from, end, hash, false);
  }

  /**
   * The items of a vector, list or set whose opening bracket is at the position. Those within another one are shared with
   * their equals, for an operation's completion repeats much of its invocation, and reads see the same lists again.
   */
  #sequence(start: number, closer: number): Json {
    this.#enter(start);
    this.#entries = undefined;
    this.#position++;
    const isWithin = this.#sequences > 0;
    const integers = this.#integersTo(closer, isWithin);
    if (integers !== undefined) {
      this.#depth--;
      return integers;
    }
    this.#sequences++;
    const base = this.#top;
    let hash = HASH;
    for (let next = this.#within(start, closer); next !== closer; next = this.#within(start, closer)) {
      const item = this.#formAt(next);
      this.#items[this.#top++] = item;
      hash = hashed(hash, this.#hash);
    }
    this.#position++;
    this.#depth--;
    this.#sequences--;
    const top = this.#top;
    this.#top = base;
    this.#hash = hash;
    return isWithin ? this.#recurring.vector(this.#items, base, top, hash) : vectorOf(this.#items, base, top);
  }

  /** The items up to the closer, if they are small integers with a space between. Otherwise the position stays. */
  #integersTo(closer: number, isWithin: boolean): Json | undefined {
    const bytes = this.#bytes;
    const integers = this.#integers;
    let at = this.#position;
    let count = 0;
    let hash = HASH;
    for (let code = bytes[at] as number; ; code = bytes[++at] as number) {
      if (!isDigit(code)) return undefined;
      const from = at;
      let value = 0;
      for (; isDigit(code); code = bytes[++at] as number) value = (Math.imul(value, 10) + (code - CODE.zero)) | 0;
      if (at - from > 1 && (at - from > MAX_SMALL_DIGITS || bytes[from] === CODE.zero)) return undefined;
      integers[count++] = value;
      hash = hashed(hash, value);
      if (code === closer) break;
      if (code !== CODE.space) return undefined;
    }
    this.#position = at + 1;
    this.#hash = hash;
    return isWithin ? this.#recurring.integers(integers, count, hash) : integers.slice(0, count);
  }

  /** `namespace` is what `#:namespace{…}` adds to the keywords among the keys. */
  #map(start: number, namespace: string): Json {
    const asked = this.#entries;
    if (asked !== undefined) {
      this.#entries = undefined;
      this.#isTaken = true;
      asked.clear();
      this.#entriesTo(asked, start, namespace);
      return null;
    }
    const map = new ObjectEntries();
    this.#entriesTo(map, start, namespace);
    this.#hash = HASH;
    return map.object;
  }

  #entriesTo(entries: Pick<Entries, "add">, start: number, namespace: string): void {
    this.#enter(start);
    this.#position++;
    const closer = CODE.curlyClose;
    for (let next = this.#within(start, closer); next !== closer; next = this.#within(start, closer)) {
      const keyStart = this.#position;
      const form = this.#formAt(next);
      const isKeyword = next === CODE.colon;
      const key = isKeyword && namespace === "" ? (form as string) : keyName(form, isKeyword ? namespace : "");
      const first = this.#within(start, closer);
      if (first === closer) throw new EdnSyntaxError(`key ${key} has no value`, keyStart);
      const value = this.#formAt(first);
      if (!entries.add(key, value)) throw new EdnSyntaxError(`key ${key} stands twice in one map`, keyStart);
    }
    this.#position++;
    this.#depth--;
  }

  /**
   * The code of the next character within what was opened at `start`: the first one of a form, or the closing bracket, at
   * which the position stays.
   */
  #within(start: number, closer: number): number {
    const next = this.peek();
    if (next === closer) return next;
    if (next === END) throw this.#cut(start);
    if (next === CODE.squareClose || next === CODE.roundClose || next === CODE.curlyClose) {
      const [found, wanted] = [String.fromCharCode(next), String.fromCharCode(closer)];
      const opener = String.fromCharCode(this.#bytes[start] as number);
      throw new EdnSyntaxError(`${found} where ${wanted} must close the ${opener}`, this.#position);
    }
    return next;
  }

  /** What starts with `#`. (`#_` was skipped.) */
  #dispatch(start: number): Json {
    if (++this.#position >= this.#end) throw this.#cut(start);
    const next = this.#bytes[this.#position] as number;
    if (next === CODE.curlyOpen) return this.#sequence(start, CODE.curlyClose);
    if (next === CODE.quote) return this.#quoted(start);
    const character = String.fromCharCode(next);
    if ("<(=?".includes(character))
      throw new EdnSyntaxError(`#${character} is something that Clojure prints but cannot read back`, start);
    if (DELIMITER[next] === 1) throw new EdnSyntaxError("# without a tag", start);
    const tag = this.#token(this.#position);
    this.#hash = HASH;
    if (tag.startsWith("#")) return parseSymbolic(tag.slice(1), start);
    // A var, #'namespace/name: its name.
    if (tag.startsWith("'")) return tag.slice(1);
    if (tag.startsWith(":") && this.peek() === CODE.curlyOpen) return this.#map(start, tag.replace(/^:+/, ""));
    return this.#tagged(start);
  }

  /** The form to which the tag that starts at `start` belongs. */
  #tagged(start: number): Json {
    this.#enter(start);
    const next = this.peek();
    if (next === END) throw this.#cut(start);
    const value = this.#formAt(next);
    this.#depth--;
    return value;
  }

  #enter(start: number): void {
    if (++this.#depth > MAX_DEPTH) throw new EdnSyntaxError(`nested more than ${MAX_DEPTH} deep`, start);
  }

  #cut(start: number): EdnCutError {
    return this.#whole ? cutError(this.#bytes.subarray(start, this.#end), start) : MORE;
  }
}

const isDigit = (code: number): boolean => code >= CODE.zero && code <= 57;
