import type { History } from "../../src/core/history.ts";
import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import { canonical, Interner, isArray, show } from "../shared/values.ts";
import { Grower } from "./grower.ts";
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
  try {
    const draft = new Draft(history, kind);
    for (const op of history.ops) if (!op.final) draft.enter(op);
    return draft.finish();
  } catch (error) {
    if (error instanceof MalformedError) return { malformed: error.message };
    throw error;
  }
}

/** The values of one key, and the longest list that was read from it. */
interface KeyDraft {
  /** Of the values 0, 1, 2, … their versions, or -1: most values are small integers, and a map takes five times the memory. */
  readonly small: number[];
  /** The versions of all other values. */
  others: Map<Json, number> | undefined;
  longest: readonly Json[] | undefined;
  longestAt: number;
}

/** How far beyond the largest one yet an integer is still taken for small. */
const MAX_GAP = 64;

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

  readonly #f: Grower;
  readonly #key: Grower;
  readonly #version: Grower;
  /** Of each read of a list that was not empty: its micro-operation and what was read. */
  readonly #readAt: number[] = [];
  readonly #lists: (readonly Json[])[] = [];

  readonly #keys = new Interner();
  readonly #drafts: KeyDraft[] = [];
  readonly #versionKey: Grower;
  readonly #values: Json[] = [];
  readonly #malformedReads: MalformedRead[] = [];

  readonly #sessions = new Map<number, number>();
  /** Of each session the transaction that it did last. */
  readonly #last: number[] = [];

  constructor(history: History, kind: Transactions["kind"]) {
    const size = history.ops.length;
    this.#kind = kind;
    this.#write = kind === "list-append" ? "append" : "w";
    this.#op = new Int32Array(size);
    this.#status = new Uint8Array(size);
    this.#session = new Int32Array(size);
    this.#callNs = new Float64Array(size);
    this.#returnNs = new Float64Array(size);
    this.#first = new Int32Array(size + 1);
    this.#f = new Grower(4 * size);
    this.#key = new Grower(4 * size);
    this.#version = new Grower(4 * size);
    this.#versionKey = new Grower(2 * size);
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
    const key = this.#keyOf(micro[1] ?? null);
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
    if (this.#kind === "rw-register") return this.#versionOf(key, value);
    if (!isArray(value)) {
      this.#malformedReads.push({ transaction: t, key, value });
      return NOT_KNOWN;
    }
    if (value.length === 0) return INITIAL;
    this.#readAt.push(this.#f.length - 1);
    this.#lists.push(value);
    const draft = this.#drafts[key] as KeyDraft;
    if (draft.longest === undefined || value.length > draft.longest.length) draft.longest = value;
    // Known once the longest list of the key is.
    return INITIAL;
  }

  #keyOf(name: Json): number {
    const key = this.#keys.id(name);
    if (key === this.#drafts.length)
      this.#drafts.push({ small: [], others: undefined, longest: undefined, longestAt: -1 });
    return key;
  }

  #versionOf(key: number, value: Json): number {
    const draft = this.#drafts[key] as KeyDraft;
    const { small } = draft;
    const isSmall = Number.isInteger(value) && (value as number) >= 0;
    if (isSmall && (value as number) < small.length) {
      const known = small[value as number] as number;
      if (known !== -1) return known;
    }
    // A text cannot be mistaken for a compound value: those begin with a bracket, and a NUL stands before it.
    const name = value === null || typeof value !== "object" ? value : `\0${canonical(value)}`;
    const known = draft.others?.get(name);
    if (known !== undefined) return known;
    const version = this.#values.push(value) - 1;
    this.#versionKey.push(key);
    if (isSmall && (value as number) <= small.length + MAX_GAP) {
      while (small.length <= (value as number)) small.push(-1);
      small[value as number] = version;
    } else {
      draft.others ??= new Map();
      draft.others.set(name, version);
    }
    return version;
  }

  /** Nearly all reads are a prefix of the longest one, and share its run of elements. */
  #enterLists(): { elements: Grower; at: Int32Array; length: Int32Array } {
    const size = this.#f.length;
    const elements = new Grower(this.#values.length);
    const [at, length] = [new Int32Array(size), new Int32Array(size)];
    const enter = (key: number, list: readonly Json[]): number => {
      const start = elements.length;
      for (const value of list) elements.push(this.#versionOf(key, value));
      return start;
    };
    for (const [key, draft] of this.#drafts.entries())
      if (draft.longest !== undefined) draft.longestAt = enter(key, draft.longest);
    for (let i = 0; i < this.#lists.length; i++) {
      const m = this.#readAt[i] as number;
      const list = this.#lists[i] as readonly Json[];
      const key = this.#key.at(m);
      const { longest, longestAt } = this.#drafts[key] as KeyDraft;
      at[m] = isPrefix(list, longest as readonly Json[]) ? longestAt : enter(key, list);
      length[m] = list.length;
      this.#version.set(m, elements.at((at[m] as number) + list.length - 1));
    }
    return { elements, at, length };
  }

  finish(): Transactions {
    const count = this.#count;
    const { elements, at, length } = this.#enterLists();
    const values = this.#values;
    return {
      kind: this.#kind,
      count,
      op: this.#op.subarray(0, count),
      status: this.#status.subarray(0, count),
      session: this.#session.subarray(0, count),
      callNs: this.#callNs.subarray(0, count),
      returnNs: this.#returnNs.subarray(0, count),
      first: this.#first.subarray(0, count + 1),
      f: new Uint8Array(this.#f.column()),
      key: this.#key.column(),
      version: this.#version.column(),
      elementsAt: at,
      elementsLength: length,
      elements: elements.column(),
      keyNames: this.#keys.values.map((name) => (typeof name === "string" ? name : canonical(name))),
      versionKey: this.#versionKey.column(),
      valueOf: (version) => values[version] ?? null,
      malformedReads: this.#malformedReads,
    };
  }
}

function isPrefix(list: readonly Json[], whole: readonly Json[]): boolean {
  for (let i = 0; i < list.length; i++) if (list[i] !== whole[i]) return false;
  return true;
}

const wrong = (op: Operation, problem: string): MalformedError =>
  new MalformedError(`operation ${op.index} (a transaction of process ${op.process}): ${problem}`);
