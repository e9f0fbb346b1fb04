import type { Outcome } from "./operation.ts";

/**
 * What errors say that clients of external systems throw. Their kinds are told by name: an error may come from another
 * copy of its class, where a configuration file brings this package with it.
 */

/** Thrown by a client: an answer is there, but it is none to what was asked. The operation may have taken effect. */
export class MalformedReply extends Error {
  override readonly name = "MalformedReply";
}

export const isMalformedReply = (error: unknown): boolean => error instanceof Error && error.name === "MalformedReply";

/** The failure that a `DefiniteError` states; `undefined` for any other error. */
export function definiteOf(error: unknown): Outcome | undefined {
  if (!(error instanceof Error) || error.name !== "DefiniteError" || !("error" in error)) return undefined;
  const { error: name, message: text } = error;
  return { type: "fail", error: { name: String(name), ...(text === name ? {} : { text }) } };
}

/** True for errors that are the programmer's. `fetch` throws a `TypeError` for a lost connection, too, but gives the cause. */
export const isDefect = (error: unknown): boolean =>
  error instanceof Error &&
  ["ReferenceError", "TypeError", "MalformedReply", "ConfigError"].includes(error.name) &&
  error.cause === undefined;

/** What an error says and what was behind it, in one line: "fetch failed: connect ECONNREFUSED 127.0.0.1:7001". */
export function describeError(error: unknown): string {
  const texts = chainOf(error)
    .map((one) => (one instanceof Error ? one.message || (one instanceof AggregateError ? "" : one.name) : String(one)))
    .filter((text, i, all) => text !== "" && !all.slice(0, i).some((before) => before.includes(text)));
  return texts.join(": ").replace(/\s*\n\s*/g, " ") || "an error without a message";
}

/** The error's `code`, or that of what was behind it: `ECONNREFUSED`. */
export function codeOf(error: unknown): string | undefined {
  for (const one of chainOf(error))
    if (typeof one === "object" && one !== null && "code" in one && typeof one.code === "string") return one.code;
  return undefined;
}

const MAX_CHAIN = 4;

/** The error, its cause, the cause of that. Of several at once, as of a host with two addresses, the first. */
function chainOf(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let one = error; one !== undefined && one !== null && chain.length < MAX_CHAIN; ) {
    chain.push(one);
    one = one instanceof AggregateError ? one.errors[0] : one instanceof Error ? one.cause : undefined;
  }
  return chain;
}
