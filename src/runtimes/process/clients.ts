import type { Session } from "../../core/cluster.ts";
import { drawDelayNs } from "../../core/delay.ts";
import type { Delay } from "../../core/fault.ts";
import type { NodeId } from "../../core/operation.ts";
import { Random } from "../../core/random.ts";
import type { Client, ClientEnv, Message } from "../../core/replica.ts";
import { type HostedSession, hostClient } from "../shared/client-host.ts";
import { ClientPauses } from "../shared/client-pauses.ts";
import type { RealTime } from "../shared/real/time.ts";
import { decodeReply, type Envelope, encodeReply, encodeRequest } from "../shared/wire.ts";
import type { Network } from "./network.ts";

export interface ClientsOptions {
  readonly nodes: readonly NodeId[];
  readonly seed: number;
  /** The network's usual delay; clients' messages have it too, but suffer no fault. */
  readonly delay: Delay | undefined;
  start(env: ClientEnv): Client;
  /** Hands a request to a node; false if nobody listens there. */
  deliver(src: NodeId, dest: NodeId, body: Message): boolean;
  /** A client threw. */
  failed(client: NodeId, error: unknown): void;
}

/** A session and the numbers that its messages draw their delays from. */
interface Seat {
  readonly session: HostedSession;
  readonly random: Random;
}

/** The sessions of a run. */
export class Clients {
  readonly #time: RealTime;
  readonly #network: Network;
  readonly #options: ClientsOptions;
  readonly #seats = new Map<NodeId, Seat>();
  readonly #pauses = new ClientPauses();

  constructor(time: RealTime, network: Network, options: ClientsOptions) {
    this.#time = time;
    this.#network = network;
    this.#options = options;
  }

  open(process: number, node: NodeId): Session {
    const { nodes, seed } = this.#options;
    const name = `c${process}`;
    if (this.#seats.has(name)) throw new Error(`process ${process} has a session already: close it first`);
    if (!nodes.includes(node)) throw new Error(`cannot open a session on ${node}: there is no such node`);
    const random = new Random(seed, `client ${name}`);
    const session = hostClient(
      (env) => this.#options.start(env),
      { process, node, nodes },
      {
        nowNs: () => this.#time.nowNs(),
        after: (afterNs, callback) => this.#time.after(afterNs, callback),
        send: (to, request) => this.#send(to, request.client, encodeRequest(request)),
        random: () => random.unit(),
        failed: (error) => this.#options.failed(name, error),
      },
    );
    this.#seats.set(name, { session, random: new Random(seed, `link ${name}`) });
    this.#pauses.opened(session, node);
    return {
      invoke: (op, timeoutNs) => session.invoke(op, timeoutNs),
      close: () => {
        session.close();
        this.#pauses.closed(session);
        if (this.#seats.get(name)?.session === session) this.#seats.delete(name);
      },
    };
  }

  /** A node answers. Returns what is wrong with the answer, if anything. */
  reply({ src, dest: client, body }: Envelope): string | undefined {
    const decoded = decodeReply(body);
    if (typeof decoded === "string") return decoded;
    const number = this.#network.number();
    this.#network.tell("send", number, src, client, body);
    this.#later(client, () => {
      const seat = this.#seats.get(client);
      this.#network.tell(seat ? "recv" : "drop", number, src, client, body);
      seat?.session.deliver(src, decoded.id, decoded.reply);
    });
    return undefined;
  }

  /** The clients at these nodes stand still; gives the end of that. */
  pause(nodes: readonly NodeId[]): () => void {
    return this.#pauses.begin(nodes);
  }

  /** Ends all sessions. */
  close(): void {
    for (const { session } of [...this.#seats.values()]) session.close();
    this.#seats.clear();
  }

  #send(to: NodeId, client: NodeId, body: Message): void {
    const number = this.#network.number();
    this.#network.tell("send", number, client, to, body);
    this.#later(client, () => {
      const arrived = this.#options.deliver(client, to, body);
      this.#network.tell(arrived ? "recv" : "drop", number, client, to, body);
      if (!arrived) this.#later(client, () => this.#bounce(to, client, body));
    });
  }

  /** Nobody listens at `to`: the sender learns of it as from a refused connection. */
  #bounce(to: NodeId, client: NodeId, { msg_id: id, type }: Message): void {
    const error = { name: "node-not-found", text: `${to} is down` } as const;
    const refusal = decodeReply(encodeReply(Number(id), type, { outcome: { type: "fail", error } }));
    if (typeof refusal !== "string") this.#seats.get(client)?.session.deliver(to, refusal.id, refusal.reply);
  }

  /** Calls back after the time that a message to or from this client takes; never before this has returned. */
  #later(client: NodeId, callback: () => void): void {
    const { delay } = this.#options;
    const random = this.#seats.get(client)?.random;
    const delayNs = delay && random ? drawDelayNs(delay, random) : 0;
    if (delayNs > 0) this.#time.after(delayNs, callback);
    else setImmediate(callback);
  }
}
