import { SwitchStates } from "./switch-states.ts";
import type { Until } from "./timeline.ts";

/** What an operation does to a switch, which is off at first. The lowest bit of each says which way: 1 is on. */
export const SEES_OFF = 0;
export const SEES_ON = 1;
/** Possible only if the switch is the other way. */
export const FLIPS_OFF = 2;
export const FLIPS_ON = 3;
/** Possible always. */
export const TURNS_OFF = 4;
export const TURNS_ON = 5;
/** The same, of unknown outcome. */
export const MAYBE_OFF = 6;
export const MAYBE_ON = 7;

/** Operations that are pending at once. */
const MAX_PENDING = 30;
/** Configurations that are possible at once. */
const MAX_CONFIGURATIONS = 256;

/** Where the history of a switch went wrong: the operation that could not be placed, and where its part of it began. */
export interface Stuck {
  readonly at: number;
  /** The first operation of the part. */
  readonly since: number;
  /** Which way the switch certainly was then. */
  readonly on: number;
}

/**
 * Whether the operations on a switch are linearizable: just-in-time linearization (Lowe, "Testing for linearizability",
 * 2017, §4) in which pending operations are bits. Operations that do the same are interchangeable, so that of several the
 * one that has to return first is placed first. `positions` are those of the operations, `kinds` what each does.
 * `undefined`: it is linearizable. `crowded`: too much is pending, or possible, at once.
 */
export function checkSwitch(positions: Int32Array, kinds: Uint8Array, until: Until): Stuck | "crowded" | undefined {
  return new Switch(positions, kinds, until).run();
}

class Switch {
  readonly #positions: Int32Array;
  readonly #kinds: Uint8Array;
  readonly #until: Until;
  readonly #here = new SwitchStates();
  /** While an operation returns: configurations that have placed it, and those that have not. */
  readonly #done = new SwitchStates();
  readonly #open = new SwitchStates();
  /** How many operations of unknown outcome have been called, by direction. */
  readonly #maybe: [number, number] = [0, 0];
  /** The pending operations: bits in use, and of each bit the kind and when its operation returns. */
  #pending = 0;
  /** Those of them that flip the switch. */
  #flipping = 0;
  readonly #kindOf = new Uint8Array(MAX_PENDING);
  readonly #untilOf = new Int32Array(MAX_PENDING);
  readonly #opOf = new Int32Array(MAX_PENDING);

  constructor(positions: Int32Array, kinds: Uint8Array, until: Until) {
    this.#positions = positions;
    this.#kinds = kinds;
    this.#until = until;
    this.#here.add(0, 0, 0, 0, 0, 0);
  }

