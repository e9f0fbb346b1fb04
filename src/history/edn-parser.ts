/**
 * The grammar of EDN (github.com/edn-format/edn), and of the few things beyond it that Clojure prints: `#object[…]`,
 * ratios, regular expressions, vars, `##Inf`, namespaced maps.
 *
 * Values become JSON: keywords and symbols their name (`:read` is "read"), characters strings of one, lists, vectors and
 * sets arrays in the order of the text, maps objects, a tagged value the value without its tag. Integers that a double
 * does not hold exactly become their digits as a string, so that different ones stay different; ratios, `##NaN` and
 * `##Inf` become strings, too. Keys of maps become strings; keys that are collections, their JSON.
 *
 * A history is nearly all small integers, short keywords and vectors of these. They are read character by character,
 * without a token in between; whatever is not that plain, and whatever may be cut, goes through `#token`.
 */

import type { Json } from "../core/json.ts";
import { detached, type Recurring } from "./edn-recurring.ts";
import {
  EdnCutError,
  EdnSyntaxError,
  keyName,
  parseCharacter,
  parseNumber,
  parseSymbolic,
  unescapeString,
} from "./edn-tokens.ts";

/** Deeper nesting is no history, and would overflow the stack. */
const MAX_DEPTH = 512;

/** Which characters end a token: white space, comma, brackets, quote, semicolon. */
const DELIMITER = new Uint8Array(128);
for (let code = 0; code <= 0x20; code++) DELIMITER[code] = 1;
for (const character of ',()[]{}";') DELIMITER[character.charCodeAt(0)] = 1;

/** What `EdnParser.peek` gives at the end of the text. */
export const END = -1;

const CODE = {
  quote: 34,
  hash: 35,
  apostrophe: 39,
  roundOpen: 40,
  roundClose: 41,
  plus: 43,
  comma: 44,
  minus: 45,
  zero: 48,
  colon: 58,
  semicolon: 59,
  less: 60,
  equals: 61,
  question: 63,
  at: 64,
  squareOpen: 91,
  backslash: 92,
  squareClose: 93,
  caret: 94,
  underscore: 95,
  backtick: 96,
  curlyOpen: 123,
  curlyClose: 125,
  tilde: 126,
} as const;

/** More digits may not fit in a double. */
const MAX_PLAIN_DIGITS = 15;

/** Reads one form after another from a text. Of no more use once it has thrown. */
export class EdnParser {
  readonly #text: string;
  /** True if no more text will come. */
  readonly #whole: boolean;
  readonly #recurring: Recurring;
  #position = 0;
  #depth = 0;
  /** Items of the sequences that are being read, the innermost last; arrays that fit exactly are cut from it. */
  readonly #items: Json[] = [];
  #top = 0;

  constructor(text: string, whole: boolean, recurring: Recurring) {
    this.#text = text;
    this.#whole = whole;
    this.#recurring = recurring;
  }

  /** What was read ends here. */
  get position(): number {
    return this.#position;
  }

