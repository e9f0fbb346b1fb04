/** Ways to stress text on a terminal. Without colour every one of them gives the text back unchanged. */
export interface Style {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
}

const sgr =
  (on: string, off: string) =>
  (text: string): string =>
    text === "" ? text : `\u001b[${on}m${text}\u001b[${off}m`;

const same = (text: string): string => text;

const PLAIN: Style = { strong: same, faint: same, good: same, bad: same, warn: same };

const COLOURED: Style = {
  strong: sgr("1", "22"),
  faint: sgr("2", "22"),
  good: sgr("32", "39"),
  bad: sgr("1;31", "22;39"),
  warn: sgr("33", "39"),
};

/** Whether colour is wanted is the caller's decision (NO_COLOR, no TTY). */
export const styleOf = (color: boolean): Style => (color ? COLOURED : PLAIN);
