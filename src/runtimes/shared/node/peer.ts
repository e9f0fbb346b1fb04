import { connect, type Socket } from "node:net";
import type { NodeId } from "../../../core/operation.ts";
import { encodeFrame, FrameSplitter } from "../frames.ts";
import { type Envelope, isObject } from "../wire.ts";

export interface PeerAddress {
  readonly host: string;
  readonly port: number;
}

/** Between two attempts to connect, milliseconds: twice as long each time, up to the longest. */
const MIN_BACKOFF_MS = 25;
const MAX_BACKOFF_MS = 800;
const PING_MS = 250;
/**
 * A connection on which nothing came for so long is given up. TCP itself would wait ever longer before it tries again, up
 * to minutes after a partition has healed.
 */
const SILENCE_MS = 1_000;
/** More than this is not kept for a peer that does not read, bytes. */
const MAX_UNSENT_BYTES = 4 * 1024 * 1024;

/** The connection that a node keeps to another one, for what it sends. */
export class Peer {
  readonly #id: NodeId;
  readonly #address: PeerAddress;
  #socket: Socket | undefined;
  /** The other side has said hello on this connection. */
  #up = false;
  #backoffMs = MIN_BACKOFF_MS;
  #closed = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(id: NodeId, address: PeerAddress) {
    this.#id = id;
    this.#address = address;
  }

  /** Sends if the peer is there, else drops the message. */
  send(message: Envelope): void {
    if (this.#up && this.#socket && this.#socket.writableLength < MAX_UNSENT_BYTES)
      this.#socket.write(encodeFrame(message));
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#socket?.destroy();
  }

  /** Connects, and again whenever the connection is lost. */
  connect(): void {
    const socket = connect({ ...this.#address, noDelay: true });
    this.#socket = socket;
    let heardMs = performance.now();
    let tickMs = heardMs;
    const splitter = new FrameSplitter((frame) => {
      if (!isObject(frame) || frame.hello === undefined) return;
      this.#up = true;
      this.#backoffMs = MIN_BACKOFF_MS;
    });
    const pings = setInterval(() => {
      const nowMs = performance.now();
      // After a pause of this process what the peer has said meanwhile is still to be read.
      if (nowMs - tickMs > SILENCE_MS) heardMs = nowMs;
      tickMs = nowMs;
      if (nowMs - heardMs > SILENCE_MS) socket.destroy();
      else if (this.#up) socket.write(encodeFrame({ ping: 0 }));
    }, PING_MS);
    socket.on("connect", () => socket.write(encodeFrame({ hello: this.#id })));
    socket.on("data", (chunk) => {
      heardMs = performance.now();
      try {
        splitter.push(chunk);
      } catch {
        socket.destroy();
      }
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearInterval(pings);
      this.#up = false;
      this.#socket = undefined;
      if (this.#closed) return;
      this.#retry = setTimeout(() => this.connect(), this.#backoffMs);
      this.#backoffMs = Math.min(MAX_BACKOFF_MS, 2 * this.#backoffMs);
    });
  }
}
