import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { Json } from "../../../core/json.ts";
import type { Disk } from "../../../core/replica.ts";

/** `text` is the cell's or the record's, `length` the log's after a truncation. */
interface Change {
  readonly kind: "write" | "append" | "truncate";
  readonly name: string;
  readonly text: string;
  readonly length: number;
}

/** A log's file: one record a line. */
interface LogFile {
  readonly fd: number;
  /** Where each record ends, bytes from the start. */
  readonly ends: number[];
}

const CELL = ".cell.json";
const LOG = ".log.jsonl";
const UNFINISHED = ".next";

/**
 * A node's disk in a folder: a cell is a file that is replaced as a whole, a log a file of lines. Changes stay in this
 * process's memory until a sync, so that whoever kills the process takes them from it, as a power cut would from a disk.
 */
export class FileDisk implements Disk {
  readonly #folder: string;
  readonly #folderFd: number;
  readonly #cells = new Map<string, Json>();
  readonly #logs = new Map<string, Json[]>();
  readonly #files = new Map<string, LogFile>();
  /** Changes that are not in the files yet, oldest first. */
  #unsynced: Change[] = [];
  /** How many of these a sync was asked for. */
  #asked = 0;
  #syncs = 0;
  readonly #touched = new Set<LogFile>();
  #folderTouched = false;

  /** Reads back what an earlier incarnation left. Throws if that is damaged beyond a torn last line. */
  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    this.#folderFd = openSync(folder, "r");
    for (const file of readdirSync(folder).sort()) {
      if (file.endsWith(UNFINISHED)) rmSync(join(folder, file));
      else if (file.endsWith(CELL)) this.#readCell(file);
      else if (file.endsWith(LOG)) this.#readLog(file);
    }
  }

  read(cell: string): Json | undefined {
    return this.#cells.get(cell);
  }

  write(cell: string, value: Json): void {
    this.#unsynced.push({ kind: "write", name: cell, text: JSON.stringify(value), length: 0 });
    this.#cells.set(cell, value);
  }

  /** The log itself, not a copy: it grows and shrinks with the log. */
  records(log: string): readonly Json[] {
    return this.#log(log);
  }

  append(log: string, record: Json): void {
    this.#unsynced.push({ kind: "append", name: log, text: `${JSON.stringify(record)}\n`, length: 0 });
    this.#log(log).push(record);
  }

  truncate(log: string, length: number): void {
    if (!Number.isInteger(length) || length < 0)
      throw new RangeError(`cannot truncate log "${log}" to ${length} records: the length is a whole number from 0`);
    const records = this.#log(log);
    if (length >= records.length) return;
    this.#unsynced.push({ kind: "truncate", name: log, text: "", length });
    records.length = length;
  }

  sync(): void {
    this.#asked = this.#unsynced.length;
    this.#syncs++;
  }

  /** How many syncs were asked for since the last `flush`. */
  get syncsAsked(): number {
    return this.#syncs;
  }

  /** Does what `sync` promised: the changes up to the last one are in the files when this returns. */
  flush(): void {
    const changes = this.#unsynced.slice(0, this.#asked);
    this.#unsynced = this.#unsynced.slice(this.#asked);
    this.#asked = 0;
    this.#syncs = 0;
    // In order, so that a crash on the way loses the newest first.
    for (const run of runsOf(changes)) this.#make(run);
    for (const file of this.#touched) fsyncSync(file.fd);
    this.#touched.clear();
    if (this.#folderTouched) fsyncSync(this.#folderFd);
    this.#folderTouched = false;
  }

  close(): void {
    closeSync(this.#folderFd);
    for (const { fd } of this.#files.values()) closeSync(fd);
  }

  #make([first, ...more]: Run): void {
    const { kind, name } = first;
    if (kind === "write") this.#replaceCell(name, (more.at(-1) ?? first).text);
    else {
      const file = this.#file(name);
      this.#touched.add(file);
      if (kind === "truncate") truncateFile(file, first.length);
      else
        appendToFile(
          file,
          [first, ...more].map(({ text }) => text),
        );
    }
  }

  #replaceCell(name: string, text: string): void {
    const path = join(this.#folder, fileName(name, CELL));
    const fd = openSync(path + UNFINISHED, "w");
    try {
      writeAll(fd, Buffer.from(text));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(path + UNFINISHED, path);
    this.#folderTouched = true;
  }

  #log(name: string): Json[] {
    let records = this.#logs.get(name);
    if (!records) {
      records = [];
      this.#logs.set(name, records);
    }
    return records;
  }

  #file(name: string): LogFile {
    let file = this.#files.get(name);
    if (!file) {
      file = { fd: openSync(join(this.#folder, fileName(name, LOG)), "a"), ends: [] };
      this.#files.set(name, file);
      this.#folderTouched = true;
    }
    return file;
  }

  #readCell(file: string): void {
    const path = join(this.#folder, file);
    this.#cells.set(nameOf(file, CELL), parse(readFileSync(path, "utf8"), path));
  }

  #readLog(file: string): void {
    const path = join(this.#folder, file);
    const bytes = readFileSync(path);
    const name = nameOf(file, LOG);
    const log = this.#file(name);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      this.#log(name).push(parse(bytes.toString("utf8", start, end), `${path}, line ${log.ends.length + 1}`));
      start = end + 1;
      log.ends.push(start);
    }
    // A line without its end was being written when the process died: nobody was told of it yet.
    if (start < bytes.length) ftruncateSync(log.fd, start);
  }
}

/** Neighbouring changes that make a single write: appends to one log, replacements of one cell. */
type Run = readonly [Change, ...Change[]];

function runsOf(changes: readonly Change[]): Run[] {
  const runs: [Change, ...Change[]][] = [];
  for (const change of changes) {
    const last = runs.at(-1);
    if (last && last[0].kind === change.kind && last[0].name === change.name && change.kind !== "truncate")
      last.push(change);
    else runs.push([change]);
  }
  return runs;
}

function truncateFile({ fd, ends }: LogFile, length: number): void {
  ends.length = length;
  ftruncateSync(fd, ends.at(-1) ?? 0);
}

function appendToFile({ fd, ends }: LogFile, texts: readonly string[]): void {
  const lines = texts.map((text) => Buffer.from(text));
  writeAll(fd, Buffer.concat(lines));
  for (const line of lines) ends.push((ends.at(-1) ?? 0) + line.length);
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
}

const NEWLINE = 10;

/** Any name gives a file's name of its own. */
const fileName = (name: string, ending: string): string => `${encodeURIComponent(name)}${ending}`;
const nameOf = (file: string, ending: string): string => decodeURIComponent(file.slice(0, -ending.length));

function parse(text: string, where: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new Error(`${where} is damaged: it is no JSON. Nothing but the node may write here; remove the data folder.`);
  }
}
