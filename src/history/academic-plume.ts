import { AcademicDecoder, type LineScanner, type Numeral, notALine, type OpenTransaction } from "./academic.ts";
import { HistoryError } from "./errors.ts";

const EXPECTED =
  "r(key,value,session,transaction) or w(key,value,session,transaction) with integers, such as w(1,2,0,3)";

/** How a text in this format begins. */
export const PLUME_START = /^[rw]\s*\(\s*-?\d/;

/** The number of every aborted transaction. */
const ABORTED = -1;

const [R, W, OPEN, COMMA, CLOSE] = [0x72, 0x77, 0x28, 0x2c, 0x29] as const;

/** What is known of a session so far. */
interface Session {
  /** Numbers of its transactions, the aborted ones left out. */
  readonly seen: Set<Numeral>;
  current: Numeral | undefined;
  open: OpenTransaction | undefined;
}

/**
 * Reads the text of Plume and DBCop as it comes in (see `academic.ts`). Sessions may be interleaved, and their transactions
 * numbered each from the start; neighbouring lines of a session with the transaction -1 are one aborted transaction. Throws
 * a `HistoryError` that names the line.
 */
export class PlumeDecoder extends AcademicDecoder {
  readonly #sessions = new Map<Numeral, Session>();

  protected override line(scanner: LineScanner, text: string, line: number): void {
    const isWrite = scanner.skip(W);
    const isOperation = (isWrite || scanner.skip(R)) && scanner.skip(OPEN);
    const key = isOperation ? scanner.numeral() : undefined;
    const value = key !== undefined && scanner.skip(COMMA) ? scanner.numeral() : undefined;
    const session = value !== undefined && scanner.skip(COMMA) ? scanner.numeral() : undefined;
    const transaction = session !== undefined && scanner.skip(COMMA) ? scanner.numeral() : undefined;
    if (key === undefined || value === undefined || session === undefined || transaction === undefined)
      throw notALine(text, line, EXPECTED);
    if (!scanner.skip(CLOSE) || !scanner.atEnd) throw notALine(text, line, EXPECTED);
    this.history.add(this.#transaction(session, transaction, line), isWrite, key, value);
  }

  #transaction(number: Numeral, transaction: Numeral, line: number): OpenTransaction {
    if (typeof number !== "number" || number < 0)
      throw new HistoryError(`a session must be an integer from 0, found ${number}`, { line });
    let session = this.#sessions.get(number);
    if (session === undefined) {
      session = { seen: new Set(), current: undefined, open: undefined };
      this.#sessions.set(number, session);
    }
    if (session.open !== undefined && session.current === transaction) return session.open;
    if (session.seen.has(transaction))
      throw new HistoryError(
        `transaction ${transaction} of session ${number} goes on after another one of that session has begun; a session's transactions must stand one after the other`,
        { line },
      );
    if (transaction !== ABORTED) session.seen.add(transaction);
    session.current = transaction;
    session.open = this.history.begin(number, transaction === ABORTED);
    return session.open;
  }
}
