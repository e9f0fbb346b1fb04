import type { LogSource } from "../shared/real/node-log.ts";
import { type Exit, NodeProcess, type SpawnOptions } from "./node-process.ts";
import { describeExit } from "./start-failure.ts";

/** What is to be heard of a node through all its incarnations. */
export interface NodeEvents {
  onLog(source: LogSource, line: string): void;
  /** A process began (with its id) or ended. */
  onProcess(pid: number | undefined): void;
  /** It ended, as it was told to or by itself. */
  onDown(pid: number): void;
  /** It died by itself, or could not be restarted. */
  onFailure(text: string): void;
}

export interface LifecycleOptions {
  readonly events: NodeEvents;
  /**
   * Brings incarnation number `restarts`, counted from 0, up: calls `spawn`, and then `ready`. Rejects if it does not come
   * up, once its process is gone.
   */
  boot(restarts: number): Promise<void>;
  /** What to add about a process that died by itself; empty if it said nothing. */
  lastWords(): string;
  /** Why it could not be restarted. */
  explain(error: unknown): string;
}

/**
 * The life of one node, through all its incarnations as operating-system processes. Faults state what they want (so many
 * kills and pauses in force); one step after the other brings the node there.
 */
export class Lifecycle {
  readonly #options: LifecycleOptions;
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

  constructor(options: LifecycleOptions) {
    this.#options = options;
  }

  get process(): NodeProcess | undefined {
    return this.#process;
  }

  get up(): boolean {
    return this.#up;
  }

  /** It is to be stopped where it is, and may be already. */
  get paused(): boolean {
    return this.#pauses > 0;
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

  /** For `boot`: makes the process; `exited` resolves once it is gone and all has been told of that. */
  spawn(options: SpawnOptions): { readonly started: NodeProcess; readonly exited: Promise<Exit> } {
    const started = new NodeProcess(options);
    this.#process = started;
    this.#options.events.onProcess(started.pid);
    const exited = started.exited.then((exit): Exit => {
      this.#onExit(started, exit);
      return exit;
    });
    return { started, exited };
  }

  /** For `boot`: the process is up. At once, so that its death, should it be next, counts as one by itself. */
  ready(): void {
    this.#up = true;
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
    if (this.#unwanted()) {
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
        if (this.#unwanted()) return;
        this.#failed = true;
        this.#options.events.onFailure(`could not be restarted. ${this.#options.explain(error)}`);
        return;
      }
    }
    const stop = this.paused;
    if (!this.#process || stop === this.#stopped) return;
    this.#process.signal(stop ? "SIGSTOP" : "SIGCONT");
    this.#stopped = stop;
  }

  async #boot(): Promise<void> {
    if (this.#closed) return;
    this.#stopped = false;
    await this.#options.boot(++this.#restarts);
  }

  #onExit(ended: NodeProcess, exit: Exit): void {
    const wasUp = this.#up;
    this.#process = undefined;
    this.#up = false;
    this.#options.events.onProcess(undefined);
    if (ended.pid !== undefined) this.#options.events.onDown(ended.pid);
    // Its children, if it had any, die with it.
    ended.signal("SIGKILL");
    if (!wasUp || this.#unwanted()) return;
    this.#failed = true;
    this.#options.events.onFailure(`${describeExit(exit)} by itself.${this.#options.lastWords()}`);
  }

  /** It is to be dead now. */
  #unwanted(): boolean {
    return this.#kills > 0 || this.#closed;
  }
}