  /** Goes over white space, comments and discarded forms. The code of the character that follows, or `END`. */
  peek(): number {
    const text = this.#text;
    for (;;) {
      if (this.#position >= text.length) return END;
      const code = text.charCodeAt(this.#position);
      if (code <= 0x20 || code === CODE.comma) this.#position++;
      else if (code === CODE.semicolon) this.#skipComment();
      else if (code === CODE.hash && this.#following() === CODE.underscore) {
        const start = this.#position;
        this.#position += 2;
        this.#tagged(start);
      } else return code;
    }
  }

  /** Goes over one character. */
  advance(): void {
    this.#position++;
  }

  /** The next form. Throws an `EdnSyntaxError`; an `EdnCutError` if the text ends first. */
  form(): Json {
    return this.#formAt(this.peek());
  }

  /** The form at the position, whose first character has this code. */
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
        return isDigit(this.#text.charCodeAt(start + 1)) ? this.#number(start, start + 1) : this.#symbol(start);
      case CODE.backslash:
        if (start + 1 >= this.#text.length) throw this.#cut(start);
        return parseCharacter(this.#token(start + 1), start);
      case CODE.squareClose:
      case CODE.roundClose:
      case CODE.curlyClose:
        throw new EdnSyntaxError(`${String.fromCharCode(code)} closes nothing`, start);
      case CODE.at:
      case CODE.caret:
      case CODE.backtick:
      case CODE.tilde:
      case CODE.apostrophe:
        throw new EdnSyntaxError(`${String.fromCharCode(code)} starts no EDN value`, start);
      default:
        return this.#symbol(start);
    }
  }

  /** A number whose first digit stands at `from`, behind its sign if it has one. */
  #number(start: number, from: number): Json {
    const text = this.#text;
    let at = from;
    let value = 0;
    for (let code = text.charCodeAt(at); isDigit(code); code = text.charCodeAt(++at))
      value = value * 10 + (code - CODE.zero);
    const isPlain = at - from === 1 || (at - from <= MAX_PLAIN_DIGITS && text.charCodeAt(from) !== CODE.zero);
    if (!isPlain || !this.#isDelimiter(at)) return parseNumber(this.#token(start), start);
    this.#position = at;
    return value !== 0 && text.charCodeAt(start) === CODE.minus ? -value : value;
  }

  #keyword(start: number): string {
    const text = this.#text;
    const from = start + (text.charCodeAt(start + 1) === CODE.colon ? 2 : 1);
    let end = from;
    let hash = 0;
    for (let code = text.charCodeAt(end); code < 128 && DELIMITER[code] === 0; code = text.charCodeAt(++end))
      hash = (Math.imul(hash, 31) + code) | 0;
    if (end > from && this.#isDelimiter(end)) {
      this.#position = end;
      return this.#recurring.name(text, from, end, hash);
    }
    const token = this.#token(start);
    if (token.length === from - start) throw new EdnSyntaxError("a keyword without a name", start);
    return token.slice(from - start);
  }

  #symbol(start: number): Json {
    const token = this.#token(start);
    if (token === "nil") return null;
    if (token === "true") return true;
    if (token === "false") return false;
    return token;
  }

  #skipComment(): void {
    const end = this.#text.indexOf("\n", this.#position);
    if (end < 0 && !this.#whole) throw this.#cut(this.#position);
    this.#position = end < 0 ? this.#text.length : end + 1;
  }

  /** The character after the one at the position; NaN at the end of the text. */
  #following(): number {
    if (this.#position + 1 >= this.#text.length && !this.#whole) throw this.#cut(this.#position);
    return this.#text.charCodeAt(this.#position + 1);
  }

  /** True if a token certainly ends before this position. */
  #isDelimiter(position: number): boolean {
    return position < this.#text.length ? DELIMITER[this.#text.charCodeAt(position)] === 1 : this.#whole;
  }

  /** The characters from `start` to the next delimiter, at least one. */
  #token(start: number): string {
    const text = this.#text;
    let end = start + 1;
    while (end < text.length && DELIMITER[text.charCodeAt(end)] !== 1) end++;
    if (end === text.length && !this.#whole) throw this.#cut(start);
    this.#position = end;
    return detached(text.slice(start, end));
  }