  run(): Stuck | "crowded" | undefined {
    let [since, on] = [0, 0];
    for (let i = 0; i <= this.#positions.length; i++) {
      const now = i < this.#positions.length ? (this.#positions[i] as number) : Number.POSITIVE_INFINITY;
      for (
        let bit = this.#firstReturn();
        bit >= 0 && (this.#untilOf[bit] as number) <= now;
        bit = this.#firstReturn()
      ) {
        const possible = this.#return(bit);
        if (possible === 0) return { at: this.#opOf[bit] as number, since, on };
        if (possible > MAX_CONFIGURATIONS) return "crowded";
      }
      if (i === this.#positions.length) break;
      if (this.#pending === 0 && this.#here.length === 1) [since, on] = [i, this.#here.on(0)];
      if (!this.#call(i)) return "crowded";
    }
    return undefined;
  }

  /** The pending operation that returns first, or -1. */
  #firstReturn(): number {
    return this.#first(this.#pending, -1);
  }

  /** The operation of a set that returns first, of one kind if `kind` is not negative; -1 if there is none. */
  #first(set: number, kind: number): number {
    let best = -1;
    for (let rest = set; rest !== 0; rest &= rest - 1) {
      const bit = 31 - Math.clz32(rest & -rest);
      if (kind >= 0 && this.#kindOf[bit] !== kind) continue;
      if (best < 0 || (this.#untilOf[bit] as number) < (this.#untilOf[best] as number)) best = bit;
    }
    return best;
  }

  #call(i: number): boolean {
    const kind = this.#kinds[i] as number;
    if (kind >= MAYBE_OFF) {
      this.#maybe[kind & 1] = (this.#maybe[kind & 1] as number) + 1;
      return true;
    }
    const bit = 31 - Math.clz32(~this.#pending & -~this.#pending);
    if (bit >= MAX_PENDING) return false;
    this.#pending |= 1 << bit;
    this.#kindOf[bit] = kind;
    this.#untilOf[bit] = this.#until[this.#positions[i] as number] as number;
    this.#opOf[bit] = i;
    const isFlip = kind === FLIPS_OFF || kind === FLIPS_ON;
    if (isFlip) this.#flipping |= 1 << bit;
    const turns = kind >= TURNS_OFF ? 1 << bit : 0;
    const here = this.#here;
    for (let row = 0; row < here.length; row++) {
      const isDone = (kind & 1) === here.on(row) && !isFlip;
      here.extend(row, isDone ? 0 : 1 << bit, turns);
    }
    return true;
  }

  /**
   * Makes sure that the operation has been placed. How many configurations are possible then, 0 if that is impossible; if
   * there are more than `MAX_CONFIGURATIONS` before it has been placed in each, so many.
   */
  #return(bit: number): number {
    const mask = 1 << bit;
    const [here, done, open, flips] = [this.#here, this.#done, this.#open, this.#flipping];
    this.#pending &= ~mask;
    if (here.length === 1 && (here.owed(0) & mask) === 0 && !this.#canFlip()) {
      here.forget(0, mask);
      this.#flipping &= ~mask;
      return 1;
    }
    done.length = 0;
    open.length = 0;
    for (let row = 0; row < here.length; row++) {
      const [owed, left] = [here.owed(row), here.left(row)];
      if ((owed & mask) === 0) done.add(here.on(row), owed, left, here.used(row, 0), here.used(row, 1), flips);
      // One that was placed without a trace could also be placed now, after others.
      if (((owed | left) & mask) !== 0)
        open.add(here.on(row), owed | mask, left, here.used(row, 0), here.used(row, 1), flips);
    }
    // Configurations are added while they are looked at.
    for (let row = 0; row < open.length && open.length <= MAX_CONFIGURATIONS; row++) this.#flip(row, mask);
    // Those that were not looked at may be the ones from which it goes on.
    if (open.length > MAX_CONFIGURATIONS) return open.length;
    this.#flipping &= ~mask;
    here.length = 0;
    here.addAll(done, mask, this.#flipping);
    return here.length;
  }

  /** True if an operation could flip the switch, so that one that was placed without a trace could be placed later instead. */
  #canFlip(): boolean {
    const here = this.#here;
    const to = 1 - here.on(0);
    if (here.used(0, to) < (this.#maybe[to] as number) || (here.owed(0) & this.#flipping) !== 0) return true;
    return this.#first(here.left(0), TURNS_OFF + to) >= 0;
  }

  /** Adds what an open configuration becomes when the switch is flipped, by one of the operations that can do it. */
  #flip(row: number, goal: number): void {
    const open = this.#open;
    const [owed, left, usedOff, usedOn] = [open.owed(row), open.left(row), open.used(row, 0), open.used(row, 1)];
    const to = 1 - open.on(row);
    // Whatever wants the switch the other way is placed right after the flip.
    let rest = owed;
    for (let set = owed & ~this.#flipping; set !== 0; set &= set - 1) {
      const bit = 31 - Math.clz32(set & -set);
      if (((this.#kindOf[bit] as number) & 1) === to) rest &= ~(1 << bit);
    }
    const turn = this.#first(left, TURNS_OFF + to);
    if (turn >= 0) this.#add(to, rest, left & ~(1 << turn), usedOff, usedOn, goal);
    else if (open.used(row, to) < (this.#maybe[to] as number))
      this.#add(to, rest, left, usedOff + 1 - to, usedOn + to, goal);
    const flip = this.#first(owed, FLIPS_OFF + to);
    if (flip >= 0) this.#add(to, rest & ~(1 << flip), left, usedOff, usedOn, goal);
  }

  #add(on: number, owed: number, left: number, usedOff: number, usedOn: number, goal: number): void {
    const target = (owed & goal) === 0 ? this.#done : this.#open;
    target.add(on, owed, left, usedOff, usedOn, this.#flipping);
  }
}
