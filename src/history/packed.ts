import type { OpError } from "../core/errors.ts";
import type { History } from "../core/history.ts";
import type { Operation, Outcome } from "../core/operation.ts";
import { DONE } from "./jsonl.ts";
import { type PackedValues, shared, ValuePacker, ValueUnpacker } from "./packed-values.ts";

/**
 * A history as columns over shared memory: row i is operation i. Posting it to a thread copies none of them. Strings are
 * numbers into `values.ends`, values are words of `values`.
 */
export interface PackedHistory {
  readonly size: number;
  readonly process: Float64Array;
  readonly node: Int32Array;
  readonly f: Int32Array;
  /** -1 where an operation has none. */
  readonly key: Int32Array;
  readonly callNs: Float64Array;
  readonly returnNs: Float64Array;
  /** `OUTCOMES[outcome & 3]`, and `FINAL` of a closing read. */
  readonly outcome: Uint8Array;
  readonly input: Int32Array;
  /** The value of an `ok`, else the error as `[name]` or `[name, text]`. */
  readonly output: Int32Array;
  readonly values: PackedValues;
  readonly rest: Omit<History, "ops">;
}

export const OUTCOMES = ["ok", "fail", "info"] as const satisfies readonly Outcome["type"][];
export const FINAL = 4;

/** Packs a history. Throws a `RangeError` if its values exceed 2 GB. */
export function packHistory({ ops, ...rest }: History): PackedHistory {
  const size = ops.length;
  const values = new ValuePacker();
  const columns = {
    process: shared(Float64Array, size),
    node: shared(Int32Array, size),
    f: shared(Int32Array, size),
    key: shared(Int32Array, size),
    callNs: shared(Float64Array, size),
    returnNs: shared(Float64Array, size),
    outcome: shared(Uint8Array, size),
    input: shared(Int32Array, size),
    output: shared(Int32Array, size),
  };
  const errors = new Map<OpError, number>();
  const errorWord = (error: OpError): number => {
    const known = errors.get(error);
    if (known !== undefined) return known;
    const packed = values.pack(error.text === undefined ? [error.name] : [error.name, error.text]);
    errors.set(error, packed);
    return packed;
  };
  for (let i = 0; i < size; i++) {
    const { process, node, f, key, callNs, returnNs, outcome, input, final } = ops[i] as Operation;
    columns.process[i] = process;
    columns.node[i] = values.string(node);
    columns.f[i] = values.string(f);
    columns.key[i] = key === undefined ? -1 : values.string(key);
    columns.callNs[i] = callNs;
    columns.returnNs[i] = returnNs;
    columns.outcome[i] = OUTCOMES.indexOf(outcome.type) | (final ? FINAL : 0);
    columns.input[i] = values.pack(input);
    columns.output[i] = outcome.type === "ok" ? values.pack(outcome.value) : errorWord(outcome.error);
  }
  return { size, ...columns, values: values.finish(), rest };
}

/** The history that was packed. */
export function unpackHistory(packed: PackedHistory): History {
  const unpacker = new Unpacker(packed);
  return { ops: Array.from({ length: packed.size }, (_, index) => unpacker.operation(index)), ...packed.rest };
}

/** Gives single operations of a packed history. */
export class Unpacker {
  readonly #packed: PackedHistory;
  readonly #values: ValueUnpacker;

  constructor(packed: PackedHistory) {
    this.#packed = packed;
    this.#values = new ValueUnpacker(packed.values);
  }

  operation(index: number): Operation {
    const packed = this.#packed;
    const process = packed.process[index] as number;
    const node = this.#values.string(packed.node[index] as number);
    const f = this.#values.string(packed.f[index] as number);
    const keyAt = packed.key[index] as number;
    const input = this.#values.unpack(packed.input[index] as number);
    const callNs = packed.callNs[index] as number;
    const returnNs = packed.returnNs[index] as number;
    const outcome = this.#outcome(index);
    // Literals, for a spread would give every operation a layout of its own.
    const op: Operation =
      keyAt < 0
        ? { index, process, node, f, input, callNs, returnNs, outcome }
        : { index, process, node, f, key: this.#values.string(keyAt), input, callNs, returnNs, outcome };
    return isFinal(packed, index) ? { ...op, final: true } : op;
  }

  #outcome(index: number): Outcome {
    const type = OUTCOMES[(this.#packed.outcome[index] as number) & 3] ?? "info";
    const value = this.#values.unpack(this.#packed.output[index] as number);
    if (type === "ok") return value === null ? DONE : { type, value };
    const [name, text] = value as readonly [string, string?];
    return { type, error: text === undefined ? { name } : { name, text } };
  }
}

const isFinal = (packed: PackedHistory, index: number): boolean => ((packed.outcome[index] as number) & FINAL) !== 0;
