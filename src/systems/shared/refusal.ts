import { describeError } from "../../core/client-error.ts";
import { DefiniteError } from "../../core/system.ts";

/**
 * For an operation that this error certainly kept from having an effect: nothing was sent, or it was only a read.
 * Whoever refused the connection is not there.
 */
export function refused(error: unknown): DefiniteError {
  if (error instanceof DefiniteError) return error;
  const text = describeError(error);
  return new DefiniteError(text.includes("ECONNREFUSED") ? "node-not-found" : "temporarily-unavailable", text);
}
