/**
 * The grammar of EDN (github.com/edn-format/edn), and of the few things beyond it that Clojure prints: `#object[…]`,
 * ratios, regular expressions, vars, `##Inf`, namespaced maps.
 *
 * Values become JSON: keywords and symbols their name (`:read` is "read"), characters strings of one, lists, vectors and
 * sets arrays in the order of the text, maps objects, a tagged value the value without its tag. Integers that a double
 * does not hold exactly become their digits as a string, so that different ones stay different; ratios, `##NaN` and
 * `##Inf` become strings, too. Keys of maps become strings; keys that are collections, their JSON.
 */

import type { Json } from "../core/json.ts";
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

const CODE = {
  quote: 34,
  hash: 35,
  plus: 43,
  comma: 44,
  minus: 45,
  zero: 48,
  nine: 57,
  colon: 58,
  semicolon: 59,
  backslash: 92,
} as const;

/** Reads one form after another from a text. Of no more use once it has thrown. */
export class EdnParser {
  readonly #text: string;
  /** True if no more text will come. */
  readonly #whole: boolean;
  #position = 0;
  #depth = 0;

  constructor(text: string, whole = true) {
    this.#text = text;
    this.#whole = whole;
  }

  /** What was read ends here. */
  get position(): number {
    return this.#position;
  }

  /** Goes over white space, comments and discarded forms. The character that follows, or `undefined` at the end. */
  peek(): string | undefined {
    this.#skip();
    return this.#text[this.#position];
  }

  /** Goes over one character. */
  advance(): void {
    this.#position++;
  }

  /** The next form. Throws an `EdnSyntaxError`; an `EdnCutError` if the text ends first. */
  form(): Json {
    this.#skip();
    const start = this.#position;
    const character = this.#text[start];
    switch (character) {
      case undefined:
        throw this.#cut(start);
      case '"':
        return this.#string(start);
      case "[":
        return this.#sequence(start, "]");
      case "(":
        return this.#sequence(start, ")");
      case "{":
        return this.#map(start, "");
      case "#":
        return this.#dispatch(start);
      case "\\":
        if (start + 1 >= this.#text.length) throw this.#cut(start);
        return parseCharacter(this.#token(start + 1), start);
      case "]":
      case ")":
      case "}":
        throw new EdnSyntaxError(`${character} closes nothing`, start);
      case "@":
      case "^":
      case "`":
      case "~":
      case "'":
        throw new EdnSyntaxError(`${character} starts no EDN value`, start);
      default:
        return this.#atom(start);
    }
  }

  #atom(start: number): Json {
    const token = this.#token(start);
    const code = token.charCodeAt(0);
    if (code === CODE.colon) {
      if (token.length === 1) throw new EdnSyntaxError("a keyword without a name", start);
      return token.slice(token.charCodeAt(1) === CODE.colon ? 2 : 1);
    }
    if (isDigit(code)) return parseNumber(token, start);
    if ((code === CODE.minus || code === CODE.plus) && isDigit(token.charCodeAt(1))) return parseNumber(token, start);
    if (token === "nil") return null;
    if (token === "true") return true;
    if (token === "false") return false;
    return token;
  }

  #skip(): void {
    const text = this.#text;
    for (;;) {
      // NaN at the end of the text, which equals nothing.
      const code = text.charCodeAt(this.#position);
      if (code <= 0x20 || code === CODE.comma) this.#position++;
      else if (code === CODE.semicolon) {
        const end = text.indexOf("\n", this.#position);
        if (end < 0 && !this.#whole) throw this.#cut(this.#position);
        this.#position = end < 0 ? text.length : end + 1;
      } else if (code === CODE.hash && this.#following() === "_") {
        const start = this.#position;
        this.#position += 2;
        this.#tagged(start);
      } else return;
    }
  }

  /** The character after the one at the position. */
  #following(): string | undefined {
    const next = this.#text[this.#position + 1];
    if (next === undefined && !this.#whole) throw this.#cut(this.#position);
    return next;
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
  #sequence(start: number, closer: string): Json[] {
    this.#enter(start);
    this.#position++;
    const items: Json[] = [];
    while (!this.#closes(closer, start)) items.push(this.form());
    this.#depth--;
    return items;
  }

  /** `namespace` is what `#:namespace{…}` adds to the keywords among the keys. */
  #map(start: number, namespace: string): Json {
    this.#enter(start);
    this.#position++;
    const object: { [key: string]: Json } = {};
    while (!this.#closes("}", start)) {
      const keyStart = this.#position;
      const isKeyword = this.#text.charCodeAt(keyStart) === CODE.colon;
      const key = keyName(this.form(), isKeyword ? namespace : "");
      if (this.#closes("}", start)) throw new EdnSyntaxError(`key ${key} has no value`, keyStart);
      const value = this.form();
      if (Object.hasOwn(object, key)) throw new EdnSyntaxError(`key ${key} stands twice in one map`, keyStart);
      if (key === "__proto__") defineKey(object, key, value);
      else object[key] = value;
    }
    this.#depth--;
    return object;
  }

  /** True, and goes over it, if the next thing is the closing bracket of what was opened at `start`. */
  #closes(closer: string, start: number): boolean {
    const next = this.peek();
    if (next === undefined) throw this.#cut(start);
    if (next === closer) {
      this.#position++;
      return true;
    }
    if (next === "]" || next === ")" || next === "}")
      throw new EdnSyntaxError(`${next} where ${closer} must close the ${this.#text[start]}`, this.#position);
    return false;
  }

  /** What starts with `#`. (`#_` was skipped.) */
  #dispatch(start: number): Json {
    const next = this.#text[++this.#position];
    switch (next) {
      case undefined:
        throw this.#cut(start);
      case "{":
        return this.#sequence(start, "}");
      case '"':
        return this.#quoted(start);
      case "<":
      case "(":
      case "=":
      case "?":
        throw new EdnSyntaxError(`#${next} is something that Clojure prints but cannot read back`, start);
    }
    if (DELIMITER[next.charCodeAt(0)] === 1) throw new EdnSyntaxError("# without a tag", start);
    const tag = this.#token(this.#position);
    if (tag.startsWith("#")) return parseSymbolic(tag.slice(1), start);
    // A var, #'namespace/name: its name.
    if (tag.startsWith("'")) return tag.slice(1);
    if (tag.startsWith(":") && this.peek() === "{") return this.#map(start, tag.replace(/^:+/, ""));
    return this.#tagged(start);
  }

  /** The form to which the tag that starts at `start` belongs. */
  #tagged(start: number): Json {
    this.#enter(start);
    if (this.peek() === undefined) throw this.#cut(start);
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

const isDigit = (code: number): boolean => code >= CODE.zero && code <= CODE.nine;

/** Plain assignment to `__proto__` would set the prototype instead. */
function defineKey(object: object, key: string, value: Json): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

/** From this length on V8 represents a slice as a view that keeps the whole text alive. */
const VIEW_LENGTH = 13;

/** The same string, but with memory of its own. */
const detached = (slice: string): string => (slice.length < VIEW_LENGTH ? slice : `${slice} `.slice(0, -1));
