/** Text on a grid of terminal cells: widths, padding, wrapping, tables. Nothing here knows what the text means. */

/** Control, format and lone surrogate characters: they could move the cursor, hide text or reverse its order. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const COMBINING = /\p{Mn}|\p{Me}/u;

/** The text on one line, with nothing in it that a terminal would obey: histories are written by others. */
export const plain = (text: string): string =>
  text.replace(/\s*[\r\n\t]\s*/g, " ").replace(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });

const cellsOf = (character: string): number => (COMBINING.test(character) ? 0 : WIDE.test(character) ? 2 : 1);

/** How many terminal cells a printable text takes: East Asian wide characters and emoji take two. */
export function displayWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let cells = 0;
  for (const character of text) cells += cellsOf(character);
  return cells;
}

export const padEnd = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - displayWidth(text)));
export const padStart = (text: string, width: number): string =>
  " ".repeat(Math.max(0, width - displayWidth(text))) + text;

/** The longest beginning that fits in `width` cells. */
function head(text: string, width: number): string {
  let cells = 0;
  let end = 0;
  for (const character of text) {
    cells += cellsOf(character);
    if (cells > width) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** At most `width` cells; what is cut off is shown as an ellipsis. */
export const truncate = (text: string, width: number): string =>
  displayWidth(text) <= width ? text : width <= 0 ? "" : `${head(text, width - 1)}…`;

/** Lines of at most `width` cells, broken between words; a word that is too long is broken where it must be. */
export function wrap(text: string, width: number): string[] {
  const room = Math.max(2, width);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    let rest = word;
    if (line !== "" && displayWidth(line) + 1 + displayWidth(rest) <= room) {
      line += ` ${rest}`;
      continue;
    }
    if (line !== "") lines.push(line);
    while (displayWidth(rest) > room) {
      const piece = head(rest, room);
      lines.push(piece);
      rest = rest.slice(piece.length);
    }
    line = rest;
  }
  if (line !== "" || lines.length === 0) lines.push(line);
  return lines;
}

export interface Column {
  /** Line feeds separate lines. */
  readonly heading: string;
  readonly align?: "right";
  /** For columns that give way first when the table is too wide: the width below which they give way like all others. */
  readonly least?: number;
}

/** Text of a cell; line feeds separate lines. `paint` styles a line after it was measured. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

export interface TableOptions {
  readonly width: number;
  readonly indent: string;
  readonly paintHeading: (text: string) => string;
}

const GAP = "  ";

/** Column widths that fit `room` cells: the widest columns that may give way are narrowed first, then any. */
function fitWidths(natural: readonly number[], columns: readonly Column[], room: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, GAP.length * (columns.length - 1)) - room;
  for (const leastOf of [(column: Column) => column.least ?? Number.POSITIVE_INFINITY, () => 6]) {
    for (; excess > 0; excess--) {
      let widest = -1;
      columns.forEach((column, i) => {
        const width = widths[i] ?? 0;
        if (width > leastOf(column) && width > (widths[widest] ?? 0)) widest = i;
      });
      if (widest < 0) break;
      widths[widest] = (widths[widest] ?? 0) - 1;
    }
  }
  return widths;
}

/** An aligned table, headings first. Cells that are too long continue on the lines below. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly Cell[])[], options: TableOptions) {
  const natural = columns.map((column, i) =>
    rows.reduce(
      (width, row) => Math.max(width, ...(row[i]?.text ?? "").split("\n").map(displayWidth)),
      Math.max(...column.heading.split("\n").map(displayWidth)),
    ),
  );
  const widths = fitWidths(natural, columns, options.width - options.indent.length);
  const line = (cells: readonly Cell[]): string[] => {
    const wrapped = columns.map((_, i) =>
      (cells[i]?.text ?? "").split("\n").flatMap((part) => wrap(part, widths[i] ?? 0)),
    );
    const height = Math.max(...wrapped.map((parts) => parts.length));
    return Array.from({ length: height }, (_, y) => {
      const parts = columns.map((column, i) => {
        const text = wrapped[i]?.[y] ?? "";
        const painted = text === "" ? "" : (cells[i]?.paint?.(text) ?? text);
        const blank = " ".repeat(Math.max(0, (widths[i] ?? 0) - displayWidth(text)));
        return column.align === "right" ? blank + painted : painted + blank;
      });
      return (options.indent + parts.join(GAP)).trimEnd();
    });
  };
  const heading = line(columns.map((column) => ({ text: column.heading, paint: options.paintHeading })));
  return [...heading, ...rows.flatMap(line)];
}
