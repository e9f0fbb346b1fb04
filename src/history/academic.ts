/**
 * The plain texts in which the academic checkers of isolation keep their histories. They know transactions over registers,
 * in sessions, and no times.
 *
 * - Plume and DBCop: `r(key,value,session,transaction)` or `w(…)` a line; a transaction -1 was aborted.
 * - AWDIT: `r key value` or `w key value` a line; `-----` ends a transaction, `=====` a session.
 *
 * In both a value of 0 that nobody wrote to the key is its initial one.
 */

import type { History } from "../core/history.ts";
import type { Json } from "../core/json.ts";
import type { Operation } from "../core/operation.ts";
import { HistoryError } from "./errors.ts";
import { JSONL_VERSION } from "./jsonl.ts";
import { LineSplitter } from "./text.ts";

/** A number as the texts have it; one that a double cannot hold stays text, digit by digit. */
export type Numeral = number | string;

type Micro = [f: "r" | "w", key: Numeral, value: Numeral | null];

/** A transaction that may still go on. */
export interface OpenTransaction {
  readonly input: Json[];
  /** What it did; `undefined` if it was aborted, since then what it read counts for nothing. */
  readonly done: Json[] | undefined;
}

/**
 * Makes a history of transactions. Each becomes a `txn`, its session the process. All of them are called and return at
 * instant 0: those of a session are one after the other by their index, and those of different sessions all concurrent,
 * for nothing is known of when they ran. Operations are in order of their first lines.
 */
export class AcademicHistory {
  readonly #ops: Operation[] = [];
  /** Reads of 0, which may be the initial value, and the keys to which 0 was written. */
  readonly #readsOfZero: Micro[] = [];
  readonly #zeroWritten = new Set<Numeral>();
  /** A read as it was asked for, the same object for all reads of a key. */
  readonly #asked = new Map<Numeral, Json>();

  begin(process: number, aborted: boolean): OpenTransaction {
    const input: Json[] = [];
    const done: Json[] | undefined = aborted ? undefined : [];
    this.#ops.push({
      index: this.#ops.length,
      process,
      node: "",
      f: "txn",
      input,
      callNs: 0,
      returnNs: 0,
      outcome: done === undefined ? { type: "fail", error: { name: "abort" } } : { type: "ok", value: done },
    });
    return { input, done };
  }

  add({ input, done }: OpenTransaction, isWrite: boolean, key: Numeral, value: Numeral): void {
    const micro: Micro = [isWrite ? "w" : "r", key, value];
    if (isWrite) {
      if (value === 0) this.#zeroWritten.add(key);
      input.push(micro);
    } else {
      if (value === 0) this.#readsOfZero.push(micro);
      input.push(this.#read(key));
    }
    done?.push(micro);
  }

  #read(key: Numeral): Json {
    let asked = this.#asked.get(key);
    if (asked === undefined) {
      asked = ["r", key, null];
      this.#asked.set(key, asked);
    }
    return asked;
  }

  finish(): History {
    for (const micro of this.#readsOfZero) if (!this.#zeroWritten.has(micro[1])) micro[2] = null;
    return { ops: this.#ops, faults: [], meta: { version: JSONL_VERSION, sessionsInAllLevels: true } };
  }
}

const SPACE = 0x20;
const TAB = 0x09;
const CARRIAGE_RETURN = 0x0d;
const MINUS = 0x2d;
const ZERO = 0x30;

/** Digits that a double holds exactly, whatever they are. */
const SAFE_DIGITS = 15;

/** Reads a line from left to right. */
export class LineScanner {
  #text = "";
  #at = 0;

  start(text: string): void {
    this.#text = text;
    this.#at = 0;
  }

  /** Skips this character and the blanks before it. False if it is not there. */
  skip(code: number): boolean {
    this.#skipBlanks();
    if (this.#text.charCodeAt(this.#at) !== code) return false;
    this.#at++;
    return true;
  }

  /** The integer that comes next, after blanks; `undefined` if none does. */
  numeral(): Numeral | undefined {
    this.#skipBlanks();
    const text = this.#text;
    const start = this.#at;
    const isNegative = text.charCodeAt(start) === MINUS;
    const first = isNegative ? start + 1 : start;
    let value = 0;
    let at = first;
    for (let digit = text.charCodeAt(at) - ZERO; digit >= 0 && digit <= 9; digit = text.charCodeAt(at) - ZERO) {
      value = value * 10 + digit;
      at++;
    }
    if (at === first) return undefined;
    this.#at = at;
    if (at - first > SAFE_DIGITS) return exact(text.slice(start, at));
    return isNegative && value !== 0 ? -value : value;
  }

  /** True if only blanks are left. */
  get atEnd(): boolean {
    this.#skipBlanks();
    return this.#at === this.#text.length;
  }

  #skipBlanks(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== SPACE && code !== TAB && code !== CARRIAGE_RETURN) return;
      this.#at++;
    }
  }
}

function exact(digits: string): Numeral {
  const value = BigInt(digits);
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
}

const MAX_SHOWN = 40;

/** A line that is not what it should be. */
export function notALine(text: string, line: number, expected: string): HistoryError {
  const found = text.trim();
  const shown = found.length > MAX_SHOWN ? `${found.slice(0, MAX_SHOWN)}…` : found;
  return new HistoryError(`a line must be ${expected}, found ${JSON.stringify(shown)}`, { line });
}

/** Reads a text line by line as it comes in; what a line means is the format's own. */
export abstract class AcademicDecoder {
  readonly #lines = new LineSplitter((text, line) => this.#read(text, line));
  readonly #scanner = new LineScanner();
  protected readonly history = new AcademicHistory();

  push(text: string): void {
    this.#lines.push(text);
  }

  /** The history, once all text was pushed. */
  end(): History {
    this.#read(this.#lines.rest, this.#lines.restLine);
    return this.history.finish();
  }

  /** Takes a line that is not empty; `scanner` stands at its start. Throws a `HistoryError` that names the line. */
  protected abstract line(scanner: LineScanner, text: string, line: number): void;

  #read(text: string, line: number): void {
    this.#scanner.start(text);
    if (!this.#scanner.atEnd) this.line(this.#scanner, text, line);
  }
}
