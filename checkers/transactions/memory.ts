/** From how many bytes on memory is taken from outside of the engine's accounts. */
const LARGE = 1 << 16;

/** Blocks of memory that were used and may be used again. */
class Pool {
  /** By the power of two that is their length. */
  readonly #free: SharedArrayBuffer[][] = [];

  take(length: number): SharedArrayBuffer {
    const power = Math.ceil(Math.log2(length));
    const block = this.#free[power]?.pop();
    if (block === undefined) return new SharedArrayBuffer(2 ** power);
    new Float64Array(block, 0, Math.ceil(length / 8)).fill(0);
    return block;
  }

  giveBack(block: SharedArrayBuffer): void {
    const power = Math.log2(block.byteLength);
    const free = this.#free[power] ?? [];
    free.push(block);
    this.#free[power] = free;
  }
}

/** What is lent by the analysis at hand, out of its pool; and the pool of the last one, unless garbage was collected. */
let current: { readonly pool: Pool; readonly lent: SharedArrayBuffer[] } | undefined;
let idle: WeakRef<Pool> | undefined;

/**
 * Runs `body`, and uses the memory of all columns that were made in it again after that: none may be in its result, nor be
 * kept elsewhere. Without that garbage would pile up, as nothing tells the engine of it.
 */
export function lending<Result>(body: () => Result): Result {
  const outer = current;
  const pool = outer?.pool ?? idle?.deref() ?? new Pool();
  const lent: SharedArrayBuffer[] = [];
  current = { pool, lent };
  try {
    return body();
  } finally {
    for (const block of lent) pool.giveBack(block);
    if (outer === undefined) idle = new WeakRef(pool);
    current = outer;
  }
}

function take(length: number): SharedArrayBuffer {
  if (current === undefined) return new SharedArrayBuffer(length);
  const block = current.pool.take(length);
  current.lent.push(block);
  return block;
}

/**
 * Columns full of zeros. Large ones stand in memory that could be shared with other threads, though it never is: of other
 * array buffers the engine counts the bytes, and at every 64 MB of them it looks for garbage in the whole heap. Beside the
 * objects of a history of a million transactions that took three quarters of the time. What is never written to takes no
 * memory, so a column may well be made too long.
 */
export const ints = (length: number): Int32Array =>
  4 * length < LARGE ? new Int32Array(length) : new Int32Array(take(4 * length), 0, length);

/** The same of 8 bits. */
export const bytes = (length: number): Uint8Array =>
  length < LARGE ? new Uint8Array(length) : new Uint8Array(take(length), 0, length);

/** The same of floating-point numbers. */
export const doubles = (length: number): Float64Array =>
  8 * length < LARGE ? new Float64Array(length) : new Float64Array(take(8 * length), 0, length);
