import type { JsonObject } from "../../../core/json.ts";
import type { Model, ModelConfig } from "../../../core/model.ts";
import type { NodeId } from "../../../core/operation.ts";
import { Random } from "../../../core/random.ts";
import type { Env, Message, Replica } from "../../../core/replica.ts";
import { decodeRequest, type Envelope, encodeReply, HARNESS } from "../wire.ts";
import { FileDisk } from "./file-disk.ts";
import { NodeTimers } from "./node-timers.ts";

export interface HostOptions {
  readonly model: Model;
  readonly config: ModelConfig;
  readonly bug?: string | undefined;
  /** Where the node's disk is. */
  readonly dataDir: string;
  readonly seed: number;
  /** How many incarnations there were before this one. */
  readonly restarts: number;
  /** Send all that the replica traces, not only who leads. */
  readonly traceAll: boolean;
  /** Hands a message to the node's connection with the world. */
  send(message: Envelope): void;
  /** For people. */
  log(line: string): void;
}

type Input = () => void;
type Effect = () => void;

/**
 * A model's replica that speaks the Maelstrom protocol, over whatever connects it with the world. Beside that it
 * understands the harness's control messages, each answered with `<type>_ok`:
 * - `clock {offset_ms, rate}`: the wall clock is off by so much from now on, and goes at this rate;
 * - `disk {stall_ms}`: every sync takes so much longer;
 * - `look`: how late is it? Answered with `wall_ms`;
 *
 * and sends `trace {event, detail}` messages to the harness: who leads, or all. A handler that throws ends the process.
 */
