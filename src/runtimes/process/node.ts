import type { NodeId } from "../../core/operation.ts";
import type { Message } from "../../core/replica.ts";
import type { LogSource } from "../shared/real/node-log.ts";
import { within } from "../shared/real/time.ts";
import { type Envelope, formatLine, HARNESS, parseLine } from "../shared/wire.ts";
import { Lifecycle, type NodeEvents } from "./lifecycle.ts";
import type { Exit } from "./node-process.ts";
import { type Evidence, excerpt, StartFailure } from "./start-failure.ts";

export interface NodeOptions extends NodeEvents {
  readonly id: NodeId;
  readonly nodes: readonly NodeId[];
  readonly command: readonly [string, ...string[]];
  readonly startTimeoutMs: number;
  /** The environment of incarnation number `restarts`, counted from 0. */
  env(restarts: number): Record<string, string>;
  /** Control messages that put an incarnation into the state that the faults in force ask for; sent before `init`. */
  controls(): readonly Message[];
  onMessage(message: Envelope): void;
}

/** How long a node may take to confirm a control message; one that takes longer is stuck, and has it in its pipe. */
const CONTROL_MS = 2_000;
const STDERR_LINES = 10;

/** One node of the cluster, through all its incarnations, and what the harness and it say to each other. */
export class Node {
  readonly id: NodeId;
  readonly life: Lifecycle;
  readonly #options: NodeOptions;
  #nextId = 1;
  readonly #pending = new Map<number, (reply: Message) => void>();
  #stderr: string[] = [];
  #garbage: string | undefined;

  constructor(options: NodeOptions) {
    this.id = options.id;
    this.#options = options;
    this.life = new Lifecycle({
      events: options,
      boot: (restarts) => this.#boot(restarts),
      lastWords: () => (this.#stderr.length === 0 ? "" : ` Its last words on stderr: ${this.#stderr.join(" | ")}`),
      explain: (error) => (error as Error).message,
    });
  }

  /** Hands a message over; false if nobody is there. A paused process finds it in its pipe later. */
  deliver(src: NodeId, body: Message): boolean {
    if (!this.life.up) return false;
    this.life.process?.send(formatLine(src, this.id, body));
    return true;
  }

  /** Tells a bundled node something; resolves once it has confirmed, or cannot. */
  async control(body: Message): Promise<void> {
    const { process } = this.life;
    if (!process) return;
    const confirmed = this.#request(body);
    if (!this.life.up || this.life.paused) return;
    await within(Promise.race([confirmed, process.exited]), CONTROL_MS, undefined);
  }

  async #boot(restarts: number): Promise<void> {
    const { id, nodes, command, startTimeoutMs: timeoutMs } = this.#options;
    this.#pending.clear();
    this.#stderr = [];
    this.#garbage = undefined;
    const { started, exited } = this.life.spawn({
      command,
      env: this.#options.env(restarts),
      onStdout: (line) => this.#read(line),
      onStderr: (line) => this.#hear("stderr", line),
    });

    for (const body of this.#options.controls()) void this.#request(body);
    const answered = this.#request({ type: "init", node_id: id, node_ids: [...nodes] });
    const first = await within(Promise.race([answered, exited]), timeoutMs, "late" as const);
    if (first !== "late" && "type" in first && first.type === "init_ok") {
      this.life.ready();
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

  #request(body: Message): Promise<Message> {
    const id = this.#nextId++;
    return new Promise((resolve) => {
      this.#pending.set(id, resolve);
      this.life.process?.send(formatLine(HARNESS, this.id, { ...body, msg_id: id }));
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
