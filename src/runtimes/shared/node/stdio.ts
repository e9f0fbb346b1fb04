import type { Readable, Writable } from "node:stream";
import { LineSplitter } from "../lines.ts";
import { type Envelope, formatLine, parseLine } from "../wire.ts";

/** A node's connection with the world where the harness is the network: a message a line on standard input and output. */
export class StdioLink {
  readonly #output: Writable;

  constructor(output: Writable) {
    this.#output = output;
  }

  send({ src, dest, body }: Envelope): void {
    this.#output.write(formatLine(src, dest, body));
  }

  /** Passes on what comes in; resolves when the input has ended. Lines that are no messages go to `log`. */
  serve(input: Readable, receive: (message: Envelope) => void, log: (line: string) => void): Promise<void> {
    const splitter = new LineSplitter((line) => {
      if (line.trim() === "") return;
      const message = parseLine(line);
      if (typeof message === "string") log(`ignored a line (${message}): ${line.slice(0, 200)}`);
      else receive(message);
    });
    input.setEncoding("utf8");
    input.on("data", (chunk: string) => splitter.push(chunk));
    return new Promise((resolve) => input.once("end", resolve));
  }
}
