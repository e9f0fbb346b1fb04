import type { History } from "../../src/core/history.ts";
import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import { canonical, isArray, show } from "../shared/values.ts";
import { Grower } from "./grower.ts";
import { ListReads } from "./list-reads.ts";
import { bytes, doubles, ints } from "./memory.ts";
import { Numbering } from "./numbering.ts";
import {
  ABORTED,
  COMMITTED,
  INITIAL,
  type MalformedRead,
  NOT_KNOWN,
  READ,
  type Transactions,
  UNKNOWN,
  WRITE,
} from "./transactions.ts";

/** A history that is none of transactions, and why. */
export interface Malformed {
  readonly malformed: string;
}

/** Ends the reading of a malformed history; never leaves this file. */
class MalformedError extends Error {}

/**
 * The transactions of a history in columns: the operations with `f: "txn"`, whose micro-operations are `["r", key, value]`,
 * `["w", key, value]` or `["append", key, value]`, as in Elle's histories. Of a committed transaction its output counts, of
 * others their input. A read of `null` saw the initial state. Closing reads are left out.
 */
export function transactionsOf(history: History, kind: Transactions["kind"]): Transactions | Malformed {
  let found = known[kind].get(history);
  if (found === undefined) {
    found = read(history, kind);
    known[kind].set(history, found);
  }
  return found;
}

/** Read once a history: several checkers look at the same columns. */
const known: Readonly<Record<Transactions["kind"], WeakMap<History, Transactions | Malformed>>> = {
  "list-append": new WeakMap(),
  "rw-register": new WeakMap(),
};

function read(history: History, kind: Transactions["kind"]): Transactions | Malformed {
  try {
    const draft = new Draft(history, kind);
    for (const op of history.ops) if (!op.final) draft.enter(op);
    return draft.finish();
  } catch (error) {
    if (error instanceof MalformedError) return { malformed: error.message };
    throw error;
  }
}

const STATUS = { ok: COMMITTED, fail: ABORTED, info: UNKNOWN } as const;

class Draft {
  readonly #kind: Transactions["kind"];
  readonly #write: "append" | "w";
  readonly #op: Int32Array;
  readonly #status: Uint8Array;
  readonly #session: Int32Array;
  readonly #callNs: Float64Array;
  readonly #returnNs: Float64Array;
  readonly #first: Int32Array;
  #count = 0;

  readonly #f: Grower<Uint8Array>;
  readonly #key: Grower<Int32Array>;
  readonly #version: Grower<Int32Array>;
  readonly #lists: ListReads | undefined;

  readonly #keys = new Numbering(64);
  readonly #versions: Numbering;
  readonly #versionKey: Grower<Int32Array>;
  readonly #malformedReads: MalformedRead[] = [];

  readonly #sessions = new Map<number, number>();
  /** Of each session the transaction that it did last. */
  readonly #last: number[] = [];

  constructor(history: History, kind: Transactions["kind"]) {
    const size = history.ops.length;
    this.#kind = kind;
    this.#write = kind === "list-append" ? "append" : "w";
    this.#op = ints(size);
    this.#status = bytes(size);
    this.#session = ints(size);
    this.#callNs = doubles(size);
    this.#returnNs = doubles(size);
    this.#first = ints(size + 1);
    this.#f = Grower.bytes(4 * size);
    this.#key = Grower.ints(4 * size);
    this.#version = Grower.ints(4 * size);
    this.#versions = new Numbering(2 * size);
    this.#versionKey = Grower.ints(2 * size);
    this.#lists = kind === "list-append" ? new ListReads(4 * size) : undefined;
  }

