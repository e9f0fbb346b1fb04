import type { Json } from "../core/json.ts";

/** The text is no EDN; `position` in its UTF-8, in bytes from 0. */
export class EdnSyntaxError extends Error {
  override readonly name: string = "EdnSyntaxError";
  readonly position: number;

  constructor(problem: string, position: number) {
    super(problem);
    this.position = position;
  }
}

/** The text ends within a form. More text may complete it. */
export class EdnCutError extends EdnSyntaxError {
  override readonly name = "EdnCutError";
}

/** More text will come. One error for all pieces of a history, for one takes longer to make than many events to read. */
export const MORE = new EdnCutError("the text goes on", 0);

/** How much is shown of a text that was cut, and how many bytes may hold it. */
const MAX_SHOWN = 20;
const MAX_SHOWN_BYTES = 4 * MAX_SHOWN;

/** For a text whose last form is `rest`, which starts at the byte `position`. */
export function cutError(rest: Buffer, position: number): EdnCutError {
  const [beginning] = rest.toString("utf8", 0, MAX_SHOWN_BYTES).slice(0, MAX_SHOWN).split("\n", 1);
  return new EdnCutError(`the text ends within what starts here with ${beginning}`, position);
}

const SYMBOLIC: Readonly<Record<string, string>> = { Inf: "Infinity", "-Inf": "-Infinity", NaN: "NaN" };
const ESCAPES: Readonly<Record<string, string>> = {
  t: "\t",
  r: "\r",
  n: "\n",
  b: "\b",
  f: "\f",
  "\\": "\\",
  '"': '"',
};
const CHARACTERS: Readonly<Record<string, string>> = {
  newline: "\n",
  space: " ",
  tab: "\t",
  return: "\r",
  backspace: "\b",
  formfeed: "\f",
};

/** A token that starts with a digit, or with a sign and a digit. */
export function parseNumber(token: string, position: number): Json {
  // Nearly all numbers of a history.
  if (/^(0|[1-9]\d{0,14})$/.test(token)) return Number(token);
  if (/^[+-]?(0|[1-9]\d*)N?$/.test(token)) return integer(token.replace(/^\+|N$/g, ""));
  if (/^[+-]?(0|[1-9]\d*)(\.\d*)?([eE][+-]?\d+)?M?$/.test(token)) {
    const value = Number.parseFloat(token);
    // JSON has no infinity, and no negative zero.
    return Number.isFinite(value) ? value + 0 : token;
  }
  if (/^[+-]?\d+\/\d+$/.test(token)) return token;
  const hexadecimal = /^([+-]?)0[xX]([0-9a-fA-F]+)N?$/.exec(token);
  if (hexadecimal !== null) return integer(`${BigInt(`0x${hexadecimal[2]}`) * (hexadecimal[1] === "-" ? -1n : 1n)}`);
  throw new EdnSyntaxError(`${token} is no number`, position);
}

function integer(digits: string): Json {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value + 0 : digits;
}

/** What stands after the backslash of a character: itself, or its name or number. */
export function parseCharacter(name: string, position: number): string {
  if ([...name].length === 1) return name;
  if (Object.hasOwn(CHARACTERS, name)) return CHARACTERS[name] as string;
  const code = /^u([0-9a-fA-F]{4})$/.exec(name)?.[1];
  if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
  const octal = /^o([0-3]?[0-7]{1,2})$/.exec(name)?.[1];
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
  throw new EdnSyntaxError(`\\${name} is no character`, position);
}

/** The inside of a string, which starts at the byte `position`, without its backslashes. */
export function unescapeString(source: string, position: number): string {
  return source.replace(
    /\\(?:u([0-9a-fA-F]{4})|([0-3]?[0-7]{1,2})|([\s\S]?))/gu,
    (_, code: string | undefined, octal: string | undefined, plain: string | undefined, at: number) => {
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      if (plain !== undefined && Object.hasOwn(ESCAPES, plain)) return ESCAPES[plain] as string;
      const remedy = plain === "u" ? "\\u takes four hexadecimal digits" : "write \\\\ for a backslash";
      throw new EdnSyntaxError(
        `\\${plain} is no escape in a string; ${remedy}`,
        position + Buffer.byteLength(source.slice(0, at)),
      );
    },
  );
}

/** What stands after `##`. */
export function parseSymbolic(name: string, position: number): string {
  if (Object.hasOwn(SYMBOLIC, name)) return SYMBOLIC[name] as string;
  throw new EdnSyntaxError(`##${name} is no symbolic value`, position);
}

/** A key of a map as a key of an object. `namespace` is that of `#:namespace{…}`, or `""`. */
export function keyName(key: Json, namespace: string): string {
  if (key === null) return "nil";
  if (typeof key === "object") return JSON.stringify(key);
  const name = String(key);
  if (namespace === "") return name;
  if (name.startsWith("_/")) return name.slice(2);
  return name.includes("/") ? name : `${namespace}/${name}`;
}
