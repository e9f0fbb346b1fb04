import { connect, type Socket } from "node:net";
import type { NodeId } from "../../core/operation.ts";
import type { Message } from "../../core/replica.ts";
import { encodeFrame, FrameSplitter } from "../shared/frames.ts";
import { type Envelope, isObject } from "../shared/wire.ts";

export interface ConnectionOptions {
  /** Who calls. */
  readonly name: NodeId;
  readonly port: number;
  readonly host: string;
  onMessage(message: Envelope): void;
  /** The node itself has taken the connection. */
  onUp?(): void;
  /** The connection is no more, or never was. These messages were certainly not delivered. */
  onClose(undelivered: readonly Envelope[]): void;
}

/** A client's, or the harness's, connection to a bundled node. */
export class Connection {
  readonly #socket: Socket;
  /** What is to be sent once the node has taken the connection: until then it has certainly not been delivered. */
  #queue: Envelope[] | undefined = [];

  constructor({ name, host, port, onMessage, onUp, onClose }: ConnectionOptions) {
    const socket = connect({ host, port, noDelay: true });
    this.#socket = socket;
    const arrived: Envelope[] = [];
    const splitter = new FrameSplitter((frame) => {
      if (!isObject(frame)) return;
      if (frame.hello !== undefined) {
        for (const message of this.#queue ?? []) socket.write(encodeFrame(message));
        this.#queue = undefined;
        onUp?.();
      } else if (typeof frame.src === "string" && typeof frame.dest === "string" && isObject(frame.body))
        arrived.push({ src: frame.src, dest: frame.dest, body: frame.body as Message });
    });
    socket.on("connect", () => socket.write(encodeFrame({ hello: name })));
    socket.on("data", (chunk) => {
      try {
        splitter.push(chunk);
      } catch {
        socket.destroy();
      }
      // Outside: what the receiver throws is its own, and no garbage of the node's.
      for (const message of arrived.splice(0)) onMessage(message);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => onClose(this.#queue ?? []));
  }

  send(message: Envelope): void {
    if (this.#queue) this.#queue.push(message);
    else this.#socket.write(encodeFrame(message));
  }

  close(): void {
    this.#socket.destroy();
  }
}