  enter(op: Operation): void {
    if (op.f !== "txn") throw new MalformedError(`operation ${op.index} is a ${op.f}, but a transaction is a txn`);
    const t = this.#count++;
    this.#op[t] = op.index;
    this.#status[t] = STATUS[op.outcome.type];
    this.#callNs[t] = op.callNs;
    this.#returnNs[t] = op.returnNs;
    this.#session[t] = this.#enterSession(op, t);
    const micros = op.outcome.type === "ok" ? op.outcome.value : op.input;
    if (!isArray(micros ?? null))
      throw wrong(op, `a list of micro-operations was expected, found ${show(micros ?? null)}`);
    const isCommitted = op.outcome.type === "ok";
    const list = micros as readonly Json[];
    for (let m = 0; m < list.length; m++) this.#enterMicro(op, t, isCommitted, list[m] as Json);
    this.#first[t + 1] = this.#f.length;
  }

  #enterSession(op: Operation, t: number): number {
    const known = this.#sessions.get(op.process);
    if (known === undefined) {
      this.#sessions.set(op.process, this.#last.length);
      return this.#last.push(t) - 1;
    }
    const before = this.#last[known] as number;
    if ((this.#returnNs[before] as number) > op.callNs)
      throw wrong(op, `it begins while operation ${this.#op[before]} of the same process has not ended`);
    this.#last[known] = t;
    return known;
  }

  #enterMicro(op: Operation, t: number, isCommitted: boolean, micro: Json): void {
    if (!isArray(micro) || micro.length < 2 || micro.length > 3)
      throw wrong(op, `a micro-operation is [function, key, value], found ${show(micro)}`);
    const f = micro[0];
    const value = micro[2] ?? null;
    const key = this.#keys.of(0, micro[1] ?? null);
    if (f === "r") {
      this.#f.push(READ);
      this.#key.push(key);
      this.#version.push(isCommitted ? this.#read(t, key, value) : NOT_KNOWN);
    } else if (f === this.#write) {
      if (value === null && this.#kind === "rw-register")
        throw wrong(op, "it writes null, which also stands for the initial state");
      this.#f.push(WRITE);
      this.#key.push(key);
      this.#version.push(this.#versionOf(key, value));
    } else throw wrong(op, `a transaction of ${this.#kind} knows r and ${this.#write}, but not ${show(f ?? null)}`);
  }

  #read(t: number, key: number, value: Json): number {
    if (value === null) return INITIAL;
    if (this.#lists === undefined) return this.#versionOf(key, value);
    if (!isArray(value)) {
      this.#malformedReads.push({ transaction: t, key, value });
      return NOT_KNOWN;
    }
    // Known once the longest list of the key is.
    if (value.length > 0) this.#lists.add(this.#f.length - 1, key, value);
    return INITIAL;
  }

  #versionOf(key: number, value: Json): number {
    const version = this.#versions.of(key, value);
    if (version === this.#versionKey.length) this.#versionKey.push(key);
    return version;
  }

  finish(): Transactions {
    const count = this.#count;
    const version = this.#version.column();
    const key = this.#key.column();
    const lists = this.#lists?.finish(key, version, (k, value) => this.#versionOf(k, value));
    const [keys, versions] = [this.#keys, this.#versions];
    return {
      kind: this.#kind,
      count,
      op: this.#op.subarray(0, count),
      status: this.#status.subarray(0, count),
      session: this.#session.subarray(0, count),
      callNs: this.#callNs.subarray(0, count),
      returnNs: this.#returnNs.subarray(0, count),
      first: this.#first.subarray(0, count + 1),
      f: this.#f.column(),
      key,
      version,
      elementsAt: lists?.at ?? ints(0),
      elementsLength: lists?.length ?? ints(0),
      elements: lists?.elements ?? ints(0),
      keyNames: Array.from({ length: keys.count }, (_, k) => nameOf(keys.valueOf(k))),
      versionKey: this.#versionKey.column(),
      valueOf: (version) => versions.valueOf(version),
      malformedReads: this.#malformedReads,
    };
  }
}

const nameOf = (key: Json): string => (typeof key === "string" ? key : canonical(key));

const wrong = (op: Operation, problem: string): MalformedError =>
  new MalformedError(`operation ${op.index} (a transaction of process ${op.process}): ${problem}`);
