import type { Operation } from "../../../src/core/operation.ts";

/** When operations were called and returned, by position: `a` came before `b` if and only if `returns[a] < calls[b]`. */
export interface Spans {
  readonly calls: Float64Array;
  /** `Infinity` for an operation of unknown outcome. */
  readonly returns: Float64Array;
}

/** The operations' own times. Those of a process that only touch count as concurrent in them; see `orderTouching`. */
export class OwnSpans implements Spans {
  readonly calls: Float64Array;
  readonly returns: Float64Array;
  /** By position: whether the previous operation of the same process returned at the very instant of the call. */
  touching: Int8Array | undefined;
  readonly #last = new LastReturns();

  constructor(count: number) {
    this.calls = new Float64Array(count);
    this.returns = new Float64Array(count);
  }

  /** Notes when the operation at a position ran; to be called for one position after another. */
  set(at: number, { callNs, returnNs, process, outcome }: Operation): void {
    const end = outcome.type === "info" ? Number.POSITIVE_INFINITY : returnNs;
    this.calls[at] = callNs;
    this.returns[at] = end;
    if (this.#last.exchange(process, end) !== callNs) return;
    this.touching ??= new Int8Array(this.calls.length);
    this.touching[at] = 1;
  }
}

export function spansOf(ops: readonly Operation[]): OwnSpans {
  const spans = new OwnSpans(ops.length);
  for (let i = 0; i < ops.length; i++) spans.set(i, ops[i] as Operation);
  return spans;
}

/** Processes up to this number are looked up in an array. */
const MAX_DENSE = 1 << 20;

/** When the last operation of each process returned; NaN before its first. */
class LastReturns {
  #dense = new Float64Array(64).fill(Number.NaN);
  readonly #sparse = new Map<number, number>();

  /** Notes a return. Returns the one before. */
  exchange(process: number, returnNs: number): number {
    if (process >= 0 && process < MAX_DENSE) {
      if (process >= this.#dense.length) this.#grow(process + 1);
      const before = this.#dense[process] as number;
      this.#dense[process] = returnNs;
      return before;
    }
    const before = this.#sparse.get(process) ?? Number.NaN;
    this.#sparse.set(process, returnNs);
    return before;
  }

  #grow(least: number): void {
    const larger = new Float64Array(Math.max(least, 2 * this.#dense.length)).fill(Number.NaN);
    larger.set(this.#dense);
    this.#dense = larger;
  }
}

/**
 * Spans in which operations of a process that touch are in order; `undefined` if none do. They are `exact` unless several
 * processes do so at the same instant. Then they claim an order between operations that are concurrent, because times alone
 * cannot express anything else; so what fits into them is linearizable, but the reverse is not sure.
 */
export function orderTouching(
  { calls, returns, touching }: OwnSpans,
  ops: readonly Operation[],
): { readonly spans: Spans; readonly exact: boolean } | undefined {
  if (touching === undefined) return undefined;
  const count = ops.length;
  const processes = Float64Array.from(ops, ({ process }) => process);
  const goesOn = new Int8Array(count);
  const last = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    const process = processes[i] as number;
    if (touching[i] === 1) goesOn[last.get(process) as number] = 1;
    last.set(process, i);
  }
  // Event 2i is the call of i, 2i + 1 its return. At an instant come first calls, then those that touch, then returns.
  const timeOf = (event: number): number => (event % 2 === 0 ? calls : returns)[event >> 1] as number;
  const phaseOf = (event: number): number =>
    event % 2 === 0 ? (touching[event >> 1] as number) : 2 - (goesOn[event >> 1] as number);
  const processOf = (event: number): number => processes[event >> 1] as number;
  const events = Array.from({ length: 2 * count }, (_, event) => event).filter((event) => timeOf(event) < Infinity);
  events.sort((a, b) => timeOf(a) - timeOf(b) || phaseOf(a) - phaseOf(b) || processOf(a) - processOf(b) || a - b);

  const ordered = { calls: new Float64Array(count), returns: new Float64Array(count).fill(Infinity) };
  let exact = true;
  for (let rank = 0; rank < events.length; rank++) {
    const event = events[rank] as number;
    (event % 2 === 0 ? ordered.calls : ordered.returns)[event >> 1] = rank;
    const before = events[rank - 1];
    if (before === undefined || phaseOf(event) !== 1 || phaseOf(before) !== 1) continue;
    if (timeOf(event) === timeOf(before) && processOf(event) !== processOf(before)) exact = false;
  }
  return { spans: ordered, exact };
}
