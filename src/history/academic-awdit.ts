import { AcademicDecoder, type LineScanner, notALine, type OpenTransaction } from "./academic.ts";

const EXPECTED =
  '"r key value" or "w key value" with integers, ----- at the end of a transaction, or ===== at the end of a session';

/** How a text in this format begins. */
export const AWDIT_START = /^(?:[rw][ \t]+-?\d+[ \t]+-?\d+[ \t]*|-{5,}|={5,})\r?(?:\n|$)/;

const TRANSACTION_END = /^\s*-{5,}\s*$/;
const SESSION_END = /^\s*={5,}\s*$/;

const [R, W] = [0x72, 0x77] as const;

/**
 * Reads the text of AWDIT as it comes in (see `academic.ts`). Sessions are numbered from 0. Transactions without operations
 * say nothing and are left out. Throws a `HistoryError` that names the line.
 */
export class AwditDecoder extends AcademicDecoder {
  #session = 0;
  #open: OpenTransaction | undefined;

  protected override line(scanner: LineScanner, text: string, line: number): void {
    const isWrite = scanner.skip(W);
    if (!isWrite && !scanner.skip(R)) {
      this.#separator(text, line);
      return;
    }
    const key = scanner.numeral();
    const value = key === undefined ? undefined : scanner.numeral();
    if (key === undefined || value === undefined || !scanner.atEnd) throw notALine(text, line, EXPECTED);
    this.#open ??= this.history.begin(this.#session, false);
    this.history.add(this.#open, isWrite, key, value);
  }

  #separator(text: string, line: number): void {
    const endsSession = SESSION_END.test(text);
    if (!endsSession && !TRANSACTION_END.test(text)) throw notALine(text, line, EXPECTED);
    this.#open = undefined;
    if (endsSession) this.#session++;
  }
}
