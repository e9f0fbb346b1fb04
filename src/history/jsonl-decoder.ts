import type { Fault } from "../core/fault.ts";
import type { History, HistoryMeta, Timed } from "../core/history.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { Operation, Outcome } from "../core/operation.ts";
import { HistoryError } from "./errors.ts";
import { DONE, JSONL_VERSION, type RunMeta, UNFINISHED } from "./jsonl.ts";
import { faultShape } from "./scenario-shape.ts";
import { arrayOf, integer, ShapeError, string } from "./shape.ts";
import { LineSplitter } from "./text.ts";

const EVENT_TYPES = ["invoke", "ok", "fail", "info", "fault", "heal", "end"] as const;
const HEADER_EXAMPLE = `{"type":"run","version":${JSONL_VERSION}}`;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads the format of `jsonl.ts` as its text comes in. Throws a `HistoryError` that names the line; a last line that was
 * cut by the end of a killed harness is reported to `onNote` and left out.
 */
export class JsonlDecoder {
  readonly #lines = new LineSplitter((text, line) => this.#line(text, line));
  readonly #onNote: (note: string) => void;
  #meta: RunMeta | undefined;
  readonly #ops: Mutable<Operation>[] = [];
  /** For each operation the line of its completion, 0 while there is none. */
  readonly #completedIn: number[] = [];
  /** The operation that a process is at. */
  readonly #open = new Map<number, Operation>();
  readonly #faults: Mutable<Timed<Fault>>[] = [];
  readonly #faultsById = new Map<number, Mutable<Timed<Fault>>>();
  #lastNs = 0;
  #complete = false;

  constructor(onNote: (note: string) => void = () => {}) {
    this.#onNote = onNote;
  }

  push(text: string): void {
    this.#lines.push(text);
  }

