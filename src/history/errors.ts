/** Where in a history something is wrong. */
export interface HistoryPlace {
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
}

/** A history that cannot be read. The message is one line: the file, the line, what is wrong, what would be right. */
export class HistoryError extends Error {
  override readonly name = "HistoryError";
  /** The message without the place. */
  readonly problem: string;
  readonly place: HistoryPlace;

  constructor(said: string, place: HistoryPlace = {}) {
    // What is quoted from the history may hold ends of lines.
    const problem = said.replace(/\s*[\r\n]+\s*/g, " ");
    const { file, line } = place;
    const where = file === undefined ? (line === undefined ? "" : `line ${line}: `) : `${file}${colon(line)}: `;
    super(`${where}${problem}`);
    this.problem = problem;
    this.place = place;
  }

  /** The same error, with what `place` adds to its place. */
  at(place: HistoryPlace): HistoryError {
    return new HistoryError(this.problem, { ...place, ...this.place });
  }
}

/** A run folder, or a file in it, that cannot be made, written, found or understood. The message is one line of advice. */
export class RunFolderError extends Error {
  override readonly name = "RunFolderError";
}

/** The `code` of an error of the operating system, such as `ENOENT`; else `undefined`. */
export const systemCode = (error: unknown): string | undefined => {
  const code: unknown = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : undefined;
};

/** An error of the operating system in words, with the remedy where there is a usual one. */
export function describeSystemError(error: unknown): string {
  const code = systemCode(error);
  const known = code === undefined ? undefined : SYSTEM_ERRORS[code];
  if (known !== undefined) return `${known} (${code})`;
  return error instanceof Error ? error.message : String(error);
}

const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  EACCES: "permission denied; change its permissions or choose another folder",
  EPERM: "not permitted; change its permissions or choose another folder",
  EROFS: "the file system is read-only; choose another folder",
  ENOSPC: "no space left on the device; free some space or choose another folder",
  EDQUOT: "the disk quota is used up; free some space or choose another folder",
  EFBIG: "the file is larger than allowed; raise the limit with ulimit -f",
  EMFILE: "too many open files; raise the limit with ulimit -n",
  ENOENT: "no such file or directory; check the path",
  ENOTDIR: "a part of the path is a file, not a directory; check the path",
  EISDIR: "it is a directory where a file is needed; check the path",
  ENAMETOOLONG: "the name is too long; choose a shorter path",
  EIO: "the device reports an input/output error; check the disk",
};

const colon = (line: number | undefined): string => (line === undefined ? "" : `:${line}`);
