import type { OpError } from "../core/errors.ts";
import type { History } from "../core/history.ts";
import type { Json } from "../core/json.ts";
import { EdnForms } from "./edn.ts";
import { EdnSyntaxError } from "./edn-tokens.ts";
import { HistoryError } from "./errors.ts";
import { opError } from "./jepsen.ts";
import { type JepsenOptions, JepsenPairing } from "./jepsen-pairing.ts";
import { LineSplitter } from "./text.ts";

/** Process, type and function, after whatever the logger puts before; the rest is the value, and perhaps an error. */
const EVENT = /(?:^|\s)(\d+)\s+:(invoke|ok|fail|info)\s+:([^\s,()[\]{}";]+)(?:\s+(\S.*))?$/;

/** True for a line such as `INFO  jepsen.util - 3 :invoke :read nil`. */
export const isJepsenLogEvent = (line: string): boolean => EVENT.test(line.trimEnd());

/**
 * Reads the events that Jepsen writes into its log (and `history.txt`) as its text comes in: the process, `:invoke`,
 * `:ok`, `:fail` or `:info`, the function, the value, and in later versions an error, with white space between. The order
 * of lines is the order of events. Lines without an event, such as the nemesis's, are skipped and counted. Throws a
 * `HistoryError` that names the line.
 *
 * - The first versions put the error in the value's place: a keyword there after `:fail` or `:info` is the error.
 * - A `:fail` that repeats the value of a `:cas` and gives no error did not find the expected value
 *   (`precondition-failed`).
 */
export class JepsenLogDecoder {
  readonly #lines = new LineSplitter((text, line) => this.#line(text, line));
  readonly #pairing: JepsenPairing;
  readonly #options: JepsenOptions;
  readonly #edn = new EdnForms();
  #skipped = 0;
  #events = 0;

  constructor(options: JepsenOptions = {}) {
    this.#options = options;
    this.#pairing = new JepsenPairing(options);
  }

  push(text: string): void {
    this.#lines.push(text);
  }

  /** The history, once all text was pushed. */
  end(): History {
    this.#line(this.#lines.rest, this.#lines.restLine);
    if (this.#events === 0)
      throw new HistoryError(
        "a log without a single operation; those look like: INFO  jepsen.util - 0 :invoke :read nil",
      );
    if (this.#skipped > 0)
      this.#options.onNote?.(
        `${this.#skipped} ${this.#skipped === 1 ? "line is" : "lines are"} no operation and were skipped`,
      );
    return this.#pairing.finish();
  }

  #line(text: string, line: number): void {
    const event = EVENT.exec(text.trimEnd());
    if (event === null) {
      if (text.trim() !== "") this.#skipped++;
      return;
    }
    this.#events++;
    const [, process, type, f, rest = "nil"] = event as unknown as [string, string, EventType, string, string?];
    const { value, error = f === "cas" && type === "fail" ? NOT_EXPECTED : undefined } = this.#valueAndError(
      type,
      rest,
      line,
    );
    this.#pairing.add({ line, process: Number(process), type, f, value, error });
  }

  #valueAndError(type: EventType, text: string, line: number): { value: Json; error: OpError | undefined } {
    const forms = this.#parse(text, line);
    const [value = null, error] = forms;
    const isUnsuccessful = type === "fail" || type === "info";
    if (isUnsuccessful && forms.length === 1 && text.startsWith(":")) return { value: null, error: opError(value) };
    return { value, error: isUnsuccessful ? opError(error) : undefined };
  }

  #parse(text: string, line: number): Json[] {
    try {
      return this.#edn.of(text);
    } catch (error) {
      if (error instanceof EdnSyntaxError)
        throw new HistoryError(`the value is not EDN: ${error.message}; it must look like nil, 4 or [1 2]`, { line });
      throw error;
    }
  }
}

const NOT_EXPECTED: OpError = { name: "precondition-failed" };

type EventType = "invoke" | "ok" | "fail" | "info";
