import type { NodeId } from "../../core/operation.ts";
import type { Message } from "../../core/replica.ts";
import { within } from "../shared/real/time.ts";
import { HARNESS } from "../shared/wire.ts";
import { Connection } from "./connection.ts";

export interface ControlOptions {
  readonly node: NodeId;
  readonly host: string;
  readonly port: number;
  /** What an incarnation of the node is to be told first. */
  greetings(): readonly Message[];
  onTrace(body: Message): void;
}

const RETRY_MS = 50;
/** A node may take so long to confirm what it is told; one that takes longer is frozen, and has it in its buffers. */
const CONTROL_MS = 2_000;

/** The harness's own connection to a bundled node, made again whenever it is lost. */
export class Control {
  readonly #options: ControlOptions;
  readonly #pending = new Map<number, (answer: Message) => void>();
  #connection: Connection | undefined;
  #nextId = 1;
  #closed = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: ControlOptions) {
    this.#options = options;
    this.#connect();
  }

  /** Resolves once the node has begun its work; `false` if it has not within that time. */
  async ready(timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    const endMs = performance.now() + timeoutMs;
    while (!this.#closed && !signal?.aborted && performance.now() < endMs) {
      if (await this.#ask({ type: "look" }, RETRY_MS * 4)) return true;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    return false;
  }

  /** Tells the node something; resolves once it has confirmed, or cannot. */
  async tell(body: Message): Promise<void> {
    await this.#ask(body, CONTROL_MS);
  }

  /** The node's own wall clock. Rejects if it does not answer. */
  async look(): Promise<number> {
    const answer = await this.#ask({ type: "look" }, CONTROL_MS);
    if (typeof answer?.wall_ms !== "number") throw new Error(`${this.#options.node} does not answer`);
    return answer.wall_ms;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#connection?.close();
  }

  async #ask(body: Message, timeoutMs: number): Promise<Message | undefined> {
    const id = this.#nextId++;
    const answer = new Promise<Message>((resolve) => this.#pending.set(id, resolve));
    this.#send({ ...body, msg_id: id });
    const given = await within(answer, timeoutMs, undefined);
    this.#pending.delete(id);
    return given;
  }

  #send(body: Message): void {
    this.#connection?.send({ src: HARNESS, dest: this.#options.node, body });
  }

  #connect(): void {
    const { host, port, greetings, onTrace } = this.#options;
    const connection = new Connection({
      name: HARNESS,
      host,
      port,
      onUp: () => {
        for (const body of greetings()) this.#send({ ...body, msg_id: this.#nextId++ });
      },
      onMessage: ({ body }) => {
        if (body.type === "trace") onTrace(body);
        else if (typeof body.in_reply_to === "number") this.#pending.get(body.in_reply_to)?.(body);
      },
      onClose: () => {
        if (this.#connection === connection) this.#connection = undefined;
        if (!this.#closed) this.#retry = setTimeout(() => this.#connect(), RETRY_MS);
      },
    });
    this.#connection = connection;
  }
}
