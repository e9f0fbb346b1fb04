import type { History } from "../../src/core/history.ts";
import type { Operation } from "../../src/core/operation.ts";
import { type Effect, effectOf } from "./effects.ts";
import { IntColumn } from "./growing.ts";
import { named, overlap } from "./history-index.ts";
import { PairTable } from "./pair-table.ts";
import { show } from "./values.ts";

/** In `Drafts.saw` and `Drafts.wrote`: nothing was read or written; the initial state was read. */
export const NOTHING = -1;
export const UNWRITTEN = -2;

/** The operations of a history that may have happened, in its order, in columns; not yet sorted by session. */
export interface Drafts {
  readonly keys: readonly string[];
  readonly sessions: number;
  /** Position in `History.ops`. */
  readonly op: Int32Array;
  readonly session: Int32Array;
  readonly key: Int32Array;
  /** The pair of key and value that was read or written, by its number. */
  readonly saw: Int32Array;
  readonly wrote: Int32Array;
  /** For each pair the draft that wrote it, or -1. */
  readonly writer: Int32Array;
  /** For each key that nobody can judge, why. */
  readonly problems: ReadonlyMap<number, string>;
  /** For each draft 1 if it is left out: its key has a problem, or it left no trace. */
  readonly absent: Uint8Array;
}

/** Reads the effects of a history of registers, or says why it is malformed. */
export function draftRegisters(history: History): Drafts | { readonly malformed: string } {
  const malformed = overlap(history);
  if (malformed !== undefined) return { malformed };
  const drafting = new Drafting(history);
  for (let i = 0; i < history.ops.length; i++) {
    const op = history.ops[i] as Operation;
    if (op.final) continue;
    const effect = effectOf("register", op);
    if ("wrong" in effect) {
      // A failed call of something unknown had no effect, whatever it was.
      if (op.outcome.type === "fail") continue;
      return { malformed: `operation ${op.index} (${op.f} by process ${op.process}): ${effect.wrong}` };
    }
    const key = drafting.keyOf(op.key ?? "");
    if (op.outcome.type !== "fail") drafting.enter(i, op, key, effect);
  }
  return drafting.end();
}

class Drafting {
  readonly #history: History;
  readonly #keys: string[] = [];
  readonly #keyNumbers = new Map<string, number>();
  readonly #sessionNumbers = new Map<number, number>();
  readonly #pairs = new PairTable();
  readonly #op = new IntColumn();
  readonly #session = new IntColumn();
  readonly #key = new IntColumn();
  readonly #saw = new IntColumn();
  readonly #wrote = new IntColumn();
  readonly #writer = new IntColumn();
  readonly #problems = new Map<number, string>();
  /** Drafts of compare-and-sets whose outcome is unknown. */
  readonly #doubtful: number[] = [];

  constructor(history: History) {
    this.#history = history;
  }

  keyOf(name: string): number {
    const number = this.#keyNumbers.get(name);
    if (number !== undefined) return number;
    this.#keyNumbers.set(name, this.#keys.length);
    return this.#keys.push(name) - 1;
  }

  enter(position: number, op: Operation, key: number, { saw, wrote }: Effect): void {
    if (saw === undefined && wrote === undefined) return;
    const seen = saw?.[0];
    if (saw === undefined) this.#saw.push(NOTHING);
    else this.#saw.push(seen === undefined ? UNWRITTEN : this.#pair(key, seen));
    const draft = this.#op.length;
    this.#op.push(position);
    this.#session.push(this.#sessionOf(op.process));
    this.#key.push(key);
    if (saw !== undefined && wrote !== undefined && op.outcome.type === "info") this.#doubtful.push(draft);
    if (wrote === undefined) {
      this.#wrote.push(NOTHING);
      return;
    }
    const pair = this.#pair(key, wrote);
    this.#wrote.push(pair);
    this.#find(op, key, wrote, this.#writer.at(pair));
    this.#writer.set(pair, draft);
  }

  /** Notes why the reads of a key cannot be told apart, if this write is the reason. */
  #find(op: Operation, key: number, wrote: Effect["wrote"], before: number): void {
    if (this.#problems.has(key)) return;
    const name = named(this.#keys[key] as string);
    if ((wrote ?? null) === null)
      this.#problems.set(key, `operation ${op.index} writes null to ${name}, which also stands for the initial state`);
    else if (before !== -1)
      this.#problems.set(
        key,
        `${show(wrote ?? null)} is written to ${name} by both operation ${this.#at(before).index} and operation ${op.index}; values must be unique per key`,
      );
  }

  #at(draft: number): Operation {
    return this.#history.ops[this.#op.at(draft)] as Operation;
  }

  #pair(key: number, value: NonNullable<Effect["saw"]>[number]): number {
    const pair = this.#pairs.id(key, value);
    if (pair === this.#writer.length) this.#writer.push(-1);
    return pair;
  }

  #sessionOf(process: number): number {
    const known = this.#sessionNumbers.get(process);
    if (known !== undefined) return known;
    const number = this.#sessionNumbers.size;
    this.#sessionNumbers.set(process, number);
    return number;
  }

  end(): Drafts {
    const drafts: Drafts = {
      keys: this.#keys,
      sessions: this.#sessionNumbers.size,
      op: this.#op.values,
      session: this.#session.values,
      key: this.#key.values,
      saw: this.#saw.values,
      wrote: this.#wrote.values,
      writer: this.#writer.values,
      problems: this.#problems,
      absent: new Uint8Array(this.#op.length),
    };
    this.#leaveOutUnseen(drafts);
    for (let i = 0; i < drafts.op.length; i++) if (drafts.problems.has(drafts.key[i] as number)) drafts.absent[i] = 1;
    return drafts;
  }

  /**
   * Leaves out compare-and-sets of unknown outcome whose value nobody saw who is known to have happened; those that were
   * seen did happen, and saw what they swapped.
   */
  #leaveOutUnseen({ saw, writer, absent }: Drafts): void {
    if (this.#doubtful.length === 0) return;
    for (const draft of this.#doubtful) absent[draft] = 1;
    const happened: number[] = [];
    for (let i = 0; i < saw.length; i++) if (absent[i] === 0) happened.push(i);
    for (let draft = happened.pop(); draft !== undefined; draft = happened.pop()) {
      const source = writer[saw[draft] as number] ?? -1;
      if (source === -1 || absent[source] === 0) continue;
      absent[source] = 0;
      happened.push(source);
    }
  }
}
