import type { Session } from "../../core/cluster.ts";
import { drawDelayNs } from "../../core/delay.ts";
import type { Json } from "../../core/json.ts";
import type { NodeId } from "../../core/operation.ts";
import { Random } from "../../core/random.ts";
import type { Client, ClientEnv, Reply, Request } from "../../core/replica.ts";
import { type HostedSession, hostClient } from "../shared/client-host.ts";
import { ClientPauses } from "../shared/client-pauses.ts";
import { freezeJson } from "./freeze.ts";
import { DEFAULT_DELAY, type Network } from "./network.ts";
import type { Input, SimNode } from "./node.ts";
import type { Happening } from "./queue.ts";

export interface ClientOptions {
  readonly seed: number;
  readonly freeze: boolean;
  start(env: ClientEnv): Client;
  /** A client threw. */
  failed(client: NodeId, error: unknown): void;
}

/** A session and the numbers that its link draws its delays from. */
interface Seat {
  readonly session: HostedSession;
  /** The nodes that the client can reach. */
  readonly reach: readonly NodeId[];
  readonly random: Random;
}

/**
 * The clients of a run. Their links to the nodes have the network's usual delay, and suffer neither loss nor partitions; but
 * a client may be cut off from some nodes for good: what it sends there is lost.
 */
export class Clients {
  readonly #network: Network;
  readonly #nodes: ReadonlyMap<NodeId, SimNode>;
  readonly #options: ClientOptions;
  readonly #seats = new Map<NodeId, Seat>();
  readonly #pauses = new ClientPauses();

  constructor(network: Network, nodes: ReadonlyMap<NodeId, SimNode>, options: ClientOptions) {
    this.#network = network;
    this.#nodes = nodes;
    this.#options = options;
  }

  open(process: number, node: NodeId, reach: readonly NodeId[] = [...this.#nodes.keys()]): Session {
    const { time } = this.#network;
    const { seed, freeze } = this.#options;
    const name = `c${process}`;
    if (this.#seats.has(name)) throw new Error(`process ${process} has a session already: close it first`);
    if (!this.#nodes.has(node)) throw new Error(`cannot open a session on ${node}: there is no such node`);
    if (!reach.includes(node)) throw new Error(`cannot open a session on ${node}: the client does not reach it`);
    const random = new Random(seed, `client ${name}`);
    const session = hostClient(
      (env) => this.#options.start(env),
      { process, node, nodes: reach },
      {
        nowNs: () => time.nowNs,
        after: (afterNs, callback) => time.after(afterNs, callback),
        send: (to, request) => this.#send(to, freeze ? freezeJson(request) : request),
        random: () => random.unit(),
        failed: (error) => this.#options.failed(name, error),
      },
    );
    this.#seats.set(name, { session, reach, random: new Random(seed, `link ${name}`) });
    this.#pauses.opened(session, node);
    return {
      invoke: (op, timeoutNs) => time.wait((resolve) => session.start(op, timeoutNs, resolve)),
      close: () => {
        session.close();
        this.#pauses.closed(session);
        if (this.#seats.get(name)?.session === session) this.#seats.delete(name);
      },
    };
  }

  /** A node answers. */
  reply(from: NodeId, client: NodeId, id: number, reply: Reply): void {
    this.#network.counts.replies++;
    const number = this.#network.number();
    const body = (): Json => ({ type: "reply", id, ...(reply as unknown as Record<string, Json>) });
    this.#network.tell("send", number, from, client, body);
    this.#later(client, () => {
      const seat = this.#seats.get(client);
      this.#network.tell(seat ? "recv" : "drop", number, from, client, body);
      seat?.session.deliver(from, id, reply);
    });
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

  #send(to: NodeId, request: Request): void {
    const network = this.#network;
    network.counts.requests++;
    const number = network.number();
    const body = (): Json => ({ type: "request", ...(request as unknown as Record<string, Json>) });
    network.tell("send", number, request.client, to, body);
    const seat = this.#seats.get(request.client);
    if (this.#nodes.has(to) && seat && !seat.reach.includes(to)) {
      network.tell("drop", number, request.client, to, body);
      return;
    }
    this.#later(request.client, () => {
      const node = this.#nodes.get(to);
      network.tell(node?.up ? "recv" : "drop", number, request.client, to, body);
      if (node?.up) node.accept(new RequestInput(request));
      else this.#later(request.client, () => this.#bounce(to, request));
    });
  }

  /** Nobody listens at `to`: the sender learns of it as from a refused connection. */
  #bounce(to: NodeId, request: Request): void {
    const error = { name: "node-not-found", text: `${to} is down` } as const;
    this.#seats.get(request.client)?.session.deliver(to, request.id, { outcome: { type: "fail", error } });
  }

  /** Calls back after the time that a message to or from this client takes. */
  #later(client: NodeId, callback: () => void): void {
    const seat = this.#seats.get(client);
    const delayNs = seat ? drawDelayNs(this.#network.base.delay ?? DEFAULT_DELAY, seat.random) : 0;
    const arrival: Happening = { happen: callback };
    this.#network.time.push(delayNs, arrival);
  }
}

class RequestInput implements Input {
  readonly #request: Request;

  constructor(request: Request) {
    this.#request = request;
  }

  handle(node: SimNode): void {
    node.replica.onRequest(this.#request);
  }
}
