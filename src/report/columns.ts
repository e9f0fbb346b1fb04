import type { Anomaly } from "../core/checker.ts";
import { describeFault, describeInvocation, describeOutcome } from "./describe.ts";
import { type Excerpt, type ExcerptFault, type ExcerptRow, inForce } from "./excerpt.ts";
import { displayWidth, padEnd, padStart, plain, truncate, wrap } from "./layout.ts";
import type { Style } from "./style.ts";
import { timeScale } from "./time.ts";
import type { ValueOptions } from "./values.ts";
import { count, counted } from "./words.ts";

export interface ColumnsOptions {
  /** Terminal cells a line may take. */
  readonly width: number;
  readonly indent: string;
  readonly style: Style;
  /** All nodes of the cluster, where known. */
  readonly nodes?: readonly string[];
}

const GAP = "  ";
const HERE = " ◀ here";
/** Below this a column per process cannot be read; the processes then share one. */
const LEAST_COLUMN = 18;
/** Cells that a reason may take, and how many reasons are listed. */
const MAX_REASON = 400;
const MAX_REASONS = 20;

type EventRow = Exclude<ExcerptRow, { kind: "gap" }>;

/**
 * The excerpt as lines: time runs downwards, a column a process, faults as bars in the left margin. Below it the faults'
 * legend and the reasons that tie the operations.
 */
export function renderExcerpt(excerpt: Excerpt, because: Anomaly["because"], options: ColumnsOptions): string[] {
  const rowsNs = excerpt.rows.flatMap((row) => (row.kind === "gap" ? [] : [row.atNs]));
  const faultsNs = excerpt.faults.flatMap(({ fault }) => [fault.startNs, fault.endNs]);
  const time = timeScale(rowsNs, faultsNs);
  const faultTime = timeScale(faultsNs, rowsNs);
  const grid = renderGrid(excerpt, time, options);
  const { indent } = options;
  const notes: string[] = [];
  for (const { letter, fault } of excerpt.faults) {
    const until = Number.isFinite(fault.endNs) ? `to ${faultTime(fault.endNs)}` : "to the end";
    const words = `${describeFault(fault.value, options.nodes)} (${faultTime(fault.startNs)} ${until})`;
    notes.push(...hanging(`${indent}fault ${letter}  `, words, options.width));
  }
  if (excerpt.moreFaults > 0) notes.push(`${indent}and ${counted(excerpt.moreFaults, "more fault")} in this span`);
  for (const { from, to, reason } of because.slice(0, MAX_REASONS))
    notes.push(...hanging(`${indent}#${from} → #${to}  `, truncate(plain(reason), MAX_REASON), options.width));
  if (because.length > MAX_REASONS) notes.push(`${indent}and ${counted(because.length - MAX_REASONS, "more reason")}`);
  if (excerpt.omitted > 0)
    notes.push(`${indent}${counted(excerpt.omitted, "operation")} of this anomaly not shown in the columns`);
  return [...grid, ...(notes.length > 0 ? ["", ...notes] : [])];
}

/** Text beside a label, its later lines indented to start below the first. */
export function hanging(label: string, text: string, width: number): string[] {
  const blank = " ".repeat(displayWidth(label));
  return wrap(text, width - displayWidth(label)).map((line, i) => (i === 0 ? label : blank) + line);
}

function renderGrid(excerpt: Excerpt, time: (ns: number) => string, options: ColumnsOptions): string[] {
  const { style } = options;
  const labels = excerpt.rows.map((row) => (row.kind === "gap" ? "⋮" : time(row.atNs)));
  const timeWidth = labels.reduce((max, label) => Math.max(max, displayWidth(label)), 4);
  const left = options.indent.length + 2 * excerpt.faults.length + timeWidth + GAP.length;
  const lanes = layLanes(excerpt, options.width - left);
  const total = lanes.widths.reduce((sum, width) => sum + width, GAP.length * (lanes.widths.length - 1));

  const blankMargin = " ".repeat(2 * excerpt.faults.length);
  const heading = lanes.headings.map((text, i) => padEnd(truncate(text, lanes.widths[i] ?? 0), lanes.widths[i] ?? 0));
  const lines = [
    options.indent +
      blankMargin +
      style.faint(padStart("time", timeWidth)) +
      GAP +
      style.strong(heading.join(GAP).trimEnd()),
    options.indent + blankMargin + style.faint("─".repeat(timeWidth + GAP.length + total)),
  ];
  const lettered = new Set<string>();
  const open = new Set<number>();
  excerpt.rows.forEach((row, y) => {
    const margin = marginOf(row, excerpt.faults, lettered, style);
    const cells = row.kind === "gap" ? lanes.gap(row.hidden, open) : lanes.event(row, open, style);
    const label = style.faint(padStart(labels[y] ?? "", timeWidth));
    lines.push((options.indent + margin + label + GAP + cells).trimEnd());
  });
  return lines;
}

