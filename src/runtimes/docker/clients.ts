import type { MessageEvent, Session } from "../../core/cluster.ts";
import type { NodeId } from "../../core/operation.ts";
import { Random } from "../../core/random.ts";
import type { Client, ClientEnv, Message, Request } from "../../core/replica.ts";
import { type HostedSession, hostClient } from "../shared/client-host.ts";
import type { RealTime } from "../shared/real/time.ts";
import { decodeReply, type Envelope, encodeRequest } from "../shared/wire.ts";
import { Connection } from "./connection.ts";

export interface ClientsOptions {
  readonly time: RealTime;
  readonly nodes: readonly NodeId[];
  readonly seed: number;
  /** Where a node is reached. */
  address(node: NodeId): { readonly host: string; readonly port: number };
  start(env: ClientEnv): Client;
  onMessage?: ((event: MessageEvent) => void) | undefined;
  /** A client threw. */
  failed(client: NodeId, error: unknown): void;
}

/** The sessions of a run over bundled nodes: each has connections of its own, to the nodes that it talks to. */
export class Clients {
  readonly #options: ClientsOptions;
  readonly #sessions = new Map<NodeId, ClientSession>();
  #nextMessage = 0;

  constructor(options: ClientsOptions) {
    this.#options = options;
  }

  open(process: number, node: NodeId): Session {
    const { nodes } = this.#options;
    const name = `c${process}`;
    if (this.#sessions.has(name)) throw new Error(`process ${process} has a session already: close it first`);
    if (!nodes.includes(node)) throw new Error(`cannot open a session on ${node}: there is no such node`);
    const session = new ClientSession(name, process, node, this.#options, () => this.#nextMessage++);
    this.#sessions.set(name, session);
    return {
      invoke: (op, timeoutNs) => session.hosted.invoke(op, timeoutNs),
      close: () => {
        session.close();
        if (this.#sessions.get(name) === session) this.#sessions.delete(name);
      },
    };
  }

  /** Ends all sessions. */
  close(): void {
    for (const session of this.#sessions.values()) session.close();
    this.#sessions.clear();
  }
}

class ClientSession {
  readonly hosted: HostedSession;
  readonly #name: NodeId;
  readonly #options: ClientsOptions;
  readonly #number: () => number;
  readonly #connections = new Map<NodeId, Connection>();
  #closed = false;

  constructor(name: NodeId, process: number, node: NodeId, options: ClientsOptions, number: () => number) {
    const { time, seed, nodes } = options;
    const random = new Random(seed, `client ${name}`);
    this.#name = name;
    this.#options = options;
    this.#number = number;
    this.hosted = hostClient(
      (env) => options.start(env),
      { process, node, nodes },
      {
        nowNs: () => time.nowNs(),
        after: (afterNs, callback) => time.after(afterNs, callback),
        send: (to, request) => this.#send(to, request),
        random: () => random.unit(),
        failed: (error) => options.failed(name, error),
      },
    );
  }

  close(): void {
    this.#closed = true;
    this.hosted.close();
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
  }

  #send(to: NodeId, request: Request): void {
    const body = encodeRequest(request);
    this.#tell("send", this.#number(), this.#name, to, body);
    this.#connectionTo(to).send({ src: this.#name, dest: to, body });
  }

  #connectionTo(to: NodeId): Connection {
    const old = this.#connections.get(to);
    if (old) return old;
    const connection = new Connection({
      name: this.#name,
      ...this.#options.address(to),
      onMessage: (message) => this.#receive(message),
      onClose: (undelivered) => {
        if (this.#connections.get(to) === connection) this.#connections.delete(to);
        if (!this.#closed) for (const { body } of undelivered) this.#bounce(to, Number(body.msg_id));
      },
    });
    this.#connections.set(to, connection);
    return connection;
  }

  #receive({ src, dest, body }: Envelope): void {
    const decoded = decodeReply(body);
    if (typeof decoded === "string" || this.#closed) return;
    this.#tell("recv", this.#number(), src, dest, body);
    this.hosted.deliver(src, decoded.id, decoded.reply);
  }

  #bounce(to: NodeId, id: number): void {
    const error = { name: "node-not-found", text: `${to} is down` } as const;
    this.hosted.deliver(to, id, { outcome: { type: "fail", error } });
  }

  #tell(event: MessageEvent["event"], id: number, src: NodeId, dest: NodeId, body: Message): void {
    this.#options.onMessage?.({ atNs: this.#options.time.nowNs(), event, id, src, dest, body });
  }
}
