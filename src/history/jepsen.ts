import type { OpError } from "../core/errors.ts";
import type { History } from "../core/history.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { EdnReader } from "./edn.ts";
import { HistoryError } from "./errors.ts";
import { EventFields } from "./jepsen-fields.ts";
import { keyOf } from "./jepsen-independent.ts";
import { type JepsenEvent, type JepsenOptions, JepsenPairing } from "./jepsen-pairing.ts";

const EXAMPLE = "{:process 0, :type :invoke, :f :read, :value nil}";

/**
 * Reads the EDN of a Jepsen or Elle history as its text comes in: a map for each event, one after another or in one
 * vector. Throws a `HistoryError` that names the line.
 *
 * - Only clients count: events of `:nemesis`, and of any process that is no integer, are left out.
 * - Without `:process` everything is process 0; without `:f` an event is a transaction (`txn`), as in Elle's tests.
 * - `:r`, `:w` and `:compare-and-set` become `read`, `write`, `cas`; other functions keep their names. The input of reads
 *   and the output of writes is `null`.
 * - The key is the one under `:key`, or that of Jepsen's `independent` (see `JepsenOptions`).
 * - A `:fail` or `:info` takes its error's name from `:error`: a keyword, or the first of a vector.
 */
export class JepsenDecoder {
  readonly #pairing: JepsenPairing;
  readonly #reader = new EdnReader((form, line) => this.add(form, line), new EventFields());

  constructor(options: JepsenOptions = {}) {
    this.#pairing = new JepsenPairing(options);
  }

  /** UTF-8, cut anywhere. */
  push(chunk: Uint8Array): void {
    this.#reader.push(chunk);
  }

  /** One event that was parsed already, with its line for error messages. */
  add(form: Json | EventFields, line: number): void {
    const event = clientEvent(form, line);
    if (event !== undefined) this.#pairing.add(event);
  }

  /** The history, once all text was pushed. */
  end(): History {
    this.#reader.end();
    return this.#pairing.finish();
  }
}

/** The event that a map states; `undefined` if it is not a client's. */
function clientEvent(form: Json | EventFields, line: number): JepsenEvent | undefined {
  if (typeof form !== "object" || form === null || Array.isArray(form))
    throw new HistoryError(`an event must be a map such as ${EXAMPLE}, found ${JSON.stringify(form).slice(0, 40)}`, {
      line,
    });
  const map = form as JsonObject | EventFields;
  const { type, process = 0, f = "txn", key, node, time } = map;
  if (type === undefined && map.history !== undefined)
    throw new HistoryError("this map holds a whole test; give what stands under its :history in a file of its own", {
      line,
    });
  if (type !== "invoke" && type !== "ok" && type !== "fail" && type !== "info")
    throw new HistoryError(
      `:type must be :invoke, :ok, :fail or :info, ${found(type)}; an event is a map such as ${EXAMPLE}`,
      {
        line,
      },
    );
  if (typeof process === "string") return undefined;
  if (!Number.isSafeInteger(process) || (process as number) < 0)
    throw new HistoryError(`:process must be an integer from 0, or a keyword such as :nemesis, ${found(process)}`, {
      line,
    });
  if (typeof f !== "string") throw new HistoryError(`:f must be a keyword such as :read, ${found(f)}`, { line });
  const error = opError(map.error);
  return {
    line,
    process: process as number,
    type,
    f,
    value: map.value ?? null,
    key: key === undefined || key === null ? undefined : keyOf(key),
    node: typeof node === "string" ? node : undefined,
    timeNs: typeof time === "number" ? time : undefined,
    error,
  };
}

const found = (value: Json | undefined): string =>
  value === undefined ? "but it is missing" : `found ${JSON.stringify(value).slice(0, 40)}`;

/** The longest name of an error; what is longer is a sentence. */
const MAX_NAME = 64;

/** An error as Jepsen's clients put it: `:timeout`, `[:not-leader "text" …]`, "text", or a map with a `:type`. */
export function opError(error: Json | undefined): OpError | undefined {
  if (error === undefined || error === null) return undefined;
  if (typeof error === "string") {
    if (error === "timed-out") return { name: "timeout" };
    return /^\S+$/.test(error) && error.length <= MAX_NAME ? { name: error } : { name: "error", text: error };
  }
  if (Array.isArray(error) && typeof error[0] === "string" && error[0] !== "") {
    const { name, text } = opError(error[0]) as OpError;
    const rest = error.slice(1).map((part: Json) => (typeof part === "string" ? part : JSON.stringify(part)));
    const words = [...(text === undefined ? [] : [text]), ...rest].join(" ");
    return words === "" ? { name } : { name, text: words };
  }
  const type = (error as JsonObject).type;
  const name = typeof type === "string" ? ((opError(type) as OpError).name as string) : "error";
  return { name, text: JSON.stringify(error) };
}