  /** The history, once all text was pushed. */
  end(): History {
    const { rest, restLine } = this.#lines;
    if (rest.trim() !== "") {
      if (isJson(rest) || this.#complete) this.#line(rest, restLine);
      else this.#onNote(`line ${restLine} is cut off and was left out: the run was killed while it was written`);
    }
    if (this.#meta === undefined)
      throw new HistoryError(`cut off within its first line, the header ${HEADER_EXAMPLE}; nothing was recorded`, {
        line: 1,
      });
    const meta: HistoryMeta = { version: JSONL_VERSION, ...this.#meta, complete: this.#complete };
    return { ops: this.#ops, faults: this.#faults, meta };
  }

  #line(text: string, line: number): void {
    if (text.trim() === "") return;
    try {
      const event = parseObject(text, line);
      if (this.#meta === undefined) this.#header(event, line);
      else this.#event(event, line);
    } catch (error) {
      throw error instanceof ShapeError ? new HistoryError(error.message, { line }) : error;
    }
  }

  #header(event: JsonObject, line: number): void {
    if (event.type !== "run")
      throw new HistoryError(`not a Splitbrain history: its first line must be the header ${HEADER_EXAMPLE}`, { line });
    if (event.version !== JSONL_VERSION)
      throw new HistoryError(
        `history format version ${JSON.stringify(event.version)}, but this Splitbrain reads version ${JSONL_VERSION}; use the Splitbrain that recorded it`,
        { line },
      );
    this.#meta = {
      ...(event.seed !== undefined && { seed: anyInteger(event.seed, "seed") }),
      ...(event.system !== undefined && { system: string(event.system, "system") }),
      ...(event.workload !== undefined && { workload: string(event.workload, "workload") }),
      ...(event.nodes !== undefined && { nodes: strings(event.nodes, "nodes") }),
    };
  }

  #event(event: JsonObject, line: number): void {
    const { type } = event;
    if (this.#complete)
      throw new HistoryError("an event after the end of the run; a file holds one run, so split it here", { line });
    if (type === "run") throw new HistoryError("a second header; a file holds one run, so split it here", { line });
    const atNs = natural(event.atNs, "atNs");
    if (atNs < this.#lastNs)
      throw new HistoryError(`time runs backwards: atNs is ${atNs} after ${this.#lastNs}; events must stand in order`, {
        line,
      });
    this.#lastNs = atNs;
    switch (type) {
      case "invoke":
        this.#invoke(event, atNs, line);
        break;
      case "ok":
      case "fail":
      case "info":
        this.#completion(event, outcomeOf(event, type), atNs, line);
        break;
      case "fault":
        this.#fault(event, atNs, line);
        break;
      case "heal":
        this.#heal(event, atNs, line);
        break;
      case "end":
        this.#complete = true;
        break;
      default:
        throw new HistoryError(
          `unknown event type ${JSON.stringify(type)}; it must be one of ${EVENT_TYPES.join(", ")}`,
          { line },
        );
    }
  }

  #invoke(event: JsonObject, callNs: number, line: number): void {
    const index = natural(event.index, "index");
    if (index !== this.#ops.length)
      throw new HistoryError(
        `invocation ${index} stands where ${this.#ops.length} must be: invocations are numbered from 0 in their order`,
        { line },
      );
    const process = natural(event.process, "process");
    const before = this.#open.get(process);
    if (before !== undefined)
      throw new HistoryError(
        this.#completedIn[before.index] === 0
          ? `process ${process} invokes operation ${index} while its operation ${before.index} has not completed; a process does one thing at a time`
          : `process ${process} invokes operation ${index} after its operation ${before.index} ended unknown; go on under a new process number`,
        { line },
      );
    const input = event.input;
    if (input === undefined) throw new HistoryError("input is missing; write null if there is none", { line });
    if (event.final !== undefined && event.final !== true)
      throw new HistoryError(`final must be true or absent, found ${JSON.stringify(event.final)}`, { line });
    const node = string(event.node, "node");
    const f = string(event.f, "f");
    const key = event.key === undefined ? undefined : string(event.key, "key");
    const op = operation(
      { index, process, node, f, input, callNs, returnNs: Infinity, outcome: UNFINISHED },
      key,
      event,
    );
    this.#ops.push(op);
    this.#completedIn.push(0);
    this.#open.set(process, op);
  }

  #completion(event: JsonObject, outcome: Outcome, atNs: number, line: number): void {
    const index = natural(event.index, "index");
    const op = this.#ops[index];
    if (op === undefined)
      throw new HistoryError(
        `completion of operation ${index}, which was never invoked; its invoke event must stand before`,
        { line },
      );
    const first = this.#completedIn[index];
    if (first !== 0)
      throw new HistoryError(`operation ${index} completes a second time, first in line ${first}; keep one of them`, {
        line,
      });
    this.#completedIn[index] = line;
    op.outcome = outcome;
    // An operation that ended unknown stays its process's last.
    if (outcome.type === "info") return;
    op.returnNs = atNs;
    this.#open.delete(op.process);
  }

  #fault(event: JsonObject, startNs: number, line: number): void {
    const id = natural(event.id, "id");
    if (this.#faultsById.has(id))
      throw new HistoryError(`fault ${id} starts a second time; give it its own id`, { line });
    const fault = {
      value: faultShape(event.fault, "fault"),
      startNs,
      endNs: Infinity,
      ...(event.proof !== undefined && { proof: string(event.proof, "proof") }),
    };
    this.#faults.push(fault);
    this.#faultsById.set(id, fault);
  }

  #heal(event: JsonObject, endNs: number, line: number): void {
    const id = natural(event.id, "id");
    const fault = this.#faultsById.get(id);
    if (fault === undefined)
      throw new HistoryError(`fault ${id} is healed but never started; its fault event must stand before`, { line });
    if (fault.endNs !== Infinity)
      throw new HistoryError(`fault ${id} is healed a second time; keep one of them`, { line });
    fault.endNs = endNs;
  }
}

/** The operation, with the fields that it may have or not. Literals, for spreads are slow and give each its own layout. */
function operation(bare: Operation, key: string | undefined, { final }: JsonObject): Mutable<Operation> {
  const { index, process, node, f, input, callNs, returnNs, outcome } = bare;
  if (final) return { ...bare, ...(key !== undefined && { key }), final: true };
  if (key === undefined) return bare;
  return { index, process, node, f, key, input, callNs, returnNs, outcome };
}

const natural = integer(0);
const anyInteger = integer();
const strings = arrayOf(string);

function parseObject(text: string, line: number): JsonObject {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    throw new HistoryError(`not JSON (${(error as Error).message}); each line must hold one whole event`, { line });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new HistoryError(`an event must be a JSON object, found ${text.trim().slice(0, 40)}`, { line });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function outcomeOf(event: JsonObject, type: Outcome["type"]): Outcome {
  if (type === "ok") {
    if (event.value === undefined) throw new ShapeError("value", "given, null if there is none", undefined);
    return event.value === null ? DONE : { type, value: event.value };
  }
  const error = event.error as JsonObject | null | undefined;
  if (typeof error !== "object" || error === null)
    throw new ShapeError("error", 'an object such as {"name":"timeout"}', error);
  const name = string(error.name, "error.name");
  return { type, error: error.text === undefined ? { name } : { name, text: string(error.text, "error.text") } };
}
