import { createServer, type Server, type Socket } from "node:net";
import type { Json } from "../../../core/json.ts";
import type { NodeId } from "../../../core/operation.ts";
import type { Message } from "../../../core/replica.ts";
import { encodeFrame, FrameSplitter } from "../frames.ts";
import { type Envelope, HARNESS, isObject } from "../wire.ts";
import { Peer, type PeerAddress } from "./peer.ts";

export type { PeerAddress };

export interface TcpOptions {
  readonly id: NodeId;
  /** Where it listens, on all addresses. */
  readonly port: number;
  /** All nodes of the cluster in order, this one included. */
  readonly peers: ReadonlyMap<NodeId, PeerAddress>;
  /** For people. */
  log(line: string): void;
}

/** What is kept for the harness while it is not connected. */
const MAX_KEPT = 1000;

/**
 * A node's connection with the world where there is a real network: messages in frames over TCP (see `frames.ts`). To
 * each other node it keeps a connection of its own, for what it sends; what others send comes in on theirs. Replies go
 * back over the connection that a client made. What cannot be delivered is dropped: no replica counts on a message.
 */
export class TcpLink {
  readonly #options: TcpOptions;
  readonly #peers: ReadonlyMap<NodeId, Peer>;
  /** Clients, and the harness, by name: the newest connection of each. */
  readonly #callers = new Map<NodeId, Socket>();
  #kept: Envelope[] = [];
  /** All that came in. */
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  constructor(options: TcpOptions) {
    const { id, peers } = options;
    this.#options = options;
    this.#peers = new Map([...peers].filter(([peer]) => peer !== id).map(([peer, to]) => [peer, new Peer(id, to)]));
  }

  /** The message with which a node begins: who it is, and who the others are. */
  initial(): Envelope {
    const { id, peers } = this.#options;
    return { src: HARNESS, dest: id, body: { type: "init", msg_id: 0, node_id: id, node_ids: [...peers.keys()] } };
  }

  send(message: Envelope): void {
    const { dest } = message;
    const peer = this.#peers.get(dest);
    if (peer) peer.send(message);
    else if (this.#callers.has(dest)) this.#callers.get(dest)?.write(encodeFrame(message));
    else if (dest === HARNESS) this.#kept = [...this.#kept.slice(1 - MAX_KEPT), message];
  }

  /** Listens, and connects to the others. Never resolves; rejects if the port is taken. What `receive` throws is its own. */
  serve(receive: (message: Envelope) => void): Promise<never> {
    const server = createServer({ noDelay: true }, (socket) => this.#accept(socket, receive));
    this.#server = server;
    for (const peer of this.#peers.values()) peer.connect();
    return new Promise((_resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#options.port);
    });
  }

  /** Listens no more, and ends all connections. */
  close(): void {
    this.#server?.close();
    for (const peer of this.#peers.values()) peer.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket, receive: (message: Envelope) => void): void {
    const { id, log } = this.#options;
    let caller: NodeId | undefined;
    const arrived: Envelope[] = [];
    const splitter = new FrameSplitter((frame) => {
      if (!isObject(frame)) throw new TypeError("not an object");
      if (typeof frame.hello === "string") {
        caller = frame.hello;
        this.#welcome(caller, socket);
      } else if (frame.ping !== undefined) socket.write(encodeFrame({ pong: frame.ping }));
      else arrived.push(envelopeOf(frame));
    });
    this.#sockets.add(socket);
    socket.write(encodeFrame({ hello: id }));
    socket.on("data", (chunk) => {
      try {
        splitter.push(chunk);
      } catch (error) {
        log(`closed the connection of ${caller ?? "a stranger"}: it sent a frame that is none (${error})`);
        socket.destroy();
      }
      for (const message of arrived.splice(0)) receive(message);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#sockets.delete(socket);
      if (caller !== undefined && this.#callers.get(caller) === socket) this.#callers.delete(caller);
    });
  }

  #welcome(caller: NodeId, socket: Socket): void {
    // Another node is answered over the connection that this one keeps to it.
    if (this.#peers.has(caller)) return;
    this.#callers.set(caller, socket);
    if (caller !== HARNESS) return;
    for (const message of this.#kept) socket.write(encodeFrame(message));
    this.#kept = [];
  }
}

/** Throws if it is no message. */
function envelopeOf({ src, dest, body }: { readonly [key: string]: Json | undefined }): Envelope {
  if (typeof src !== "string" || typeof dest !== "string" || !isObject(body) || typeof body.type !== "string")
    throw new TypeError("neither hello nor ping nor {src, dest, body: {type, …}}");
  return { src, dest, body: body as Message };
}
