/** Numbers of a configuration. */
const STRIDE = 5;
const ON = 0;
const OWED = 1;
const LEFT = 2;
const USED_OFF = 3;
const USED_ON = 4;

/**
 * Configurations of a switch, as rows of integers.
 *
 * Where an execution can be: which way the switch is (`on`); which pending operations have yet to be placed (`owed`); which of
 * those that turn it can be placed from now on (`left`); and how many of unknown outcome have been placed in each direction.
 *
 * An operation that turns the switch the way it is already can be placed without a trace. So as soon as the switch has been
 * that way while the operation was pending it is not owed any more, and can still serve to flip the switch later.
 */
export class SwitchStates {
  #rows = new Int32Array(4 * STRIDE);
  length = 0;

  on(row: number): number {
    return this.#rows[row * STRIDE + ON] as number;
  }

  owed(row: number): number {
    return this.#rows[row * STRIDE + OWED] as number;
  }

  left(row: number): number {
    return this.#rows[row * STRIDE + LEFT] as number;
  }

  /** How many operations of unknown outcome have been placed that turn the switch off (`way` 0) or on (1). */
  used(row: number, way: number): number {
    return this.#rows[row * STRIDE + USED_OFF + way] as number;
  }

  /** A new operation is pending: bits to be owed and left from now on. */
  extend(row: number, owed: number, left: number): void {
    this.#rows[row * STRIDE + OWED] = this.owed(row) | owed;
    this.#rows[row * STRIDE + LEFT] = this.left(row) | left;
  }

  /** An operation is not pending any more. */
  forget(row: number, mask: number): void {
    this.#rows[row * STRIDE + LEFT] = this.left(row) & ~mask;
  }

  /**
   * Adds a configuration unless another one covers it: unless whatever can follow it can follow that one. An operation of
   * `flips` that is owed is a duty and a chance at once, so these must be the same.
   */
  add(on: number, owed: number, left: number, usedOff: number, usedOn: number, flips: number): void {
    const rows = this.#rows;
    for (let at = 0; at < this.length * STRIDE; at += STRIDE)
      if (
        rows[at + ON] === on &&
        ((rows[at + OWED] as number) & ~owed) === 0 &&
        (((rows[at + OWED] as number) ^ owed) & flips) === 0 &&
        (left & ~(rows[at + LEFT] as number)) === 0 &&
        (rows[at + USED_OFF] as number) <= usedOff &&
        (rows[at + USED_ON] as number) <= usedOn
      )
        return;
    if ((this.length + 1) * STRIDE > rows.length) {
      this.#rows = new Int32Array(2 * rows.length);
      this.#rows.set(rows);
    }
    const at = this.length++ * STRIDE;
    this.#rows[at + ON] = on;
    this.#rows[at + OWED] = owed;
    this.#rows[at + LEFT] = left;
    this.#rows[at + USED_OFF] = usedOff;
    this.#rows[at + USED_ON] = usedOn;
  }

  /** Adds all configurations of another list, without the bits of an operation that is not pending any more. */
  addAll(others: SwitchStates, mask: number, flips: number): void {
    // Those that were found last owe least, and so cover the others.
    for (let row = others.length - 1; row >= 0; row--)
      this.add(
        others.on(row),
        others.owed(row),
        others.left(row) & ~mask,
        others.used(row, 0),
        others.used(row, 1),
        flips,
      );
  }
}