/** One character a fault: its letter on the first row on which it is in force, a bar on the others. */
function marginOf(row: ExcerptRow, faults: readonly ExcerptFault[], lettered: Set<string>, style: Style): string {
  return faults
    .map(({ letter, fault }) => {
      const isOn =
        row.kind === "gap"
          ? fault.startNs < row.toNs && fault.endNs > row.fromNs
          : row.atNs === Number.POSITIVE_INFINITY
            ? fault.endNs === Number.POSITIVE_INFINITY
            : inForce(fault, row.atNs);
      if (!isOn) return "  ";
      const first = !lettered.has(letter);
      lettered.add(letter);
      return style.warn(first ? `${letter} ` : "┃ ");
    })
    .join("");
}

interface Lanes {
  readonly widths: readonly number[];
  readonly headings: readonly string[];
  event(row: EventRow, open: Set<number>, style: Style): string;
  gap(hidden: number, open: ReadonlySet<number>): string;
}

/** A column a process if there is room, else one for all. */
function layLanes(excerpt: Excerpt, room: number): Lanes {
  const { columns } = excerpt;
  const events = excerpt.rows.filter((row): row is EventRow => row.kind !== "gap");
  const headings = columns.map(({ process, node }) => plain(node === "" ? `p${process}` : `p${process} → ${node}`));
  const ample = Math.max(60, Math.floor(room / Math.max(1, columns.length)));
  const natural = columns.map(({ process }, i) =>
    events
      .filter((row) => row.op.process === process)
      .reduce(
        (max, row) => Math.max(max, displayWidth(cellText(row, excerpt, ample))),
        displayWidth(headings[i] ?? ""),
      ),
  );
  const widths = natural.map((width) => Math.max(width, LEAST_COLUMN));
  const used = (): number => widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
  for (let excess = used() - room; excess > 0; excess--) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= LEAST_COLUMN) return sharedLane(excerpt, Math.max(room, LEAST_COLUMN));
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return {
    widths,
    headings,
    event(row, open, style) {
      const cells = columns.map(({ process }, i) => {
        const width = widths[i] ?? 0;
        if (row.op.process !== process) return padEnd(open.has(process) ? "│" : "", width);
        const text = cellText(row, excerpt, width);
        const blank = " ".repeat(Math.max(0, width - displayWidth(text)));
        return (row.op.index === excerpt.offender ? style.bad(text) : text) + blank;
      });
      track(row, open);
      return cells.join(GAP);
    },
    gap(hidden, open) {
      const bars = columns.map(({ process }, i) => padEnd(open.has(process) ? "│" : "", widths[i] ?? 0)).join(GAP);
      // The remark stands in the first place that the bars of running operations leave free.
      for (const text of hidden === 0 ? [] : [others(hidden), `+${count(hidden)}`]) {
        const free = new RegExp(` {${text.length + 2 * GAP.length - 1},}`).exec(bars);
        if (free === null) continue;
        const at = free.index === 0 ? 0 : free.index + GAP.length - 1;
        return bars.slice(0, at) + text + bars.slice(at + text.length);
      }
      return bars;
    },
  };
}

const others = (hidden: number): string => (hidden === 0 ? "" : counted(hidden, "other operation"));

function sharedLane(excerpt: Excerpt, room: number): Lanes {
  const nameWidth = excerpt.columns.reduce((max, { process }) => Math.max(max, `p${process}`.length), 0) + 1;
  const nodes = excerpt.columns.map(({ process, node }) =>
    plain(node === "" ? `p${process}` : `p${process} → ${node}`),
  );
  return {
    widths: [room],
    headings: [nodes.join(", ")],
    event(row, open, style) {
      track(row, open);
      const text = cellText(row, excerpt, room - nameWidth);
      return padEnd(`p${row.op.process}`, nameWidth) + (row.op.index === excerpt.offender ? style.bad(text) : text);
    },
    gap: others,
  };
}

function track(row: EventRow, open: Set<number>): void {
  if (row.kind === "call") open.add(row.op.process);
  else if (row.atNs !== Number.POSITIVE_INFINITY) open.delete(row.op.process);
}

/** One event in at most `width` cells. Values give way first; the mark of the offender never does. */
function cellText(row: EventRow, excerpt: Excerpt, width: number): string {
  const { op } = row;
  const isInfo = op.outcome.type === "info";
  const mark = op.index === excerpt.offender && row.kind === "return" ? HERE : "";
  const focus = excerpt.focus.get(op.key ?? "");
  const shown = (values: ValueOptions): string =>
    row.kind === "call"
      ? `┌ #${op.index} ${describeInvocation(op, values)}`
      : `${isInfo ? "┆" : "└"} ${describeOutcome(op, values)}`;
  const room = width - displayWidth(mark);
  for (let valueWidth = Math.max(8, room - 2); valueWidth >= 8; valueWidth--) {
    const text = shown({ width: valueWidth, ...(focus === undefined ? {} : { focus }) });
    if (displayWidth(text) <= room) return text + mark;
  }
  return truncate(shown({ width: 8 }), room) + mark;
}
