import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { History } from "../../src/core/history.ts";
import { AwditDecoder } from "../../src/history/academic-awdit.ts";
import { PlumeDecoder } from "../../src/history/academic-plume.ts";
import { HistoryError } from "../../src/history/errors.ts";
import { readHistory } from "../../src/history/read.ts";

type Decoder = typeof AwditDecoder | typeof PlumeDecoder;

function decode(Format: Decoder, text: string, pieces = 1): History {
  const decoder = new Format();
  const size = Math.ceil(text.length / pieces);
  for (let at = 0; at < text.length; at += size) decoder.push(text.slice(at, at + size));
  return decoder.end();
}

/** Of each transaction its process and what it did; aborted ones show what they asked for. */
const shown = ({ ops }: History): unknown[] =>
  ops.map(({ process, input, outcome }) =>
    outcome.type === "ok" ? [process, outcome.value] : [process, outcome.type, input],
  );

function problem(Format: Decoder, text: string): string {
  try {
    decode(Format, text);
  } catch (error) {
    if (error instanceof HistoryError) return error.message;
    throw error;
  }
  throw new Error("this text was read");
}

const PLUME = `w(1,1,0,0)
w(2,2,0,0)
r(1,0,7,5)
r(1,1,0,1)

w(2,3,7,5)
w(1,4,0,-1)
r(2,2,0,-1)
r(3,0,0,2)`;

const PLUME_SHOWN = [
  [
    0,
    [
      ["w", 1, 1],
      ["w", 2, 2],
    ],
  ],
  [
    7,
    [
      ["r", 1, null],
      ["w", 2, 3],
    ],
  ],
  [0, [["r", 1, 1]]],
  [
    0,
    "fail",
    [
      ["w", 1, 4],
      ["r", 2, null],
    ],
  ],
  [0, [["r", 3, null]]],
];

describe("Plume's text", () => {
  it("becomes one txn a transaction, in order of their first lines", () => {
    const history = decode(PlumeDecoder, PLUME);
    expect(shown(history)).toEqual(PLUME_SHOWN);
    expect(history.meta).toEqual({ version: 1, sessionsInAllLevels: true });
    expect(history.faults).toEqual([]);
    expect(history.ops[0]).toEqual({
      index: 0,
      process: 0,
      node: "",
      f: "txn",
      input: [
        ["w", 1, 1],
        ["w", 2, 2],
      ],
      callNs: 0,
      returnNs: 0,
      outcome: {
        type: "ok",
        value: [
          ["w", 1, 1],
          ["w", 2, 2],
        ],
      },
    });
    expect(history.ops[1]?.input).toEqual([
      ["r", 1, null],
      ["w", 2, 3],
    ]);
  });

  it("may come in pieces, with other ends of lines, blanks and a last end of line", () => {
    for (const pieces of [2, 7, PLUME.length]) expect(shown(decode(PlumeDecoder, PLUME, pieces))).toEqual(PLUME_SHOWN);
    const spaced = ` \n${PLUME.replaceAll("\n", " \r\n").replaceAll(",", ",\t ").replaceAll("(", " ( ")}\r\n\r\n`;
    expect(shown(decode(PlumeDecoder, spaced))).toEqual(PLUME_SHOWN);
  });

  it("numbers transactions by session", () => {
    expect(shown(decode(PlumeDecoder, "w(1,1,0,0)\nw(1,2,1,0)\nw(1,3,0,1)\nw(1,4,1,0)"))).toEqual([
      [0, [["w", 1, 1]]],
      [
        1,
        [
          ["w", 1, 2],
          ["w", 1, 4],
        ],
      ],
      [0, [["w", 1, 3]]],
    ]);
  });

  it("has as many aborted transactions as a session has others between", () => {
    const { ops } = decode(PlumeDecoder, "w(1,1,0,-1)\nw(1,2,0,-1)\nw(1,3,0,0)\nw(1,4,0,-1)\nw(1,5,1,-1)\nw(1,6,0,-1)");
    expect(ops.map(({ outcome }) => outcome.type)).toEqual(["fail", "ok", "fail", "fail"]);
  });

  it.each([
    ["r(1,2,3)", "r(1,2,3)"],
    ["r(1,2,3,4", "r(1,2,3,4"],
    ["r(1,2,3,4) w(1,2,3,4)", "r(1,2,3,4) w(1,2,3,4)"],
    ["a(1,2,3,4)", "a(1,2,3,4)"],
    ["r(x,2,3,4)", "r(x,2,3,4)"],
    ["r(1,-,3,4)", "r(1,-,3,4)"],
    ["r(1.5,2,3,4)", "r(1.5,2,3,4)"],
    [`r(${"1".repeat(60)}`, `r(${"1".repeat(38)}…`],
  ])("says what is wrong with the line %s", (text, found) => {
    expect(problem(PlumeDecoder, `w(1,1,0,0)\n${text}\n`)).toBe(
      `line 2: a line must be r(key,value,session,transaction) or w(key,value,session,transaction) with integers, such as w(1,2,0,3), found ${JSON.stringify(found)}`,
    );
  });

  it("says what is wrong with a session", () => {
    expect(problem(PlumeDecoder, "w(1,1,-2,0)")).toBe("line 1: a session must be an integer from 0, found -2");
    expect(problem(PlumeDecoder, "w(1,1,99999999999999999999,0)")).toBe(
      "line 1: a session must be an integer from 0, found 99999999999999999999",
    );
    expect(problem(PlumeDecoder, "w(1,1,0,4)\nw(1,2,0,5)\nw(1,3,0,4)")).toBe(
      "line 3: transaction 4 of session 0 goes on after another one of that session has begun; a session's transactions must stand one after the other",
    );
  });
});

