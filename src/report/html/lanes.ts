import type { Timed } from "../../core/history.ts";
import type { Operation } from "../../core/operation.ts";

/**
 * Rows for a timeline. A process has its own row, but one that takes the place of a process whose last operation had an
 * unknown outcome goes on in that one's row: the harness did the same with the client thread.
 *
 * @param ops in order of `callNs`.
 * @returns for each row its processes, in the order in which they ran.
 */
export function layProcesses(ops: readonly Operation[]): number[][] {
  const lastOf = new Map<number, Operation>();
  for (const op of ops) lastOf.set(op.process, op);
  const rows: number[][] = [];
  const rowOf = new Map<number, number[]>();
  // Rows whose process is spent, the longest spent first.
  const free: number[][] = [];
  for (const op of ops) {
    let row = rowOf.get(op.process);
    if (row === undefined) {
      row = free.shift();
      if (row === undefined) {
        row = [];
        rows.push(row);
      }
      row.push(op.process);
      rowOf.set(op.process, row);
    }
    if (op.outcome.type === "info" && lastOf.get(op.process) === op) free.push(row);
  }
  return rows.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
}

/** Packs spans into as few rows as they need so that none overlap; gives the row of each. */
export function packSpans(spans: readonly Timed<unknown>[]): number[] {
  const rowEndNs: number[] = [];
  return spans.map(({ startNs, endNs }) => {
    const found = rowEndNs.findIndex((end) => end <= startNs);
    const row = found < 0 ? rowEndNs.length : found;
    rowEndNs[row] = endNs;
    return row;
  });
}
