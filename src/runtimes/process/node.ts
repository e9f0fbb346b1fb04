import type { NodeId } from "../../core/operation.ts";
import type { Message } from "../../core/replica.ts";
import type { LogSource } from "../shared/real/node-log.ts";
import { within } from "../shared/real/time.ts";
import { type Envelope, formatLine, HARNESS, parseLine } from "../shared/wire.ts";
import { type Exit, NodeProcess } from "./node-process.ts";
import { describeExit, type Evidence, excerpt, StartFailure } from "./start-failure.ts";

export interface NodeOptions {
  readonly id: NodeId;
  readonly nodes: readonly NodeId[];
  readonly command: readonly [string, ...string[]];
  readonly startTimeoutMs: number;
  /** The environment of incarnation number `restarts`, counted from 0. */
  env(restarts: number): Record<string, string>;
  /** Control messages that put an incarnation into the state that the faults in force ask for; sent before `init`. */
  controls(): readonly Message[];
  onMessage(message: Envelope): void;
  onLog(source: LogSource, line: string): void;
  /** A process began (with its id) or ended. */
  onProcess(pid: number | undefined): void;
  /** It ended, as it was told to or by itself. */
  onDown(pid: number): void;
  /** It died by itself, or could not be restarted. */
  onFailure(text: string): void;
}

/** How long a node may take to confirm a control message; one that takes longer is stuck, and has it in its pipe. */
const CONTROL_MS = 2_000;
const STDERR_LINES = 10;

/**
 * One node of the cluster, through all its incarnations as operating-system processes. Faults state what they want
 * (so many kills and pauses in force); one step after the other brings the node there.
 */
export class Node {
  readonly id: NodeId;
  readonly #options: NodeOptions;
  #process: NodeProcess | undefined;
  /** It has answered `init`, and not died since. */
  #up = false;
  /** It died by itself. Only a `kill` that is healed brings it back. */
  #failed = false;
  #stopped = false;
  #kills = 0;
  #pauses = 0;
  #restarts = -1;
  #closed = false;
  #work: Promise<void> = Promise.resolve();
  #nextId = 1;
  readonly #pending = new Map<number, (reply: Message) => void>();
  #stderr: string[] = [];
  #garbage: string | undefined;

  constructor(options: NodeOptions) {
    this.id = options.id;
    this.#options = options;
  }

  get up(): boolean {
    return this.#up;
  }

  /** The first start. Rejects with a `StartFailure`. */
  start(): Promise<void> {
    return this.#enqueue(() => this.#boot());
  }

  /** Hands a message over; false if nobody is there. A paused process finds it in its pipe later. */
  deliver(src: NodeId, body: Message): boolean {
    if (!this.#up) return false;
    this.#process?.send(formatLine(src, this.id, body));
    return true;
  }

  /** Tells a bundled node something; resolves once it has confirmed, or cannot. */
  async control(body: Message): Promise<void> {
    if (!this.#process) return;
    const confirmed = this.#request(body);
    if (!this.#up || this.#pauses > 0) return;
    await within(Promise.race([confirmed, this.#process.exited]), CONTROL_MS, undefined);
  }

  /** Kills the process; resolves with the way back once it is dead. */
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
        this.#options.onFailure(`could not be restarted. ${(error as Error).message}`);
        return;
      }
    }
    const stop = this.#pauses > 0;
    if (!this.#process || stop === this.#stopped) return;
    this.#process.signal(stop ? "SIGSTOP" : "SIGCONT");
    this.#stopped = stop;
  }

  async #boot(): Promise<void> {
    const { id, nodes, command, startTimeoutMs: timeoutMs } = this.#options;
    if (this.#closed) return;
    this.#restarts++;
    this.#stderr = [];
    this.#garbage = undefined;
    this.#stopped = false;
    const started = new NodeProcess({
      command,
      env: this.#options.env(this.#restarts),
      onStdout: (line) => this.#read(line),
      onStderr: (line) => this.#hear("stderr", line),
    });
    this.#process = started;
    this.#options.onProcess(started.pid);
    const exited = started.exited.then((exit): Exit => {
      this.#onExit(started, exit);
      return exit;
    });

    for (const body of this.#options.controls()) void this.#request(body);
    const answered = this.#request({ type: "init", node_id: id, node_ids: [...nodes] });
    const first = await within(Promise.race([answered, exited]), timeoutMs, "late" as const);
    if (first !== "late" && "type" in first && first.type === "init_ok") {
      this.#up = true;
      return;
    }

    started.signal("SIGKILL");
    await exited;
    const evidence: Evidence = {
      node: id,
      command,
      timeoutMs,
      stderr: this.#stderr,
      ...(this.#garbage === undefined ? {} : { garbage: this.#garbage }),
      ...(first === "late" ? {} : "kind" in first ? { exit: first as Exit } : { refusal: JSON.stringify(first) }),
    };
    throw new StartFailure(evidence);
  }

  #onExit(ended: NodeProcess, exit: Exit): void {
    const wasUp = this.#up;
    this.#process = undefined;
    this.#up = false;
    this.#pending.clear();
    this.#options.onProcess(undefined);
    if (ended.pid !== undefined) this.#options.onDown(ended.pid);
    // Its children, if it had any, die with it.
    ended.signal("SIGKILL");
    if (!wasUp || this.#kills > 0 || this.#closed) return;
    this.#failed = true;
    const last = this.#stderr.length === 0 ? "" : ` Its last words on stderr: ${this.#stderr.join(" | ")}`;
    this.#options.onFailure(`${describeExit(exit)} by itself.${last}`);
  }

  #request(body: Message): Promise<Message> {
    const id = this.#nextId++;
    return new Promise((resolve) => {
      this.#pending.set(id, resolve);
      this.#process?.send(formatLine(HARNESS, this.id, { ...body, msg_id: id }));
    });
  }

  #read(line: string): void {
    const message = parseLine(line);
    if (typeof message === "string") this.#refuse(line, message);
    else if (message.src !== this.id) this.#refuse(line, `"src" must be ${this.id}`);
    else if (message.dest !== HARNESS || message.body.type === "trace") this.#options.onMessage(message);
    else if (typeof message.body.in_reply_to !== "number") this.#refuse(line, `"in_reply_to" must be an integer`);
    else {
      const { in_reply_to: answered } = message.body;
      this.#pending.get(answered)?.(message.body);
      this.#pending.delete(answered);
    }
  }

  #refuse(line: string, why: string): void {
    const text = `${excerpt(line)} [${why}]`;
    this.#garbage ??= text;
    this.#hear("stdout", text);
  }

  #hear(source: LogSource, line: string): void {
    if (source === "stderr") this.#stderr = [...this.#stderr, excerpt(line)].slice(-STDERR_LINES);
    this.#options.onLog(source, line);
  }
}
