import { NS_PER_MS } from "../core/time.ts";
import { displayWidth, padEnd, padStart, truncate } from "./layout.ts";
import type { Style } from "./style.ts";
import { decimal } from "./time.ts";

/** Something in a space-time diagram (Lamport, Time, Clocks, and the Ordering of Events, CACM 1978); a row each. */
export type SpaceTimeRow =
  | {
      readonly kind: "arrow";
      readonly atNs: number;
      /** Positions of lanes, which differ. */
      readonly from: number;
      readonly to: number;
      readonly label: string;
      /** `leaves` and `arrives` are the two ends of a message between which something else happened. */
      readonly part: "whole" | "lost" | "leaves" | "arrives";
    }
  /** Something at one lane. */
  | { readonly kind: "note"; readonly atNs: number; readonly lane: number; readonly text: string }
  /** Something that concerns all. */
  | { readonly kind: "banner"; readonly atNs: number; readonly text: string }
  /** Time passes. */
  | { readonly kind: "gap" };

export interface SpaceTimeOptions {
  /** Terminal cells that a line may take. */
  readonly width: number;
  readonly indent: string;
  readonly style: Style;
}

/** Least and most cells from one lane to the next. */
const LEAST = 7;
const MOST = 34;
/** Cells of an arrow beside its label: both ends, a dash and a blank on each side. */
const FRAME = 7;
const GAP = "  ";

/** The diagram as lines: time runs downwards, a lane each for clients and nodes, messages as arrows between them. */
export function renderSpaceTime(
  lanes: readonly string[],
  rows: readonly SpaceTimeRow[],
  { width, indent, style }: SpaceTimeOptions,
): string[] {
  const labels = rows.map((row) => (row.kind === "gap" ? "⋮" : `${decimal(row.atNs / NS_PER_MS, 0)} ms`));
  const timeWidth = labels.reduce((most, label) => Math.max(most, displayWidth(label)), 4);
  const room = width - indent.length - timeWidth - GAP.length;
  const places = placesOf(lanes, rows, room);
  const line = (label: string, text: string): string =>
    (indent + style.faint(padStart(label, timeWidth)) + GAP + text).trimEnd();
  return [
    line("", style.strong(headings(lanes, places, room))),
    ...rows.map((row, i) => line(labels[i] ?? "", new Row(places, room).draw(row, style))),
  ];
}

/** Where the lanes stand: as far from each other as the labels between them need, if there is room. */
function placesOf(lanes: readonly string[], rows: readonly SpaceTimeRow[], room: number): number[] {
  const gaps = lanes.slice(1).map((name, i) => {
    const halves = displayWidth(name) + displayWidth(lanes[i] ?? "");
    return Math.max(LEAST, Math.ceil(halves / 2) + 2);
  });
  let tail = Math.ceil(displayWidth(lanes.at(-1) ?? "") / 2);
  const widest = [...rows].sort((a, b) => spanOf(a) - spanOf(b));
  for (const row of widest) {
    if (row.kind === "arrow") {
      const [left, right] = [Math.min(row.from, row.to), Math.max(row.from, row.to)];
      const need = Math.min(MOST, displayWidth(row.label) + FRAME);
      const have = gaps.slice(left, right).reduce((sum, gap) => sum + gap, 0);
      for (let missing = need - have; missing > 0; missing--) {
        const least = narrowest(gaps, left, right);
        gaps[least] = (gaps[least] ?? 0) + 1;
      }
    } else if (row.kind === "note" && row.lane === lanes.length - 1)
      tail = Math.max(tail, Math.min(MOST, displayWidth(row.text) + 2));
    else if (row.kind === "note")
      gaps[row.lane] = Math.max(gaps[row.lane] ?? 0, Math.min(MOST, displayWidth(row.text) + 3));
  }
  const first = Math.floor(displayWidth(lanes[0] ?? "") / 2);
  const used = (): number => gaps.reduce((sum, gap) => sum + gap, first + 1 + tail);
  while (used() > room && tail > 12) tail--;
  while (used() > room && Math.max(...gaps) > LEAST) {
    const most = gaps.indexOf(Math.max(...gaps));
    gaps[most] = (gaps[most] ?? 0) - 1;
  }
  const places = [first];
  for (const gap of gaps) places.push((places.at(-1) ?? 0) + gap);
  return places;
}

const spanOf = (row: SpaceTimeRow): number => (row.kind === "arrow" ? Math.abs(row.from - row.to) : 0);

function narrowest(gaps: readonly number[], from: number, to: number): number {
  let least = from;
  for (let i = from; i < to; i++) if ((gaps[i] ?? 0) < (gaps[least] ?? 0)) least = i;
  return least;
}

