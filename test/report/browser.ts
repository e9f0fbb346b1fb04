import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

/** The name of a Chromium on this machine, or `undefined`. */
export const CHROMIUM = ["chromium", "chromium-browser", "google-chrome"].find((name) => {
  try {
    execFileSync("which", [name], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
});

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

const TIMEOUT_MS = 30_000;

/** A real browser without a screen, driven over the DevTools protocol on pipes. */
export class Browser {
  readonly #child: ChildProcess;
  readonly #profile = mkdtempSync(join(tmpdir(), "splitbrain-browser-"));
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #lastId = 0;
  #session: string | undefined;
  /** Uncaught exceptions and console output of the page, and what its policy refused. */
  readonly complaints: string[] = [];

  constructor(command: string) {
    const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"];
    const args = [...flags, "--remote-debugging-pipe", "--window-size=1400,1000", `--user-data-dir=${this.#profile}`];
    this.#child = spawn(command, [...args, "about:blank"], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
      detached: true,
    });
    let rest = "";
    const output = this.#child.stdio[4] as Readable;
    output.setEncoding("utf8").on("data", (text: string) => {
      const messages = (rest + text).split("\0");
      rest = messages.pop() ?? "";
      for (const message of messages) this.#receive(JSON.parse(message) as Answer);
    });
  }

  #receive(answer: Answer): void {
    if (answer.id !== undefined) this.#waiting.get(answer.id)?.(answer);
    else if (/^(Runtime\.exceptionThrown|Runtime\.consoleAPICalled|Log\.entryAdded)$/.test(answer.method ?? ""))
      this.complaints.push(JSON.stringify(answer.params));
  }

  async #send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.#lastId;
    const session = this.#session === undefined ? {} : { sessionId: this.#session };
    const answer = await new Promise<Answer>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer to ${method}`)), TIMEOUT_MS);
      this.#waiting.set(id, (received) => {
        clearTimeout(timer);
        resolve(received);
      });
      (this.#child.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    });
    this.#waiting.delete(id);
    if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result ?? {};
  }

  /** Shows a page and resolves once its script ran and drew. */
  async open(url: string): Promise<void> {
    if (this.#session === undefined) {
      const { targetId } = await this.#send("Target.createTarget", { url: "about:blank" });
      const { sessionId } = await this.#send("Target.attachToTarget", { targetId, flatten: true });
      this.#session = sessionId as string;
      await this.#send("Runtime.enable");
      await this.#send("Log.enable");
    }
    // A new fragment alone would not load the page again.
    await this.#send("Page.navigate", { url: "about:blank" });
    await this.#send("Page.navigate", { url });
    await this.evaluate(
      "new Promise((done) => document.readyState === 'complete' ? done() : addEventListener('load', () => done()))",
    );
    await this.settle();
  }

  /** Until the page has drawn what it was asked to. */
  settle(): Promise<unknown> {
    return this.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))");
  }

  /** The value of a JavaScript expression in the page; a promise is awaited. */
  async evaluate<T>(expression: string): Promise<T> {
    const options = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await this.#send("Runtime.evaluate", options);
    if (exceptionDetails) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { value: T }).value;
  }

  async key(key: string): Promise<void> {
    await this.#send("Input.dispatchKeyEvent", { type: "keyDown", key, ...(key.length === 1 ? { text: key } : {}) });
    await this.#send("Input.dispatchKeyEvent", { type: "keyUp", key });
    await this.settle();
  }

  async mouse(
    type: "mousePressed" | "mouseReleased" | "mouseMoved" | "mouseWheel",
    x: number,
    y: number,
    more: object = {},
  ) {
    await this.#send("Input.dispatchMouseEvent", { type, x, y, ...more });
    await this.settle();
  }

  async theme(scheme: "light" | "dark"): Promise<void> {
    await this.#send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
  }

  /** Ends the browser, all its processes, and its profile. */
  async close(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#child.once("exit", () => resolve()));
    this.#session = undefined;
    this.#send("Browser.close").catch(() => {});
    const timer = setTimeout(() => this.#child.pid !== undefined && process.kill(-this.#child.pid, "SIGKILL"), 5_000);
    await ended;
    clearTimeout(timer);
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
