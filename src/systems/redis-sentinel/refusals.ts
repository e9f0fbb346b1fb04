import { DefiniteError } from "../../core/system.ts";

/**
 * Errors that Redis gives instead of executing a command (`processCommand` in server.c, and `scriptCall` in script.c for
 * commands of a script). By their code, the first word.
 */
const NOT_EXECUTED: ReadonlySet<string> = new Set([
  /** It is a replica. */
  "READONLY",
  "NOREPLICAS",
  /** It reads its data from disk. */
  "LOADING",
  "MASTERDOWN",
  "CLUSTERDOWN",
  /** Its disk fails. */
  "MISCONF",
  "OOM",
  /** A script runs for too long. */
  "BUSY",
]);

/** ioredis, of a command that it did not write to the socket. */
const NOT_SENT = "Stream isn't writeable";

/** What an error of a write says for certain: that it was not done, and why. Else `undefined`: a lost connection, above all. */
export function refusalOf(error: unknown): DefiniteError | undefined {
  if (!(error instanceof Error)) return undefined;
  const [code = ""] = error.message.split(" ", 1);
  const certain = error.name === "ReplyError" ? NOT_EXECUTED.has(code) : error.message.startsWith(NOT_SENT);
  return certain ? new DefiniteError("temporarily-unavailable", error.message) : undefined;
}
