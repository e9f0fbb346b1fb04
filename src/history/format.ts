import { AWDIT_START } from "./academic-awdit.ts";
import { PLUME_START } from "./academic-plume.ts";
import { HistoryError } from "./errors.ts";
import { isJepsenLogEvent } from "./jepsen-log.ts";

export type HistoryFormat = "jsonl" | "edn" | "log" | "plume" | "awdit";

/** What can be read, for error messages. */
export const FORMATS_READ =
  'Splitbrain\'s JSONL (first line {"type":"run",…}), Jepsen\'s EDN (maps {:process 0, :type :invoke, …}), Jepsen\'s log lines (INFO  jepsen.util - 0 :invoke :read nil), and the texts of Plume (r(key,value,session,transaction) a line) and AWDIT ("r key value" a line)';

/** How much of a file is looked at to tell its format, bytes. */
export const HEAD_BYTES = 1 << 16;

const SIGNATURES: readonly (readonly [string, string])[] = [
  ["1f8b", "is compressed with gzip; unpack it with gunzip first"],
  ["28b52ffd", "is compressed with zstd; unpack it with unzstd first"],
  ["504b0304", "is a zip archive; unpack it first"],
  ["fffe", "is UTF-16 text; a history must be UTF-8"],
  ["feff", "is UTF-16 text; a history must be UTF-8"],
];

/** Throws a `HistoryError` if the first bytes of a file are not those of a text. */
export function rejectBinary(head: Uint8Array): void {
  const start = Buffer.from(head.subarray(0, 4)).toString("hex");
  const signature = SIGNATURES.find(([magic]) => start.startsWith(magic));
  if (signature !== undefined) throw new HistoryError(signature[1]);
  if (head.includes(0)) throw new HistoryError(`is a binary file, not a history; formats read: ${FORMATS_READ}`);
}

/** Tells the format of a history from how its text begins. Throws a `HistoryError` if it has none that is read. */
export function formatOf(head: string): HistoryFormat {
  const text = head.trimStart();
  if (text === "") throw new HistoryError(`is empty; formats read: ${FORMATS_READ}`);
  if (/^\{\s*"/.test(text)) return "jsonl";
  if (/^\[\s*\{\s*"/.test(text))
    throw new HistoryError(
      "is a JSON array; a history in JSON has one event a line, without brackets and commas around them",
    );
  if (text.startsWith("{")) return "edn";
  if (PLUME_START.test(text)) return "plume";
  if (AWDIT_START.test(text)) return "awdit";
  // A log may begin with a bracket, as EDN does: [main] INFO …
  if (text.split("\n").some(isJepsenLogEvent) || /^(\S+\s+){0,3}(TRACE|DEBUG|INFO|WARN|ERROR)\b/.test(text))
    return "log";
  if (/^(?:[[(]\s*(?:[{#;\])]|$)|#[A-Za-z_]|;)/.test(text)) return "edn";
  throw new HistoryError(`is in no known format; formats read: ${FORMATS_READ}`);
}
