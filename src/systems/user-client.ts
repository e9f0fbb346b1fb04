import { codeOf, definiteOf, describeError, isDefect, MalformedReply } from "../core/client-error.ts";
import type { Json } from "../core/json.ts";
import type { Invocation, Outcome } from "../core/operation.ts";
import { DefiniteError, type SystemClient } from "../core/system.ts";
import { show } from "./definition-check.ts";
import type { ClientOperations, SystemDefinition } from "./user-definition.ts";

/** A session's client made of the functions that a user wrote. */
export class UserClient implements SystemClient {
  readonly #system: Pick<SystemDefinition, "name" | "isDefinite">;
  readonly #operations: ClientOperations;
  readonly #keys: string;

  /** @param keys what all keys of the run begin with. */
  constructor(system: Pick<SystemDefinition, "name" | "isDefinite">, operations: ClientOperations, keys: string) {
    this.#system = system;
    this.#operations = operations;
    this.#keys = keys;
  }

  async invoke(op: Invocation, signal: AbortSignal): Promise<Outcome> {
    try {
      return { type: "ok", value: await this.#perform(op, signal) };
    } catch (error) {
      if (signal.aborted || definiteOf(error) || isDefect(error)) throw error;
      // A read has no effect, whatever became of it.
      const undone = op.f === "read" || this.#system.isDefinite?.(error, codeOf(error)) === true;
      throw undone ? new DefiniteError("abort", describeError(error)) : error;
    }
  }

  close(): void | Promise<void> {
    return this.#operations.close?.();
  }

  async #perform({ f, key = "", input, final }: Invocation, signal: AbortSignal): Promise<Json> {
    const client = this.#operations;
    const place = `${this.#keys}${key}`;
    if (f === "read" && final && client.readOwn) return readable("readOwn", await client.readOwn(place, signal));
    if (f === "read" && !final && client.read) return readable("read", await client.read(place, signal));
    if (f === "write" && client.write) {
      await client.write(place, Number(input), signal);
      return null;
    }
    if (f === "append" && client.append) {
      await client.append(place, Number(input), signal);
      return null;
    }
    if (f === "cas" && client.cas && Array.isArray(input)) {
      const [from, to] = input;
      const done: unknown = await client.cas(place, from === null ? null : Number(from), Number(to), signal);
      if (done === true) return null;
      if (done === false) throw new DefiniteError("precondition-failed");
      throw new MalformedReply(
        `cas returned ${show(done)}; return true if the value was set, false if it was another and nothing was done`,
      );
    }
    const name = f === "read" && final ? "readOwn" : f;
    throw new DefiniteError("not-supported", `the client of ${this.#system.name} has no ${name}`);
  }
}

/** What a read may yield: a number, a list of numbers, or nothing. Text would be another value than the number written. */
function readable(f: string, value: unknown): Json {
  if (value === undefined || value === null) return null;
  if (isNumber(value)) return value;
  if (Array.isArray(value) && value.every(isNumber)) return [...value];
  const advice = "return the number that was written, the list of numbers that were appended, or null";
  throw new MalformedReply(`${f} returned ${show(value)}; ${advice}. Number(text) makes a number of text`);
}

const isNumber = (value: unknown): value is number => Number.isSafeInteger(value);
