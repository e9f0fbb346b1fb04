import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { FORMATS_READ } from "../../src/history/format.ts";
import { type ReadOptions, readHistory } from "../../src/history/read.ts";
import { Recorder } from "../../src/history/recorder.ts";

const dir = mkdtempSync(join(tmpdir(), "splitbrain-read-"));
afterAll(() => rmSync(dir, { recursive: true }));

let files = 0;
function file(content: string | Uint8Array): string {
  const path = join(dir, `file-${files++}`);
  writeFileSync(path, content);
  return path;
}

const problem = async (path: string, options?: ReadOptions): Promise<string> => {
  const error: unknown = await readHistory(path, options).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toMatchObject({ name: "HistoryError" });
  return (error as Error).message;
};

const JSONL = [
  '{"type":"run","version":1}',
  '{"type":"invoke","index":0,"process":0,"node":"n1","f":"read","input":null,"atNs":0}',
  '{"type":"ok","index":0,"value":"é☃😀","atNs":1}',
  '{"type":"end","atNs":2}',
  "",
].join("\n");

describe("readHistory", () => {
  it.each([
    ["our JSONL", JSONL],
    ["our JSONL with a byte order mark", `\uFEFF${JSONL}`],
    ["maps in EDN", '{:process 0, :type :invoke, :f :read}\n{:process 0, :type :ok, :f :read, :value "é☃😀"}'],
    ["a vector in EDN", '\n [{:process 0, :type :invoke, :f :read}\n{:process 0, :type :ok, :f :read, :value "é☃😀"}]'],
    [
      "a list of records in EDN",
      '(#jepsen.history.Op{:process 0, :type :invoke, :f :read}\n{:process 0, :type :ok, :f :read, :value "é☃😀"})',
    ],
    [
      "EDN after a comment",
      '; a history\n{:process 0, :type :invoke, :f :read}\n{:process 0, :type :ok, :f :read, :value "é☃😀"}',
    ],
    ["log lines", 'INFO  jepsen.util - 0\t:invoke\t:read\tnil\nINFO  jepsen.util - 0\t:ok\t:read\t"é☃😀"\n'],
    [
      "log lines with a bracket before",
      '[main] INFO x - starting\n[main] INFO x - 0\t:invoke\t:read\tnil\n0 :ok :read "é☃😀"',
    ],
    ["log lines without a prefix", '0\t:invoke\t:read\tnil\n0\t:ok\t:read\t"é☃😀"\n'],
  ])("tells the format by its content: %s", async (_, content) => {
    const { ops } = await readHistory(file(content));
    expect(ops).toMatchObject([{ process: 0, f: "read", input: null, outcome: { type: "ok", value: "é☃😀" } }]);
  });

  it("reads what is longer than a chunk, whatever characters stand at its borders", async () => {
    const path = join(dir, "long.jsonl");
    const recorder = new Recorder({}, path);
    const texts = Array.from({ length: 3_000 }, (_, i) => "é☃😀".repeat(50 + (i % 61)));
    texts.forEach((input, i) => {
      const index = recorder.invoke({ f: "write", input, process: 0, node: "n1", atNs: i });
      recorder.complete(index, { type: "ok", value: null }, i);
    });
    recorder.end(texts.length);
    const { ops, meta } = await readHistory(path);
    expect(ops.map(({ input }) => input)).toEqual(texts);
    expect(meta.complete).toBe(true);
    // The same in one EDN vector, on one line.
    const events = texts.map(
      (text) => `{:process 0 :type :invoke :f :add :value "${text}"}{:process 0 :type :ok :f :add}`,
    );
    const { ops: fromEdn } = await readHistory(file(`[${events.join(" ")}]`));
    expect(fromEdn.map(({ input }) => input)).toEqual(texts);
  });

  it("reads the history of a run folder, also through a link", async () => {
    const run = join(dir, "run");
    mkdirSync(run);
    writeFileSync(join(run, "history.jsonl"), JSONL);
    symlinkSync("run", join(dir, "link"));
    expect((await readHistory(run)).ops).toHaveLength(1);
    expect((await readHistory(join(dir, "link"))).ops).toHaveLength(1);
  });

  it("reads a history that was cut anywhere after its header", async () => {
    const bytes = Buffer.from(JSONL);
    for (let length = JSONL.indexOf("\n"); length < bytes.length; length++) {
      const notes: string[] = [];
      const { ops, meta } = await readHistory(file(bytes.subarray(0, length)), { onNote: (note) => notes.push(note) });
      const whole = bytes
        .subarray(0, length)
        .toString()
        .split("\n")
        .filter((line) => line.endsWith("}"));
      expect(ops).toHaveLength(whole.some((line) => line.includes("invoke")) ? 1 : 0);
      expect(ops.some(({ outcome }) => outcome.type === "ok")).toBe(whole.some((line) => line.includes('"ok"')));
      expect(meta.complete).toBe(whole.length === 4);
      expect(notes.length).toBe(bytes[length - 1] === 0x0a || bytes[length - 1] === 0x7d ? 0 : 1);
    }
  });

  it("hands on how Jepsen's values are to be read", async () => {
    const path = file("{:process 0, :type :invoke, :f :write :value [1 2]}");
    expect((await readHistory(path, { independent: true })).ops[0]).toMatchObject({ key: "1", input: 2 });
    expect((await readHistory(path)).ops[0]).toMatchObject({ input: [1, 2] });
  });

  it.each<[string, string | Uint8Array, string]>([
    ["empty", "", `is empty; formats read: ${FORMATS_READ}`],
    ["blank", " \n\n", `is empty; formats read: ${FORMATS_READ}`],
    ["binary", Uint8Array.of(1, 2, 0, 3), `is a binary file, not a history; formats read: ${FORMATS_READ}`],
    ["compressed", gzipSync(JSONL), "is compressed with gzip; unpack it with gunzip first"],
    ["UTF-16", Buffer.from(`\uFEFF${JSONL}`, "utf16le"), "is UTF-16 text; a history must be UTF-8"],
    ["prose", "Once upon a time\n", `is in no known format; formats read: ${FORMATS_READ}`],
    ["XML", "<history/>", `is in no known format; formats read: ${FORMATS_READ}`],
    [
      "a JSON array",
      '[\n{"type":"invoke"}]',
      "is a JSON array; a history in JSON has one event a line, without brackets and commas around them",
    ],
  ])("says what is wrong with a file that is %s", async (_, content, message) => {
    const path = file(content);
    expect(await problem(path)).toBe(`${path}: ${message}`);
  });

  it.each<[string, string | Uint8Array, string]>([
    [
      "JSON that is no history",
      '{"name":"x"}\n',
      ':1: not a Splitbrain history: its first line must be the header {"type":"run","version":1}',
    ],
    ["a malformed line", JSONL.replace('"index":0,"value"', '"index":,"value"'), ":3: not JSON ("],
    [
      "malformed EDN",
      "{:process 0, :type :invoke, :f :read}\n{:process 0,\n:type ]",
      ":3: not EDN: ] where } must close the {",
    ],
    [
      "cut EDN",
      "[{:process 0, :type :invoke, :f :read}\n{:process",
      ":2: the text ends within what starts here with {:process; it seems to be cut off",
    ],
    [
      "cut UTF-8 in EDN",
      Buffer.from('{:process 0, :type :invoke, :f :write, :value "é').subarray(0, -1),
      ':1: the text ends within what starts here with "\uFFFD; it seems to be cut off',
    ],
    [
      "a completion without an invocation",
      "0 :invoke :read nil\n1 :ok :read 2",
      ":2: process 1 completes read (:ok) without an invocation; an :invoke of this process must stand before",
    ],
  ])("names the line of %s", async (_, content, message) => {
    const path = file(content);
    expect((await problem(path)).slice(0, path.length + message.length)).toBe(path + message);
  });

  it("names the line of what is no UTF-8, also beyond the first chunk", async () => {
    const bad = file(Buffer.concat([Buffer.from(JSONL), Buffer.from([0x7b, 0xc3, 0x28, 0x7d])]));
    const at = Buffer.byteLength(JSONL) + 1;
    expect(await problem(bad)).toBe(`${bad}:5: byte ${at} is not UTF-8; save the history as UTF-8 text`);
    const lines = Buffer.from(`${"{:process 0, :type :info, :f :log}".padEnd(99, " ")}\n`.repeat(25_000));
    lines[100 * 23_456 + 50] = 0xff;
    const long = file(lines);
    expect(await problem(long)).toBe(`${long}:23457: byte 2345650 is not UTF-8; save the history as UTF-8 text`);
  });

  it("says what is wrong with a path", async () => {
    const missing = join(dir, "missing");
    expect(await problem(missing)).toBe(`${missing}: no such file; check the path`);
    const empty = join(dir, "empty");
    mkdirSync(empty);
    expect(await problem(empty)).toBe(
      `${empty}: is a directory without history.jsonl; give a run folder or a history's file`,
    );
    const odd = join(dir, "odd");
    mkdirSync(join(odd, "history.jsonl"), { recursive: true });
    expect(await problem(odd)).toBe(`${join(odd, "history.jsonl")}: is a directory; a history is a file`);
    const under = join(file("x"), "y");
    expect(await problem(under)).toBe(
      `${under}: cannot be read: a part of the path is a file, not a directory; check the path (ENOTDIR)`,
    );
  });

  it.skipIf(process.platform === "win32")("says so if the file may not be read", async () => {
    const path = file(JSONL);
    chmodSync(path, 0);
    chmodSync(dir, 0o755);
    // Permissions do not bind root, who can become somebody else for a while.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      expect(await problem(path)).toBe(
        `${path}: cannot be read: permission denied; change its permissions or choose another folder (EACCES)`,
      );
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });
});
