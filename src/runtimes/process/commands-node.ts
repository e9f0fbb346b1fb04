import { describeError } from "../../core/client-error.ts";
import type { NodeId } from "../../core/operation.ts";
import type { CommandPlan } from "../../core/system.ts";
import { ask } from "../shared/real/ask.ts";
import type { LogSource } from "../shared/real/node-log.ts";
import { within } from "../shared/real/time.ts";
import { commandFailure } from "./commands-failure.ts";
import { type Exit, NodeProcess } from "./node-process.ts";
import { describeExit, excerpt } from "./start-failure.ts";

export interface CommandNodeOptions {
  readonly id: NodeId;
  readonly plan: CommandPlan;
  /** How long it may take to become ready, at each start. */
  readonly startTimeoutMs: number;
  /** The environment of incarnation number `restarts`, counted from 0. */
  env(restarts: number): Record<string, string>;
  /** True once it serves clients. May throw while it does not. */
  ready(signal: AbortSignal): Promise<boolean>;
  onLog(source: LogSource, line: string): void;
  /** A process began (with its id) or ended. */
  onProcess(pid: number | undefined): void;
  /** It ended, as it was told to or by itself. */
  onDown(pid: number): void;
  /** It died by itself, or could not be restarted. */
  onFailure(text: string): void;
}

const POLL_MS = 50;
/** A question whether it is ready that takes longer is asked anew. */
const READY_MS = 2_000;
const LAST_LINES = 10;

/**
 * One node that is somebody's program, through all its incarnations. As with `Node`, faults state what they want (so many
 * kills and pauses in force), and one step after the other brings the node there; but nothing is said to it, and that it
 * is up is learnt by asking it like a client.
 */
export class CommandNode {
  readonly #options: CommandNodeOptions;
  #process: NodeProcess | undefined;
  /** It was ready, and has not died since. */
  #up = false;
  /** It died by itself. Only a `kill` that is healed brings it back. */
  #failed = false;
  #stopped = false;
  #kills = 0;
  #pauses = 0;
  #restarts = -1;
  #closed = false;
  #work: Promise<void> = Promise.resolve();
  #lines: string[] = [];

  constructor(options: CommandNodeOptions) {
    this.#options = options;
  }

  /** The first start; resolves once the node is ready. Rejects with a `StartFailure`. */
  start(): Promise<void> {
    return this.#enqueue(() => this.#boot());
  }

  /** Kills the process; resolves with the way back once it is dead. The way back ends when the node is ready again. */
  async kill(): Promise<() => Promise<void>> {
    this.#kills++;
    // At once, also if it is just being started.
    this.#process?.signal("SIGKILL");
    await this.#settle();
    return () => {
      this.#kills--;
      return this.#settle();
    };
  }

  /** Stops the process where it is; resolves with the way back. */
  async pause(): Promise<() => Promise<void>> {
    this.#pauses++;
    await this.#settle();
    return () => {
      this.#pauses--;
      return this.#settle();
    };
  }

  /** Ends it for good. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#process?.signal("SIGKILL");
    await this.#settle();
  }

  #settle(): Promise<void> {
    return this.#enqueue(() => this.#reconcile());
  }

  #enqueue(step: () => Promise<void>): Promise<void> {
    const done = this.#work.then(step);
    this.#work = done.catch(() => undefined);
    return done;
  }

  async #reconcile(): Promise<void> {
    if (this.#kills > 0 || this.#closed) {
      this.#failed = false;
      const dying = this.#process;
      dying?.signal("SIGKILL");
      await dying?.exited;
      return;
    }
    if (!this.#process && !this.#failed) {
      try {
        await this.#boot();
      } catch (error) {
        // Killed again while it started: that was us.
        if (this.#kills > 0 || this.#closed) return;
        this.#failed = true;
        this.#options.onFailure(`could not be restarted. ${describeError(error)}`);
        return;
      }
    }
    const stop = this.#pauses > 0;
    if (!this.#process || stop === this.#stopped) return;
    this.#process.signal(stop ? "SIGSTOP" : "SIGCONT");
    this.#stopped = stop;
  }

  async #boot(): Promise<void> {
    const { id: node, plan, startTimeoutMs: timeoutMs, env } = this.#options;
    if (this.#closed) return;
    this.#restarts++;
    this.#lines = [];
    this.#stopped = false;
    const started = new NodeProcess({
      cwd: plan.cwd,
      command: plan.command,
      env: env(this.#restarts),
      onStdout: (line) => this.#hear("stdout", line),
      onStderr: (line) => this.#hear("stderr", line),
    });
    this.#process = started;
    this.#options.onProcess(started.pid);
    const exited = started.exited.then((exit): Exit => {
      this.#onExit(started, exit);
      return exit;
    });

    const asking = new AbortController();
    const asked = this.#untilReady(asking.signal);
    const first = await within(Promise.race([asked.done, exited]), timeoutMs, "late" as const);
    asking.abort();
    if (first === "ready" && this.#process === started) {
      this.#up = true;
      return;
    }

    started.signal("SIGKILL");
    const exit = await exited;
    const why = asked.why();
    throw commandFailure({
      node,
      plan,
      timeoutMs,
      lines: this.#lines,
      ...(first === "late" ? {} : { exit }),
      ...(why === undefined ? {} : { why }),
    });
  }

  #untilReady(stop: AbortSignal): { readonly done: Promise<"ready">; why(): string | undefined } {
    let why: string | undefined;
    const poll = async (): Promise<"ready"> => {
      for (;;) {
        try {
          if (await ask((signal) => this.#options.ready(signal), READY_MS, stop)) return "ready";
          why = undefined;
        } catch (error) {
          if (stop.aborted) return new Promise(() => undefined);
          why = describeError(error);
        }
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    };
    return { done: poll(), why: () => why };
  }

  #onExit(ended: NodeProcess, exit: Exit): void {
    const wasUp = this.#up;
    this.#process = undefined;
    this.#up = false;
    this.#options.onProcess(undefined);
    if (ended.pid !== undefined) this.#options.onDown(ended.pid);
    // Its children, if it had any, die with it.
    ended.signal("SIGKILL");
    if (!wasUp || this.#kills > 0 || this.#closed) return;
    this.#failed = true;
    const last = this.#lines.length === 0 ? "" : ` Its last lines: ${this.#lines.join(" | ")}`;
    this.#options.onFailure(`${describeExit(exit)} by itself.${last}`);
  }

  #hear(source: LogSource, line: string): void {
    this.#lines = [...this.#lines, excerpt(line)].slice(-LAST_LINES);
    this.#options.onLog(source, line);
  }
}
