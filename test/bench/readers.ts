import { execFile } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Random } from "../../src/core/random.ts";

export interface ReaderBench {
  readonly name: string;
  readonly operations: number;
  readonly fileMb: number;
  readonly readMs: number;
  /** The most memory that the process had, whose only work it was. */
  readonly maxRssMb: number;
}

/** Runs of each, of which the fastest counts. */
const RUNS = 2;

/** Writes histories into files, and times how each is read by a process of its own. */
export async function benchReaders(operations = 1_000_000): Promise<ReaderBench[]> {
  const dir = mkdtempSync(join(tmpdir(), "splitbrain-bench-"));
  try {
    const rows: ReaderBench[] = [];
    for (const [name, lines] of [
      ["EDN, list-append, transactions of 4", listAppend],
      ["JSONL, register", register],
    ] as const) {
      const file = join(dir, "history");
      write(file, lines(operations));
      const fileMb = statSync(file).size / 1e6;
      const runs: Read[] = [];
      for (let i = 0; i < RUNS; i++) runs.push(await readOnce(file));
      const best = runs.reduce((fastest, run) => (run.readMs < fastest.readMs ? run : fastest));
      rows.push({ name, fileMb, ...best });
    }
    return rows;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

type Read = Pick<ReaderBench, "operations" | "readMs" | "maxRssMb">;

async function readOnce(file: string): Promise<Read> {
  const script = fileURLToPath(new URL("./read-one.js", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, file]);
  return JSON.parse(stdout) as Read;
}

const LINES_AT_ONCE = 4_000;

function write(file: string, lines: Iterable<string>): void {
  const fd = openSync(file, "w");
  let waiting: string[] = [];
  const flush = (): void => {
    writeSync(fd, waiting.map((line) => `${line}\n`).join(""));
    waiting = [];
  };
  for (const line of lines) if (waiting.push(line) === LINES_AT_ONCE) flush();
  flush();
  closeSync(fd);
}

const CLIENTS = 20;
const KEYS = 64;
/** Then a key is retired and a new one takes its place, as in Elle's generator. */
const APPENDS_PER_KEY = 32;

/** What clients without think time do, in an order drawn at random: whoever is drawn begins, or ends what it began. */
function* turns(operations: number, random: Random): Generator<{ client: number; begins: boolean; atNs: number }> {
  const busy = new Array<boolean>(CLIENTS).fill(false);
  let [begun, open, atNs] = [0, 0, 0];
  while (begun < operations || open > 0) {
    const client = random.below(CLIENTS);
    const begins = busy[client] !== true;
    if (begins && begun === operations) continue;
    busy[client] = begins;
    begun += begins ? 1 : 0;
    open += begins ? 1 : -1;
    atNs += 1_000 + random.below(200_000);
    yield { client, begins, atNs };
  }
}

/** An append, or a read. */
interface Micro {
  readonly key: number;
  readonly append: number | undefined;
}

const ask = ({ key, append }: Micro): string =>
  append === undefined ? `[:r ${key} nil]` : `[:append ${key} ${append}]`;

/** Elle's EDN. Transactions take effect as they complete. */
function* listAppend(operations: number): Generator<string> {
  const random = new Random(1, "list-append");
  const keys = Array.from({ length: KEYS }, (_, i) => i);
  const given = new Map<number, number>();
  const lists = new Map<number, number[]>();
  const open = new Map<number, Micro[]>();
  const plan = (): Micro => {
    const slot = random.below(KEYS);
    const key = keys[slot] as number;
    if (random.chance(0.5)) return { key, append: undefined };
    const append = (given.get(key) ?? 0) + 1;
    given.set(key, append);
    if (append === APPENDS_PER_KEY) keys[slot] = Math.max(...keys) + 1;
    return { key, append };
  };
  const perform = ({ key, append }: Micro): string => {
    const list = lists.get(key) ?? [];
    if (append === undefined) return `[:r ${key} ${list.length === 0 ? "nil" : `[${list.join(" ")}]`}]`;
    lists.set(key, [...list, append]);
    return `[:append ${key} ${append}]`;
  };
  let index = 0;
  for (const { client, begins, atNs } of turns(operations, random)) {
    const txn = begins ? [plan(), plan(), plan(), plan()] : (open.get(client) ?? []);
    open.set(client, txn);
    const value = txn.map(begins ? ask : perform);
    yield `{:index ${index++}, :type ${begins ? ":invoke" : ":ok"}, :process ${client}, :time ${atNs}, :f :txn, :value [${value.join(" ")}]}`;
  }
}

/** Our JSONL. Writes take effect as they complete. */
function* register(operations: number): Generator<string> {
  const random = new Random(1, "register");
  const open = new Map<number, { index: number; input: number | null }>();
  let [next, value] = [0, null as number | null];
  yield JSON.stringify({ type: "run", version: 1, nodes: ["n1", "n2", "n3"] });
  for (const { client, begins, atNs } of turns(operations, random)) {
    if (begins) {
      const index = next++;
      const input = random.chance(0.5) ? index : null;
      open.set(client, { index, input });
      const f = input === null ? "read" : "write";
      yield JSON.stringify({ type: "invoke", index, process: client, node: "n1", f, key: "x", input, atNs });
    } else {
      const { index, input } = open.get(client) ?? { index: 0, input: null };
      if (input !== null) value = input;
      yield JSON.stringify({ type: "ok", index, value: input === null ? value : null, atNs });
    }
  }
}
