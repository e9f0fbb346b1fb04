import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Random } from "../../../src/core/random.ts";
import { history, type Sketch } from "../../support/histories.ts";

/** What tiny histories are made of. */
export interface TinyShape {
  readonly type: "register" | "list" | "set";
  readonly ops: number;
  readonly sessions: number;
  readonly keys: number;
  /** Compare-and-sets among the writes of a register. */
  readonly swaps: boolean;
  /** A value written twice, now and then. */
  readonly duplicates: boolean;
  /** Removes from a set; false where absent. */
  readonly removes?: boolean;
  /** Questions whether a set contains something, at most; any number where absent. */
  readonly questions?: number;
  /** Reads come from anywhere; false where absent. */
  readonly wild?: boolean;
  /** Share of reads once the first writes are done; 3/4 where absent. */
  readonly reads?: number;
  /** One operation or two come earlier than what they saw; false where absent. */
  readonly moved?: boolean;
  /** Share of reads that show anything, not what their session's copy has; 0.15 where absent. */
  readonly stale?: number;
}

const KEYS = ["x", "y", "z"];

interface Update {
  readonly key: string;
  readonly value: number;
  /** What its origin had when it was made. */
  readonly causes: readonly Update[];
  /** Where it stands in the order of the copies that keep one. */
  readonly rank: number;
}

/** A history of these operations, one after the other, each in no time. */
export const sequence = (sketches: readonly Omit<Sketch, "call">[]): History =>
  history(
    sketches.map((sketch, i) => ({ ...sketch, call: 2 * i, ...(sketch.ret === undefined ? {} : { ret: 2 * i + 1 }) })),
  );

/**
 * Where reads come from: anywhere; one copy that all use; a copy a session, to which updates come late, shown as they
 * came or by rank.
 */
const SOURCES = ["anywhere", "anywhere", "one", "arrival", "arrival", "arrival", "rank", "rank"] as const;

/** Copies of a store that are as bad as the draw of `source` says. */
class Copies {
  readonly #random: Random;
  readonly #source: (typeof SOURCES)[number];
  /** Updates come after all that their origin had. */
  readonly #causal: boolean;
  readonly #stale: number;
  readonly #copies: Update[][];
  readonly all: Update[] = [];

  constructor(random: Random, { sessions, wild, stale }: TinyShape) {
    this.#random = random;
    this.#source = wild ? "anywhere" : random.pick(SOURCES);
    this.#causal = random.chance(0.6);
    this.#stale = stale ?? 0.15;
    this.#copies = Array.from({ length: sessions }, () => []);
  }

  #copyOf(session: number): Update[] {
    const shared = this.#source === "anywhere" || this.#source === "one";
    return shared ? this.all : (this.#copies[session] as Update[]);
  }

