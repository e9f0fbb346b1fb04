import type { Json } from "../../src/core/json.ts";

/** A token of EDN, or a character that starts none. */
const TOKEN = /[\s,]+|;[^\n]*|"(?:[^"\\]|\\[\s\S])*"|#_|#\{|[[\](){}]|[^\s,()[\]{}";]+|[\s\S]/g;

interface Token {
  readonly text: string;
  readonly line: number;
}

/** A form, and the line from 1 on which it starts. */
export interface Placed {
  readonly form: Json;
  readonly line: number;
}

/**
 * The plain part of EDN in the slow and obvious way, to compare the reader with: tokens by a regular expression, then
 * recursion over lists of them. `undefined` for what is no EDN or is cut off. Tags, characters and namespaced maps are not
 * part of it.
 */
export function readPlainEdn(text: string): Placed[] | undefined {
  let line = 1;
  let tokens: Token[] = [];
  for (const [token] of text.matchAll(TOKEN)) {
    if (!/^[\s,;]/.test(token)) tokens.push({ text: token, line });
    line += token.split("\n").length - 1;
  }
  try {
    tokens = withoutDiscarded(tokens);
    const [first] = tokens;
    if (first?.text !== "[" && first?.text !== "(") return sequence(tokens, undefined);
    return sequence(tokens.slice(1), closerOf(first.text), true);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

class Malformed extends Error {}

const closerOf = (opener: string): string => (opener === "[" ? "]" : opener === "(" ? ")" : "}");

/** How many of the tokens from `at` on the form there takes. */
function extent(tokens: readonly Token[], at: number): number {
  const text = tokens[at]?.text;
  if (text === undefined || /^[\])}]$/.test(text)) throw new Malformed();
  if (text === "#_") {
    const gone = extent(tokens, at + 1);
    return 1 + gone + extent(tokens, at + 1 + gone);
  }
  if (!/^(?:[[({]|#\{)$/.test(text)) return 1;
  let end = at + 1;
  while (tokens[end]?.text !== closerOf(text))
    end += tokens[end]?.text === "#_" ? discarded(tokens, end) : extent(tokens, end);
  return end + 1 - at;
}

const discarded = (tokens: readonly Token[], at: number): number => 1 + extent(tokens, at + 1);

function withoutDiscarded(tokens: readonly Token[]): Token[] {
  const kept: Token[] = [];
  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at] as Token;
    if (token.text === "#_") {
      const length = discarded(tokens, at);
      // What is discarded must be EDN all the same.
      formOf(withoutDiscarded(tokens.slice(at + 1, at + length)));
      at += length;
    } else {
      kept.push(token);
      at++;
    }
  }
  return kept;
}

/** The forms up to the closer, which must be the last token if it is the history's own. */
function sequence(tokens: readonly Token[], closer: string | undefined, isOutermost = false): Placed[] {
  const forms: Placed[] = [];
  let at = 0;
  for (let token = tokens[at]; token !== undefined && token.text !== closer; token = tokens[at]) {
    const length = extent(tokens, at);
    forms.push({ form: formOf(tokens.slice(at, at + length)), line: token.line });
    at += length;
  }
  if (closer !== undefined && at >= tokens.length) throw new Malformed();
  if (isOutermost && at !== tokens.length - 1) throw new Malformed();
  return forms;
}

function formOf(tokens: readonly Token[]): Json {
  const { text } = tokens[0] as Token;
  if (/^(?:[[(]|#\{)$/.test(text)) return sequence(tokens.slice(1, -1), undefined).map(({ form }) => form);
  if (text === "{") return mapOf(sequence(tokens.slice(1, -1), undefined).map(({ form }) => form));
  if (/^"[^\\]*"$/s.test(text) && text.length > 1) return text.slice(1, -1);
  if (/^(?::[^:]|::.)/s.test(text)) return text.replace(/^::?/, "");
  if (/^[+-]?\d/.test(text)) return numberOf(text);
  if (/^(nil|true|false)$/.test(text)) return text === "nil" ? null : text === "true";
  if (/^[^:#"'`~@^\\]/.test(text)) return text;
  throw new Malformed();
}

function numberOf(text: string): Json {
  if (!/^[+-]?(0|[1-9]\d*)$/.test(text)) throw new Malformed();
  const digits = text.replace(/^\+/, "");
  return Number.isSafeInteger(Number(digits)) ? Number(digits) + 0 : digits;
}

function mapOf(items: readonly Json[]): Json {
  if (items.length % 2 === 1) throw new Malformed();
  const entries = items.flatMap((key, i) => (i % 2 === 0 ? [[nameOf(key), items[i + 1] as Json] as const] : []));
  if (new Set(entries.map(([key]) => key)).size < entries.length) throw new Malformed();
  return Object.fromEntries(entries);
}

const nameOf = (key: Json): string =>
  key === null ? "nil" : typeof key === "object" ? JSON.stringify(key) : String(key);
