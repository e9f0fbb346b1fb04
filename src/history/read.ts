import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { History } from "../core/history.ts";
import { AwditDecoder } from "./academic-awdit.ts";
import { PlumeDecoder } from "./academic-plume.ts";
import { chunksOf } from "./chunks.ts";
import { describeSystemError, HistoryError, systemCode } from "./errors.ts";
import { formatOf, HEAD_BYTES, type HistoryFormat, rejectBinary } from "./format.ts";
import { JepsenDecoder } from "./jepsen.ts";
import { JepsenLogDecoder } from "./jepsen-log.ts";
import type { JepsenOptions } from "./jepsen-pairing.ts";
import { JsonlDecoder } from "./jsonl-decoder.ts";
import { decoded, InvalidUtf8Error, LineTooLongError, Utf8Decoder } from "./text.ts";

/** How a history is to be read; what concerns Jepsen's formats is ignored for ours. */
export type ReadOptions = JepsenOptions;

/** The history's file in a run folder. */
export const HISTORY_FILE = "history.jsonl";

/** Turns UTF-8, as it comes in, into a history. A chunk ends where a character does. */
interface Decoder {
  push(chunk: Buffer): void;
  end(): History;
}

/**
 * Reads a history from a file, or from the `history.jsonl` of a run folder. The format is told from the content: our
 * JSONL, Jepsen's and Elle's EDN, Jepsen's log lines, the texts of Plume and AWDIT. The file is never in memory as a
 * whole. Rejects with a `HistoryError`.
 */
export async function readHistory(path: string, options: ReadOptions = {}): Promise<History> {
  const file = await historyFile(path);
  try {
    return await decode(file, options);
  } catch (error) {
    throw await located(error, file);
  }
}

async function historyFile(path: string): Promise<string> {
  const isDirectory = async (candidate: string): Promise<boolean> => {
    try {
      return (await stat(candidate)).isDirectory();
    } catch (error) {
      if (candidate !== path && systemCode(error) === "ENOENT")
        throw new HistoryError(`is a directory without ${HISTORY_FILE}; give a run folder or a history's file`, {
          file: path,
        });
      throw await located(error, candidate);
    }
  };
  if (!(await isDirectory(path))) return path;
  const file = join(path, HISTORY_FILE);
  if (await isDirectory(file)) throw new HistoryError("is a directory; a history is a file", { file });
  return file;
}

async function decode(file: string, options: ReadOptions): Promise<History> {
  const utf8 = new Utf8Decoder();
  let decoder: Decoder | undefined;
  let head = Buffer.alloc(0);
  const begin = (): Decoder => {
    rejectBinary(head.subarray(0, HEAD_BYTES));
    const bytes = utf8.bytes(head);
    const begun = decoderOf(formatOf(decoded(bytes).slice(0, HEAD_BYTES)), options);
    begun.push(bytes);
    return begun;
  };
  for await (const chunk of chunksOf(file)) {
    if (decoder !== undefined) decoder.push(utf8.bytes(chunk));
    else {
      head = Buffer.concat([head, chunk]);
      if (head.length >= HEAD_BYTES) decoder = begin();
    }
  }
  decoder ??= begin();
  // What a killed harness was writing may end within a character; the JSONL decoder finds the line cut.
  if (utf8.cut) decoder.push(Buffer.from("\uFFFD"));
  return decoder.end();
}

function decoderOf(format: HistoryFormat, options: ReadOptions): Decoder {
  switch (format) {
    case "jsonl":
      return ofText(new JsonlDecoder(options.onNote));
    case "edn":
      return new JepsenDecoder(options);
    case "log":
      return ofText(new JepsenLogDecoder(options));
    case "plume":
      return ofText(new PlumeDecoder());
    case "awdit":
      return ofText(new AwditDecoder());
  }
}

/** The decoder, for one that takes text. */
const ofText = (decoder: { push(text: string): void; end(): History }): Decoder => ({
  push: (chunk) => decoder.push(decoded(chunk)),
  end: () => decoder.end(),
});

/** The error as a `HistoryError` that names the file, and the line where that takes looking at the file again. */
async function located(error: unknown, file: string): Promise<unknown> {
  if (error instanceof HistoryError) return error.at({ file });
  if (error instanceof InvalidUtf8Error)
    return new HistoryError(`byte ${error.offset} is not UTF-8; save the history as UTF-8 text`, {
      file,
      line: await lineOf(file, error.offset),
    });
  if (error instanceof LineTooLongError)
    return new HistoryError("a line without end; a history has one event a line", { file, line: error.line });
  if (systemCode(error) === "ENOENT") return new HistoryError("no such file; check the path", { file });
  if (systemCode(error) !== undefined)
    return new HistoryError(`cannot be read: ${describeSystemError(error)}`, { file });
  return error;
}

/** The line from 1 on which the byte at `offset` stands. */
async function lineOf(file: string, offset: number): Promise<number> {
  let line = 1;
  if (offset === 0) return line;
  for await (const chunk of createReadStream(file, { end: offset - 1 }) as AsyncIterable<Buffer>)
    for (const byte of chunk) if (byte === 0x0a) line++;
  return line;
}
