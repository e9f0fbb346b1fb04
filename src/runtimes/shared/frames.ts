/**
 * Frames over a byte stream: the length of the payload in bytes, a 32-bit big-endian integer, and the payload, JSON in
 * UTF-8. Between bundled nodes in containers and their clients. What a connection carries:
 * - `{hello: NAME}`, first thing in either direction: who speaks. A client that has heard it knows that the node itself,
 *   not only a kernel or a proxy on the way, has taken the connection.
 * - `{ping: N}` and `{pong: N}`: whether the other side still lives.
 * - `{src, dest, body}`: a message.
 */
import type { Json } from "../../core/json.ts";

/** A longer frame is none: it would only fill the memory. */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024;

const HEADER_BYTES = 4;

export function encodeFrame(value: unknown): Buffer {
  const payload = JSON.stringify(value);
  const length = Buffer.byteLength(payload);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length);
  frame.writeUInt32BE(length, 0);
  frame.write(payload, HEADER_BYTES, "utf8");
  return frame;
}

/** Cuts a stream of bytes into frames. Throws on what is no frame; the connection is then of no use any more. */
export class FrameSplitter {
  readonly #onFrame: (value: Json) => void;
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** Bytes of the frame under way, as far as is known: those of its header, then all. */
  #needed = HEADER_BYTES;

  constructor(onFrame: (value: Json) => void) {
    this.#onFrame = onFrame;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    while (this.#bytes >= this.#needed) {
      // A long frame comes in many chunks, which are put together twice: for the header, and when all are there.
      const bytes = this.#chunks.length === 1 && this.#chunks[0] ? this.#chunks[0] : Buffer.concat(this.#chunks);
      const length = bytes.readUInt32BE(0);
      if (length > MAX_FRAME_BYTES)
        throw new RangeError(`a frame of ${length} bytes; at most ${MAX_FRAME_BYTES} may be`);
      const end = HEADER_BYTES + length;
      const whole = bytes.length >= end;
      const rest = whole ? bytes.subarray(end) : bytes;
      this.#chunks = rest.length === 0 ? [] : [rest];
      this.#bytes = rest.length;
      this.#needed = whole ? HEADER_BYTES : end;
      if (whole) this.#onFrame(JSON.parse(bytes.toString("utf8", HEADER_BYTES, end)) as Json);
    }
  }
}
