import type { Operation } from "../../../src/core/operation.ts";

/** When operations were called and returned, by position: `a` came before `b` if and only if `returns[a] < calls[b]`. */
export interface Spans {
  readonly calls: Float64Array;
  /** `Infinity` for an operation of unknown outcome. */
  readonly returns: Float64Array;
  readonly processes: Float64Array;
}

/** The operations' own times. Those of a process that only touch count as concurrent in them; see `orderTouching`. */
export function spansOf(ops: readonly Operation[]): Spans {
  const spans = emptySpans(ops.length);
  for (let i = 0; i < ops.length; i++) setSpan(spans, i, ops[i] as Operation);
  return spans;
}

export const emptySpans = (count: number): Spans => ({
  calls: new Float64Array(count),
  returns: new Float64Array(count),
  processes: new Float64Array(count),
});

/** Notes when the operation at a position ran. */
export function setSpan(spans: Spans, at: number, { callNs, returnNs, process, outcome }: Operation): void {
  spans.calls[at] = callNs;
  spans.returns[at] = outcome.type === "info" ? Number.POSITIVE_INFINITY : returnNs;
  spans.processes[at] = process;
}

/** Processes up to this number are looked up in an array. */
const MAX_DENSE = 1 << 20;

/** By position: whether the previous operation of the same process returned at the very instant of the call. */
function findTouching({ calls, returns, processes }: Spans): Int8Array | undefined {
  const dense = new Float64Array(Math.min(MAX_DENSE, processes.length + 64)).fill(Number.NaN);
  const sparse = new Map<number, number>();
  let touching: Int8Array | undefined;
  for (let i = 0; i < processes.length; i++) {
    const process = processes[i] as number;
    const isDense = process >= 0 && process < dense.length;
    const previous = isDense ? dense[process] : sparse.get(process);
    if (previous === calls[i]) {
      touching ??= new Int8Array(processes.length);
      touching[i] = 1;
    }
    if (isDense) dense[process] = returns[i] as number;
    else sparse.set(process, returns[i] as number);
  }
  return touching;
}

/**
 * Spans in which operations of a process that touch are in order; `undefined` if none do. They are `exact` unless several
 * processes do so at the same instant. Then they claim an order between operations that are concurrent, because times alone
 * cannot express anything else; so what fits into them is linearizable, but the reverse is not sure.
 */
export function orderTouching(spans: Spans): { readonly spans: Spans; readonly exact: boolean } | undefined {
  const touching = findTouching(spans);
  if (touching === undefined) return undefined;
  const { calls, returns, processes } = spans;
  const count = processes.length;
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

  const ordered = { processes, calls: new Float64Array(count), returns: new Float64Array(count).fill(Infinity) };
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
