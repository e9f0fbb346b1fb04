/** Something that happens at an instant of virtual time. */
export interface Happening {
  /** `sequence` is the number under which it was queued. */
  happen(sequence: number): void;
}

/**
 * What is still to happen: a binary heap ordered by instant, then by sequence number, so that what was asked for first
 * happens first. Keys live in typed arrays beside the payload: comparing them then touches no object.
 */
export class EventQueue {
  #atNs = new Float64Array(1024);
  #sequence = new Float64Array(1024);
  #what: (Happening | undefined)[] = new Array(1024).fill(undefined);
  #size = 0;
  #nextSequence = 0;
  /** Instant of the event popped last, integer nanoseconds. */
  poppedAtNs = 0;
  /** Sequence number of the event popped last. */
  poppedSequence = -1;

  get size(): number {
    return this.#size;
  }

  /** Takes a place in the order, to be used by a `push` now or later. */
  reserve(): number {
    return this.#nextSequence++;
  }

  push(atNs: number, what: Happening, sequence: number = this.#nextSequence++): void {
    if (this.#size === this.#atNs.length) this.#grow();
    const times = this.#atNs;
    const sequences = this.#sequence;
    const whats = this.#what;
    let hole = this.#size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const parentNs = times[parent] as number;
      if (parentNs < atNs || (parentNs === atNs && (sequences[parent] as number) < sequence)) break;
      times[hole] = parentNs;
      sequences[hole] = sequences[parent] as number;
      whats[hole] = whats[parent];
      hole = parent;
    }
    times[hole] = atNs;
    sequences[hole] = sequence;
    whats[hole] = what;
  }

  /** Removes the earliest event and sets `poppedAtNs` and `poppedSequence`; `undefined` if nothing is left. */
  pop(): Happening | undefined {
    if (this.#size === 0) return undefined;
    const times = this.#atNs;
    const sequences = this.#sequence;
    const whats = this.#what;
    const first = whats[0];
    this.poppedAtNs = times[0] as number;
    this.poppedSequence = sequences[0] as number;

    const size = --this.#size;
    const atNs = times[size] as number;
    const sequence = sequences[size] as number;
    const what = whats[size];
    whats[size] = undefined;
    if (size === 0) return first;
    let hole = 0;
    for (let child = 1; child < size; child = 2 * hole + 1) {
      let childNs = times[child] as number;
      if (child + 1 < size) {
        const otherNs = times[child + 1] as number;
        const otherFirst =
          otherNs < childNs || (otherNs === childNs && (sequences[child + 1] as number) < (sequences[child] as number));
        if (otherFirst) {
          child++;
          childNs = otherNs;
        }
      }
      if (atNs < childNs || (atNs === childNs && sequence < (sequences[child] as number))) break;
      times[hole] = childNs;
      sequences[hole] = sequences[child] as number;
      whats[hole] = whats[child];
      hole = child;
    }
    times[hole] = atNs;
    sequences[hole] = sequence;
    whats[hole] = what;
    return first;
  }

  clear(): void {
    this.#what.fill(undefined);
    this.#size = 0;
  }

  #grow(): void {
    const capacity = 2 * this.#atNs.length;
    const atNs = new Float64Array(capacity);
    const sequence = new Float64Array(capacity);
    atNs.set(this.#atNs);
    sequence.set(this.#sequence);
    this.#atNs = atNs;
    this.#sequence = sequence;
    for (let i = this.#what.length; i < capacity; i++) this.#what.push(undefined);
  }
}