  #string(start: number): string {
    const source = this.#quoted(start);
    return source.includes("\\") ? unescapeString(source, start + 1) : source;
  }

  /** What stands between the quote at the position and the next one that has no backslash before it. */
  #quoted(start: number): string {
    const text = this.#text;
    const from = this.#position + 1;
    let end = from;
    for (let code = text.charCodeAt(end); code !== CODE.quote; code = text.charCodeAt(end)) {
      if (end >= text.length) throw this.#cut(start);
      end += code === CODE.backslash ? 2 : 1;
    }
    this.#position = end + 1;
    return detached(text.slice(from, end));
  }

  /** The items of a vector, list or set whose opening bracket is at the position. */
  #sequence(start: number, closer: number): Json {
    this.#enter(start);
    this.#position++;
    const base = this.#top;
    for (let next = this.#within(start, closer); next !== closer; next = this.#within(start, closer)) {
      const item = this.#formAt(next);
      this.#items[this.#top++] = item;
    }
    this.#position++;
    this.#depth--;
    const items = this.#since(base);
    this.#top = base;
    return items;
  }

  /** The items from `base` on. Literals are faster than the general way for the lengths that fill a history. */
  #since(base: number): Json {
    const items = this.#items;
    switch (this.#top - base) {
      case 0:
        return [];
      case 1:
        return [items[base] as Json];
      case 2:
        return [items[base] as Json, items[base + 1] as Json];
      case 3: {
        const [first, second, third] = [items[base] as Json, items[base + 1] as Json, items[base + 2] as Json];
        if (third === null && typeof first === "string" && typeof second === "number")
          return this.#recurring.reading(first, second);
        return [first, second, third];
      }
      default:
        return items.slice(base, this.#top);
    }
  }

  /** `namespace` is what `#:namespace{…}` adds to the keywords among the keys. */
  #map(start: number, namespace: string): Json {
    this.#enter(start);
    this.#position++;
    const object: { [key: string]: Json } = {};
    const closer = CODE.curlyClose;
    for (let next = this.#within(start, closer); next !== closer; next = this.#within(start, closer)) {
      const keyStart = this.#position;
      const form = this.#formAt(next);
      const isKeyword = next === CODE.colon;
      const key = isKeyword && namespace === "" ? (form as string) : keyName(form, isKeyword ? namespace : "");
      const first = this.#within(start, closer);
      if (first === closer) throw new EdnSyntaxError(`key ${key} has no value`, keyStart);
      const value = this.#formAt(first);
      // Nearly always nothing is there, which is cheaper to see than whose it is.
      if (object[key] !== undefined && Object.hasOwn(object, key))
        throw new EdnSyntaxError(`key ${key} stands twice in one map`, keyStart);
      if (key === "__proto__") defineKey(object, key, value);
      else object[key] = value;
    }
    this.#position++;
    this.#depth--;
    return object;
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
      throw new EdnSyntaxError(`${found} where ${wanted} must close the ${this.#text[start]}`, this.#position);
    }
    return next;
  }

  /** What starts with `#`. (`#_` was skipped.) */
  #dispatch(start: number): Json {
    if (++this.#position >= this.#text.length) throw this.#cut(start);
    const next = this.#text.charCodeAt(this.#position);
    switch (next) {
      case CODE.curlyOpen:
        return this.#sequence(start, CODE.curlyClose);
      case CODE.quote:
        return this.#quoted(start);
      case CODE.less:
      case CODE.roundOpen:
      case CODE.equals:
      case CODE.question:
        throw new EdnSyntaxError(
          `#${String.fromCharCode(next)} is something that Clojure prints but cannot read back`,
          start,
        );
    }
    if (DELIMITER[next] === 1) throw new EdnSyntaxError("# without a tag", start);
    const tag = this.#token(this.#position);
    if (tag.startsWith("#")) return parseSymbolic(tag.slice(1), start);
    // A var, #'namespace/name: its name.
    if (tag.startsWith("'")) return tag.slice(1);
    if (tag.startsWith(":") && this.peek() === CODE.curlyOpen) return this.#map(start, tag.replace(/^:+/, ""));
    return this.#tagged(start);
  }

  /** The form to which the tag that starts at `start` belongs. */
  #tagged(start: number): Json {
    this.#enter(start);
    if (this.peek() === END) throw this.#cut(start);
    const value = this.form();
    this.#depth--;
    return value;
  }

  #enter(start: number): void {
    if (++this.#depth > MAX_DEPTH) throw new EdnSyntaxError(`nested more than ${MAX_DEPTH} deep`, start);
  }

  #cut(start: number): EdnCutError {
    const beginning = this.#text.slice(start, start + 20).split("\n", 1)[0];
    return new EdnCutError(`the text ends within what starts here with ${beginning}`, start);
  }
}

const isDigit = (code: number): boolean => code >= CODE.zero && code <= 57;

/** Plain assignment to `__proto__` would set the prototype instead. */
function defineKey(object: object, key: string, value: Json): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}