export class NodeHost {
  readonly #options: HostOptions;
  readonly #disk: FileDisk;
  readonly #timers: NodeTimers;
  /** As the first message calls it. */
  #id: NodeId = "";
  #nodes: readonly NodeId[] = [];
  #replica: Replica | undefined;
  /** Inputs that wait for a sync to complete. */
  #inbox: Input[] = [];
  #effects: Effect[] = [];
  /** The function of each request that was not answered yet. */
  readonly #asked = new Map<string, string>();
  #clock = { offsetMs: 0, rate: 1, sinceMs: performance.now() };
  #stallMs = 0;
  #sync: { readonly count: number; readonly sinceMs: number; timer: NodeJS.Timeout } | undefined;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#disk = new FileDisk(options.dataDir);
    this.#timers = new NodeTimers(
      (due) => this.#accept(due),
      (name) => this.#replica?.onTimer(name),
    );
  }

  /** Takes a message from the world. */
  receive(message: Envelope): void {
    this.#id ||= message.dest;
    if (message.body.type === "init") this.#init(message);
    else if (message.src === HARNESS) this.#obey(message);
    else this.#accept(() => this.#handle(message));
  }

  #handle(message: Envelope): void {
    if (this.#nodes.includes(message.src)) this.#replica?.onMessage(message.src, message.body);
    else this.#serve(message);
  }

  /** A request may come from any client that speaks Maelstrom's key-value messages. */
  #serve({ src, body }: Envelope): void {
    const request = decodeRequest(src, body);
    if (typeof request === "string") {
      this.#options.log(`refused a request of ${src} (${request}): ${JSON.stringify(body).slice(0, 200)}`);
      if (typeof body.msg_id === "number") this.#refuse(src, body.msg_id, "malformed-request", request);
    } else if (!this.#replica) {
      this.#refuse(src, request.id, "temporarily-unavailable", "this node was not initialised yet");
    } else {
      this.#asked.set(`${src} ${request.id}`, request.op.f);
      this.#replica.onRequest(request);
    }
  }

  #refuse(client: NodeId, id: number, name: string, text: string): void {
    const outcome = { type: "fail", error: { name, text } } as const;
    this.#put(() => this.#send(client, encodeReply(id, "", { outcome })));
  }

  #init({ src, body: { msg_id: id, node_id: node, node_ids: nodes } }: Envelope): void {
    this.#accept(() => {
      if (!this.#replica) {
        this.#id = String(node);
        this.#nodes = (nodes as readonly unknown[]).map(String);
        const { model, config, bug } = this.#options;
        this.#replica = model.start(this.#makeEnv(), config, bug);
      }
      this.#put(() => this.#send(src, { type: "init_ok", in_reply_to: id }));
    });
  }

  /** Control messages take effect at once, also in the middle of a stalled sync. */
  #obey({ body }: Envelope): void {
    if (body.type === "clock") {
      this.#clock = { offsetMs: Number(body.offset_ms), rate: Number(body.rate), sinceMs: performance.now() };
    } else if (body.type === "disk") {
      this.#stallMs = Number(body.stall_ms);
      if (this.#sync) {
        clearTimeout(this.#sync.timer);
        this.#sync.timer = this.#stall(this.#sync);
      }
    } else if (body.type !== "look") {
      this.#options.log(`ignored a control message of unknown type ${body.type}`);
      return;
    }
    this.#send(HARNESS, { type: `${body.type}_ok`, in_reply_to: body.msg_id, wall_ms: this.#wallMs() });
  }

  #accept(input: Input): void {
    if (this.#sync || this.#inbox.length > 0) this.#inbox.push(input);
    else this.#run(input);
  }

  /** Runs a handler. What it asked for leaves when it is done, and what it synced is on the disk. */
  #run(input: Input): void {
    input();
    const count = this.#disk.syncsAsked;
    if (count === 0 || this.#stallMs === 0) {
      this.#leave();
      return;
    }
    const sync = { count, sinceMs: performance.now() };
    this.#sync = { ...sync, timer: this.#stall(sync) };
  }

  #stall({ count, sinceMs }: { readonly count: number; readonly sinceMs: number }): NodeJS.Timeout {
    const leftMs = sinceMs + count * this.#stallMs - performance.now();
    return setTimeout(() => this.#goOn(), Math.max(0, Math.ceil(leftMs)));
  }

  #goOn(): void {
    this.#sync = undefined;
    this.#leave();
    while (!this.#sync) {
      const next = this.#inbox.shift();
      if (!next) return;
      this.#run(next);
    }
  }

  #leave(): void {
    this.#disk.flush();
    const effects = this.#effects;
    this.#effects = [];
    for (const effect of effects) effect();
  }

  #put(effect: Effect): void {
    this.#effects.push(effect);
  }

  #send(dest: NodeId, body: Message): void {
    this.#options.send({ src: this.#id, dest, body });
  }

  #wallMs(): number {
    const { offsetMs, rate, sinceMs } = this.#clock;
    return Date.now() + offsetMs + (rate - 1) * (performance.now() - sinceMs);
  }

  #makeEnv(): Env {
    const id = this.#id;
    const nodes = this.#nodes;
    const { seed, restarts } = this.#options;
    const random = new Random(seed, `node ${id} ${restarts}`);
    return {
      id,
      nodes,
      peers: nodes.filter((node) => node !== id),
      wallMs: () => this.#wallMs(),
      monoMs: () => performance.now(),
      random: () => random.unit(),
      send: (to, message) => {
        if (to === id || !nodes.includes(to))
          throw new Error(`${id} cannot send to ${to}: ${to === id ? "that is itself" : "there is no such node"}`);
        this.#put(() => this.#send(to, message));
      },
      setTimer: (name, afterMs) => this.#timers.set(name, afterMs),
      clearTimer: (name) => this.#timers.clear(name),
      disk: this.#disk,
      reply: (request, reply) => {
        const key = `${request.client} ${request.id}`;
        // A node that answers for another never saw the request; any type but `error` will do.
        const f = this.#asked.get(key) ?? "request";
        this.#asked.delete(key);
        this.#put(() => this.#send(request.client, encodeReply(request.id, f, reply)));
      },
      trace: (event: string, detail: JsonObject) => {
        if (!this.#options.traceAll && event !== "leader" && event !== "follower") return;
        this.#put(() => this.#send(HARNESS, { type: "trace", event, detail }));
      },
    };
  }
}
