import { DefiniteError } from "../../core/system.ts";

/** What an error says and what was behind it, in one line. */
export function explain(error: unknown): string {
  const texts: string[] = [];
  for (let one: unknown = error; one instanceof Error && texts.length < 4; one = causeOf(one))
    if (one.message !== "") texts.push(one.message);
  return texts.length > 0 ? texts.join(": ") : String(error);
}

const causeOf = (error: Error): unknown => (error instanceof AggregateError ? error.errors[0] : error.cause);

/**
 * For an operation that this error certainly kept from having an effect: nothing was sent, or it was only a read.
 * Whoever refused the connection is not there.
 */
export function refused(error: unknown): DefiniteError {
  if (error instanceof DefiniteError) return error;
  const text = explain(error);
  return new DefiniteError(text.includes("ECONNREFUSED") ? "node-not-found" : "temporarily-unavailable", text);
}