const AWDIT = `w 0 0
w 1 5
-----
r 0 0
=====
-----
r 1 0
r 2 0
-----
-----
w 1 -6
=====
=====
r 1 -6`;

const AWDIT_SHOWN = [
  [
    0,
    [
      ["w", 0, 0],
      ["w", 1, 5],
    ],
  ],
  [0, [["r", 0, 0]]],
  [
    1,
    [
      ["r", 1, null],
      ["r", 2, null],
    ],
  ],
  [1, [["w", 1, -6]]],
  [3, [["r", 1, -6]]],
];

describe("AWDIT's text", () => {
  it("has sessions of transactions, without those that are empty, and 0 initially where nobody wrote it", () => {
    const history = decode(AwditDecoder, AWDIT);
    expect(shown(history)).toEqual(AWDIT_SHOWN);
    expect(history.ops.map(({ index, callNs, returnNs }) => [index, callNs, returnNs])).toEqual(
      AWDIT_SHOWN.map((_, index) => [index, 0, 0]),
    );
  });

  it("may come in pieces, with other ends of lines, blanks and a last end of line", () => {
    for (const pieces of [2, 7, AWDIT.length]) expect(shown(decode(AwditDecoder, AWDIT, pieces))).toEqual(AWDIT_SHOWN);
    const spaced = ` \n${AWDIT.replaceAll("\n", " \r\n").replaceAll(" ", " \t")}\r\n=====\r\n`;
    expect(shown(decode(AwditDecoder, spaced))).toEqual(AWDIT_SHOWN);
  });

  it("does not round numbers", () => {
    const large = "18446744073709551615";
    const { ops } = decode(AwditDecoder, `w ${large} 9007199254740993\nr 0009007199254740991 -0\nw 1 000`);
    expect(ops[0]?.outcome).toEqual({
      type: "ok",
      value: [
        ["w", large, "9007199254740993"],
        ["r", Number.MAX_SAFE_INTEGER, null],
        ["w", 1, 0],
      ],
    });
  });

  it.each(["r 1", "w 1 2 3", "x 1 2", "r one 2", "----", "====", "-----=", "r(1,2,3,4)"])(
    "says what is wrong with the line %s",
    (text) => {
      expect(problem(AwditDecoder, `w 1 1\n\n${text}`)).toBe(
        `line 3: a line must be "r key value" or "w key value" with integers, ----- at the end of a transaction, or ===== at the end of a session, found ${JSON.stringify(text)}`,
      );
    },
  );
});

describe("readHistory", () => {
  const dir = mkdtempSync(join(tmpdir(), "splitbrain-academic-"));
  afterAll(() => rmSync(dir, { recursive: true }));
  const file = (content: string): string => {
    const path = join(dir, "history.txt");
    writeFileSync(path, content);
    return path;
  };

  it.each([
    ["Plume's text", PLUME, PLUME_SHOWN],
    ["Plume's text after blank lines", `\n  ${PLUME}`, PLUME_SHOWN],
    ["AWDIT's text", AWDIT, AWDIT_SHOWN],
    ["AWDIT's text with other ends of lines", AWDIT.replaceAll("\n", "\r\n"), AWDIT_SHOWN],
    ["AWDIT's text that begins with a session's end", "=====\nw 1 1", [[1, [["w", 1, 1]]]]],
    ["AWDIT's text of a single line", "w 1 1", [[0, [["w", 1, 1]]]]],
  ])("tells %s by its content", async (_, content, expected) => {
    expect(shown(await readHistory(file(content)))).toEqual(expected);
  });

  it("reads what is longer than a chunk", async () => {
    const lines = Array.from({ length: 200_000 }, (_, i) => `w(${i % 64},${i + 1},${i % 20},${Math.floor(i / 80)})`);
    const { ops } = await readHistory(file(lines.join("\n")));
    expect(ops).toHaveLength(50_000);
    expect(ops.at(-1)).toMatchObject({
      process: 19,
      input: [
        ["w", 3, 199_940],
        ["w", 23, 199_960],
        ["w", 43, 199_980],
        ["w", 63, 200_000],
      ],
    });
  });

  it("names the file and the line of a mistake", async () => {
    const path = file("w(1,1,0,0)\nw(1,2,0)");
    await expect(readHistory(path)).rejects.toThrow(`${path}:2: a line must be r(key,value,session,transaction)`);
  });
});
