import { execa } from "execa";
import { LineSplitter } from "../shared/lines.ts";
import { within } from "../shared/real/time.ts";

export interface SpawnOptions {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** Where it runs; by default where the harness does. */
  readonly cwd?: string | undefined;
  onStdout(line: string): void;
  onStderr(line: string): void;
}

/** How an operating-system process ended, or why it never began. */
export type Exit =
  | { readonly kind: "code"; readonly code: number }
  | { readonly kind: "signal"; readonly signal: string }
  /** `code` is the system's: ENOENT, EACCES, … */
  | { readonly kind: "not-started"; readonly code: string; readonly text: string };

/** How long to read on after a process has died: what it had written is in the pipe. */
const DRAIN_MS = 500;

/** One operating-system process, leader of its own process group, and its three streams. */
export class NodeProcess {
  /** `undefined` if it could not be started. */
  readonly pid: number | undefined;
  /** Resolves once the process is gone and its last lines have been passed on. Never rejects. */
  readonly exited: Promise<Exit>;
  readonly #stdin: NodeJS.WritableStream;
  #gone = false;

  constructor({ command: [file, ...args], env, cwd, onStdout, onStderr }: SpawnOptions) {
    // A group of its own, so that a signal reaches its children too and Ctrl-C in the terminal does not.
    const child = execa(file, args, {
      stdio: ["pipe", "pipe", "pipe"],
      env,
      ...(cwd === undefined ? {} : { cwd }),
      detached: true,
      cleanup: false,
      buffer: false,
      reject: false,
      stripFinalNewline: false,
    });
    this.pid = child.pid;
    this.#stdin = child.stdin;
    // Writing to a process that has just died is no error: the message is lost with it.
    this.#stdin.on("error", () => undefined);

    const closed = [
      readLines(child.stdout, (line) => !this.#gone && onStdout(line)),
      readLines(child.stderr, (line) => !this.#gone && onStderr(line)),
    ];
    const ended =
      this.pid === undefined
        ? child.then(({ code = "unknown", message = "" }): Exit => ({ kind: "not-started", code, text: message }))
        : new Promise<Exit>((resolve) => {
            child.once("exit", (code, signal) =>
              resolve(signal === null ? { kind: "code", code: code ?? 0 } : { kind: "signal", signal }),
            );
          });
    this.exited = ended.then(async (exit) => {
      if (exit.kind !== "not-started") await within(Promise.all(closed), DRAIN_MS, undefined);
      this.#gone = true;
      return exit;
    });
  }

  send(line: string): void {
    if (!this.#gone) this.#stdin.write(line);
  }

  /** Signals the whole process group. A group that is gone is no error. */
  signal(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): void {
    if (this.pid === undefined) return;
    try {
      process.kill(-this.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

/** Passes on line by line; resolves when the stream has ended. */
function readLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): Promise<void> {
  const splitter = new LineSplitter(onLine);
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => splitter.push(chunk));
  stream.on("error", () => undefined);
  return new Promise((resolve) => {
    stream.once("close", () => {
      splitter.end();
      resolve();
    });
  });
}