  /** Lets some updates come to a session's copy. */
  deliver(session: number): void {
    const copy = this.#copyOf(session);
    for (let i = this.#random.below(3); i > 0; i--) this.#add(copy, this.#random.pick([undefined, ...this.all]));
  }

  #add(copy: Update[], update: Update | undefined): void {
    if (!update || copy.includes(update)) return;
    if (this.#causal) for (const cause of update.causes) this.#add(copy, cause);
    copy.push(update);
  }

  write(session: number, key: string, value: number): void {
    const copy = this.#copyOf(session);
    const latest = Math.max(0, ...copy.map(({ rank }) => rank));
    const rank = this.#causal ? latest + 1 + this.#random.below(3) : this.#random.below(20);
    const update = { key, value, causes: [...copy], rank };
    if (copy !== this.all) copy.push(update);
    this.all.push(update);
  }

  /** What a session may see of a key, oldest first, and whether it sees just that. */
  of(session: number, key: string): { values: number[]; stale: boolean } {
    const known = this.#copyOf(session).filter((update) => update.key === key);
    if (this.#source === "rank") known.sort((a, b) => a.rank - b.rank);
    return {
      values: known.map(({ value }) => value),
      stale: this.#source === "anywhere" || this.#random.chance(this.#stale),
    };
  }
}

/** A random history of a few operations. */
export function tinyHistory(random: Random, shape: TinyShape): History {
  const process = Array.from({ length: shape.sessions }, (_, s) => s);
  const copies = new Copies(random, shape);
  const sketches: Omit<Sketch, "call">[] = [];
  const count = shape.ops - random.below(2);
  const early = random.below(5);
  let questions = 0;
  for (let i = 0; i < count; i++) {
    const session = random.below(shape.sessions);
    const key = KEYS[random.below(shape.keys)] as string;
    if (i >= early) copies.deliver(session);
    const seen = copies.of(session, key);
    const base = { p: process[session] as number, key };
    const fate = random.below(20);
    const end =
      fate === 0 ? { ret: 1, fail: random.pick(["abort", "precondition-failed"]) } : fate === 1 ? {} : { ret: 1 };
    if (fate === 1) process[session] = (process[session] as number) + shape.sessions;
    // Writes that nobody had seen when they were made are what the models differ about.
    if (random.chance(i < early ? 0.2 : (shape.reads ?? 0.75))) {
      const mayAsk = questions < (shape.questions ?? Number.POSITIVE_INFINITY) && copies.all.length > 0;
      if (shape.type === "set" && random.chance(0.15) && mayAsk) {
        questions++;
        const asked = random.pick(copies.all).value;
        const ok = seen.stale ? random.chance(0.5) : seen.values.includes(asked);
        sketches.push({ ...base, f: "contains", input: asked, ...end, ...(fate > 1 ? { ok } : {}) });
        continue;
      }
      const ok = shape.type === "register" ? oneOf(random, seen) : listOf(random, seen);
      sketches.push({ ...base, f: "read", ...end, ...(fate > 1 ? { ok } : {}) });
      continue;
    }
    const twice = shape.duplicates && random.chance(0.1) && copies.all.length > 0;
    const value = twice ? random.pick(copies.all).value : i + 1;
    if (shape.type === "set" && shape.removes && random.chance(0.2)) {
      sketches.push({ ...base, f: "remove", input: random.below(i + 1), ...end });
      continue;
    }
    if (shape.type === "set") sketches.push({ ...base, f: "add", input: value, ...end });
    else if (shape.type === "list") sketches.push({ ...base, f: "append", input: value, ...end });
    else if (!shape.swaps || random.chance(0.6)) sketches.push({ ...base, f: "write", input: value, ...end });
    else sketches.push({ ...base, f: "cas", input: [oneOf(random, seen), value], ...end });
    if (fate > 0) copies.write(session, key, value);
  }
  if (shape.moved) for (let i = random.below(2); i >= 0; i--) moveUp(random, sketches);
  return sequence(sketches);
}

/** Moves an operation that returned to some earlier place, so that it may see what its own session does later. */
function moveUp(random: Random, sketches: Omit<Sketch, "call">[]): void {
  const at = random.below(sketches.length);
  if (sketches[at]?.ret !== undefined) sketches.splice(random.below(at + 1), 0, ...sketches.splice(at, 1));
}

interface Seen {
  readonly values: readonly number[];
  readonly stale: boolean;
}

function oneOf(random: Random, { values, stale }: Seen): Json {
  if (!stale) return values.at(-1) ?? null;
  const at = random.below(values.length + 1);
  return random.chance(0.02) ? 99 : (values[at] ?? null);
}

function listOf(random: Random, { values, stale }: Seen): Json {
  if (!stale) return values.length === 0 ? null : values;
  const shown = values.slice(0, random.below(values.length + 1));
  for (let i = random.below(4); i > 0; i--) {
    const at = random.below(shown.length + 1);
    const change = random.below(8);
    if (change < 3) shown.splice(at, 1);
    else if (change < 6) shown.push(...shown.splice(at, 1));
    else if (change === 6 && values.length > 0) shown.splice(at, 0, random.chance(0.1) ? 99 : random.pick(values));
  }
  return shown;
}

/** Functions of a data type, reads first, with how inputs and outputs are drawn. */
const COLLECTIONS = {
  set: ["read", "contains", "add", "remove"],
  counter: ["read", "increment", "add", "decrement"],
  "fifo-queue": ["dequeue", "enqueue"],
  stack: ["pop", "push"],
} as const;

/** A random history of a few operations on one or two objects; what it returns is anything that might be right. */
export function collectionHistory(random: Random, kind: keyof typeof COLLECTIONS): History {
  const process = [0, 1, 2];
  const sketches: Omit<Sketch, "call">[] = [];
  for (let i = 0; i < 7; i++) {
    const session = random.below(3);
    const f: string = random.pick<string>(COLLECTIONS[kind]);
    const value = 1 + random.below(3);
    const few = random.shuffle([1, 2, 3]).slice(0, random.below(3));
    const base = { p: process[session] as number, key: random.pick(["x", "x", "y"]), f };
    const takes = f === "dequeue" || f === "pop";
    const input = f === "read" || takes || (f === "increment" && value === 3) ? null : value;
    const outputs: Record<string, Json> = {
      read: kind === "set" ? few : random.below(4),
      contains: random.chance(0.5),
    };
    const ok = takes ? random.pick([null, 1, 2, 3]) : (outputs[f] ?? null);
    const fate = random.below(12);
    if (fate === 0) process[session] = (process[session] as number) + 3;
    const end = fate === 0 ? {} : fate === 1 ? { ret: 1, fail: random.pick(["abort", "empty"]) } : { ret: 1, ok };
    sketches.push({ ...base, input, ...end });
  }
  return sequence(sketches);
}

/** A random history of a counter: reads return sums that might be right. */
export function counterHistory(random: Random): History {
  const process = [0, 1];
  const sketches: Omit<Sketch, "call">[] = [];
  const sizes = random.pick([[1], [1, 1, 2], [1, 2, 3], [2, 5]]);
  let total = 0;
  for (let i = 0; i < 10; i++) {
    const session = random.below(2);
    const fate = random.below(12);
    const base = { p: process[session] as number, key: "x" };
    if (fate === 0) process[session] = (process[session] as number) + 2;
    const end = fate === 0 ? {} : fate === 1 ? { ret: 1, fail: "abort" } : { ret: 1 };
    if (random.chance(0.6)) {
      const ok = random.chance(0.3) ? total : random.below(total + 2);
      sketches.push({ ...base, f: "read", ...end, ...(fate > 1 ? { ok } : {}) });
      continue;
    }
    const delta = random.pick(sizes);
    if (fate !== 1) total += delta;
    const isOne = delta === 1 && random.chance(0.5);
    sketches.push({ ...base, f: isOne ? "increment" : "add", input: isOne ? null : delta, ...end });
  }
  return sequence(sketches);
}