function headings(lanes: readonly string[], places: readonly number[], room: number): string {
  let text = "";
  lanes.forEach((name, i) => {
    text = `${padEnd(text, Math.max(0, (places[i] ?? 0) - Math.floor(displayWidth(name) / 2)))}${name}`;
  });
  return truncate(text, room);
}

/** The cells that an arrow takes. Of a message that is drawn in two rows each shows its own half, or more for the label. */
function extentOf(
  part: Extract<SpaceTimeRow, { kind: "arrow" }>["part"],
  rightwards: boolean,
  left: number,
  right: number,
  label: string,
): readonly [first: number, last: number] {
  if (part === "whole" || part === "lost") return [left, right];
  const whole = right - left + 1;
  const half = Math.min(whole, Math.max(Math.ceil(whole / 2), displayWidth(label) + (part === "leaves" ? 4 : 5)));
  return (part === "leaves") === rightwards ? [left, left + half - 1] : [right - half + 1, right];
}

/** One line of lanes, drawn over cell by cell. All that is drawn is one cell wide but for the text of labels. */
class Row {
  readonly #places: readonly number[];
  readonly #room: number;
  readonly #cells: string[];

  constructor(places: readonly number[], room: number) {
    this.#places = places;
    this.#room = room;
    this.#cells = Array<string>(room).fill(" ");
    for (const place of places) this.#cells[place] = "│";
  }

  draw(row: SpaceTimeRow, style: Style): string {
    switch (row.kind) {
      case "gap":
        return this.#text();
      case "banner": {
        const text = `── ${truncate(row.text, this.#room - 6)} `;
        return style.warn(
          padEnd(text, Math.min(this.#room, (this.#places.at(-1) ?? 0) + 1)).replace(
            / +$/,
            (blank) => ` ${"─".repeat(blank.length - 1)}`,
          ),
        );
      }
      case "note":
        this.#note(this.#place(row.lane), row.text);
        return this.#text();
      case "arrow":
        this.#arrow(row);
        return row.part === "lost" ? style.bad(this.#text()) : this.#text();
    }
  }

  #place(lane: number): number {
    return this.#places[lane] ?? 0;
  }

  #text(): string {
    return this.#cells.join("").trimEnd();
  }

  /** To the right of the lane, over the others if it must be; where the line ends too early, to the left. */
  #note(place: number, text: string): void {
    const room = this.#room - place - 2;
    this.#cells[place] = "●";
    if (displayWidth(text) <= room || room > place - 2) this.#put(place + 2, truncate(text, room));
    else this.#put(Math.max(0, place - 1 - displayWidth(text)), truncate(text, place - 1));
  }

  #arrow({ from, to, label, part }: Extract<SpaceTimeRow, { kind: "arrow" }>): void {
    const [start, end] = [this.#place(from), this.#place(to)];
    const rightwards = end > start;
    const [left, right] = [Math.min(start, end) + 1, Math.max(start, end) - 1];
    const dash = part === "whole" || part === "lost" ? "─" : "╌";
    const [first, last] = extentOf(part, rightwards, left, right, label);
    for (let at = first; at <= last; at++) this.#cells[at] = this.#cells[at] === "│" ? "┼" : dash;
    if (part !== "arrives") this.#cells[start] = rightwards ? "├" : "┤";
    const head = rightwards ? last : first;
    if (part === "whole" || part === "arrives") this.#cells[head] = rightwards ? "▶" : "◀";
    else if (part === "lost") this.#cells[head] = "✗";
    else this.#cells[head] = "…";
    if (part === "arrives") this.#cells[rightwards ? first : last] = "…";
    const tail = part === "arrives" ? 1 : 0;
    const [low, high] = rightwards ? [first + tail, last - 1] : [first + 1, last - tail];
    if (label !== "") this.#label(low, high, rightwards, label);
  }

  /** In the first stretch between two lanes that it fits in, seen from the sender; else over lanes. */
  #label(low: number, high: number, rightwards: boolean, label: string): void {
    const crossed = this.#places.filter((place) => place > low && place < high);
    const stretches = [low - 1, ...crossed, high + 1]
      .slice(1)
      .map((end, i, ends) => [(i === 0 ? low - 1 : (ends[i - 1] ?? low)) + 1, end - 1] as const);
    const ordered = rightwards ? stretches : [...stretches].reverse();
    const needed = displayWidth(label) + 2;
    const [from, to] = ordered.find(([a, b]) => b - a + 1 >= needed + 1) ?? [low, high];
    const text = ` ${truncate(label, to - from - 1)} `;
    this.#put(from + Math.max(0, Math.floor((to - from + 1 - displayWidth(text)) / 2)), text);
  }

  #put(at: number, text: string): void {
    [...text].forEach((character, i) => {
      if (at + i < this.#room) this.#cells[at + i] = character;
    });
  }
}
