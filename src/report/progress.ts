import { displayWidth, plain, truncate } from "./layout.ts";
import { styleOf } from "./style.ts";
import { count } from "./words.ts";

/** How a run is getting on. */
export interface ProgressState {
  readonly elapsedMs: number;
  readonly totalMs: number;
  /** Completed operations per second, lately. */
  readonly opsPerS: number;
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
  /** The faults in force, in words (`describeFault`). */
  readonly faults: readonly string[];
}

export interface ProgressLineOptions {
  readonly color: boolean;
  /** At most so many cells; default 100. */
  readonly width?: number;
}

const seconds = (ms: number): string => (Math.max(0, ms) / 1000).toFixed(1);

/** `12.3 / 60.0 s  413 ops/s  4,100 ok  23 fail  12 info  partition halves: n1 n2 | n3 n4 n5`. */
export function progressLine(state: ProgressState, options: ProgressLineOptions): string {
  const style = styleOf(options.color);
  const width = options.width ?? 100;
  const total = seconds(state.totalMs);
  const parts: { readonly text: string; readonly paint: (text: string) => string }[] = [
    { text: `${seconds(state.elapsedMs).padStart(total.length)} / ${total} s`, paint: style.strong },
    { text: `${count(Math.round(state.opsPerS))} ops/s`, paint: (text) => text },
    { text: `${count(state.ok)} ok`, paint: style.good },
    { text: `${count(state.fail)} fail`, paint: state.fail > 0 ? style.warn : style.faint },
    { text: `${count(state.info)} info`, paint: state.info > 0 ? style.warn : style.faint },
    { text: state.faults.length === 0 ? "no fault" : plain(state.faults.join("; ")), paint: style.faint },
  ];
  const shown: string[] = [];
  let room = width;
  for (const { text, paint } of parts) {
    const cut = truncate(text, room);
    if (cut === "" || (cut !== text && room < 12)) break;
    shown.push(paint(cut));
    room -= displayWidth(text) + 2;
  }
  return shown.join("  ");
}

/** Where progress goes: standard error, never standard output. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface ProgressOptions {
  readonly color: boolean;
  /** A monotonic clock, milliseconds. */
  readonly nowMs?: () => number;
}

const TTY_PERIOD_MS = 200;
const LOG_PERIOD_MS = 5_000;
/** To the line's beginning, and erase it. */
const ERASE = "\r\u001b[2K";

/**
 * Writes progress: on a terminal one line that is rewritten about five times a second, elsewhere a line of its own about
 * every five seconds, plain. Updates in between are dropped, so callers may update as often as they like.
 */
export class Progress {
  readonly #stream: ProgressStream;
  readonly #color: boolean;
  readonly #nowMs: () => number;
  #lastMs: number;
  #onScreen = "";

  constructor(stream: ProgressStream, options: ProgressOptions) {
    this.#stream = stream;
    this.#color = options.color;
    this.#nowMs = options.nowMs ?? (() => performance.now());
    // Off a terminal the first line comes after one period: short runs stay silent.
    this.#lastMs = stream.isTTY ? Number.NEGATIVE_INFINITY : this.#nowMs();
  }

  update(state: ProgressState): void {
    const nowMs = this.#nowMs();
    if (nowMs - this.#lastMs < (this.#stream.isTTY ? TTY_PERIOD_MS : LOG_PERIOD_MS)) return;
    this.#lastMs = nowMs;
    // One cell less than the terminal has, so that no line ever wraps.
    const width = this.#stream.isTTY ? (this.#stream.columns ?? 80) - 1 : 200;
    const line = progressLine(state, { color: this.#color, width });
    if (this.#stream.isTTY) {
      this.#onScreen = line;
      this.#stream.write(ERASE + line);
    } else this.#stream.write(`${line}\n`);
  }

  /** A lasting line: on a terminal it stands above the progress. */
  note(line: string): void {
    if (this.#stream.isTTY) this.#stream.write(`${ERASE}${line}\n${this.#onScreen}`);
    else this.#stream.write(`${line}\n`);
  }

  /** Takes the progress off the screen, so that results start on a clean line. Further updates show it again. */
  done(): void {
    if (this.#onScreen !== "") this.#stream.write(ERASE);
    this.#onScreen = "";
  }
}
