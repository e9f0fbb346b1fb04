import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { History } from "../../src/core/history.ts";
import { encodeHistory } from "../../src/history/jsonl.ts";
import { JsonlDecoder } from "../../src/history/jsonl-decoder.ts";
import { cut, history as histories } from "./arbitraries.ts";

const encode = (history: History): string => [...encodeHistory(history)].map((line) => `${line}\n`).join("");

function decode(...pieces: string[]): History {
  const decoder = new JsonlDecoder();
  for (const piece of pieces) decoder.push(piece);
  return decoder.end();
}

const HEADER = '{"type":"run","version":1}';
const INVOKE = '{"type":"invoke","index":0,"process":0,"node":"n1","f":"read","input":null,"atNs":5}';
const OK = '{"type":"ok","index":0,"value":1,"atNs":9}';
const lines = (...all: string[]): string => all.map((line) => `${line}\n`).join("");

describe("our JSONL", () => {
  it("gives every history back, however its text is cut into pieces", () => {
    fc.assert(
      fc.property(histories, fc.array(fc.nat(), { maxLength: 5 }), (history, at) => {
        expect(decode(...cut(encode(history), at))).toEqual(history);
      }),
      { numRuns: 300 },
    );
  });

  it("gives equal histories equal bytes", () => {
    fc.assert(
      fc.property(histories, (history) => {
        expect(encode(decode(encode(history)))).toBe(encode(history));
      }),
    );
  });

  it("is the format that its documentation shows", () => {
    const text = lines(
      '{"type":"run","version":1,"seed":7,"system":"raft","workload":"register","nodes":["n1","n2"]}',
      '{"type":"invoke","index":0,"process":0,"node":"n1","f":"write","key":"x","input":1,"final":true,"atNs":120}',
      '{"type":"invoke","index":1,"process":1,"node":"n2","f":"read","input":null,"atNs":130}',
      '{"type":"ok","index":0,"value":null,"atNs":340}',
      '{"type":"fail","index":1,"error":{"name":"abort","text":"why"},"atNs":350}',
      '{"type":"fault","id":0,"fault":{"kind":"pause","nodes":["n2"]},"atNs":400}',
      '{"type":"heal","id":0,"atNs":800}',
      '{"type":"end","atNs":800}',
    );
    expect(decode(text)).toEqual({
      meta: { version: 1, seed: 7, system: "raft", workload: "register", nodes: ["n1", "n2"], complete: true },
      ops: [
        {
          ...{ index: 0, process: 0, node: "n1", f: "write", key: "x", input: 1, final: true },
          ...{ callNs: 120, returnNs: 340, outcome: { type: "ok", value: null } },
        },
        {
          ...{ index: 1, process: 1, node: "n2", f: "read", input: null },
          ...{ callNs: 130, returnNs: 350, outcome: { type: "fail", error: { name: "abort", text: "why" } } },
        },
      ],
      faults: [{ value: { kind: "pause", nodes: ["n2"] }, startNs: 400, endNs: 800 }],
    });
    expect(encode(decode(text))).toBe(text);
  });

  it("keeps what showed that a fault was in force, and has nothing in its place where nothing did", () => {
    const text = lines(
      HEADER,
      '{"type":"fault","id":0,"fault":{"kind":"kill","nodes":["n1"]},"proof":"n1 exited 137 (SIGKILL)","atNs":4}',
      '{"type":"fault","id":1,"fault":{"kind":"disk","nodes":["n2"],"full":true},"atNs":5}',
      '{"type":"heal","id":0,"atNs":6}',
    );
    const read = decode(text);
    expect(read.faults).toStrictEqual([
      { value: { kind: "kill", nodes: ["n1"] }, startNs: 4, endNs: 6, proof: "n1 exited 137 (SIGKILL)" },
      { value: { kind: "disk", nodes: ["n2"], full: true }, startNs: 5, endNs: Infinity },
    ]);
    expect(encode(read)).toBe(text);
  });

  it("reads an operation without a completion as unknown", () => {
    const { ops, meta } = decode(lines(HEADER, INVOKE));
    expect(ops[0]).toMatchObject({ returnNs: Infinity, outcome: { type: "info", error: { name: "unfinished" } } });
    expect(meta.complete).toBe(false);
  });

  it("leaves out a cut last line of a run that did not end, wherever it was cut", () => {
    const whole = lines(HEADER, INVOKE);
    for (let length = 1; length < OK.length; length++) {
      const notes: string[] = [];
      const decoder = new JsonlDecoder((note) => notes.push(note));
      decoder.push(whole + OK.slice(0, length));
      expect(decoder.end()).toEqual(decode(whole));
      expect(notes).toEqual(["line 3 is cut off and was left out: the run was killed while it was written"]);
    }
    expect(decode(whole + OK).ops[0]?.outcome).toEqual({ type: "ok", value: 1 });
  });

  it.each<[string, string, string]>([
    ["a line that is no JSON", lines(HEADER, "{oops", INVOKE), "line 2: not JSON ("],
    ["a line that is no object", lines(HEADER, "[1]"), "line 2: an event must be a JSON object, found [1]"],
    [
      "no header",
      lines(INVOKE),
      'line 1: not a Splitbrain history: its first line must be the header {"type":"run","version":1}',
    ],
    [
      "a header that was cut",
      HEADER.slice(0, 9),
      'line 1: cut off within its first line, the header {"type":"run","version":1}; nothing was recorded',
    ],
    [
      "another version",
      lines('{"type":"run","version":2}'),
      "line 1: history format version 2, but this Splitbrain reads version 1; use the Splitbrain that recorded it",
    ],
    [
      "a header with a wrong field",
      lines('{"type":"run","version":1,"seed":"x"}'),
      'line 1: seed must be an integer, found "x"',
    ],
    ["two headers", lines(HEADER, HEADER), "line 2: a second header; a file holds one run, so split it here"],
    [
      "an unknown event",
      lines(HEADER, '{"type":"okay","atNs":1}'),
      'line 2: unknown event type "okay"; it must be one of invoke, ok, fail, info, fault, heal, end',
    ],
    [
      "an event after the end",
      lines(HEADER, '{"type":"end","atNs":1}', INVOKE),
      "line 3: an event after the end of the run; a file holds one run, so split it here",
    ],
    ["garbage after the end", `${lines(HEADER, '{"type":"end","atNs":1}')}{`, "line 3: not JSON ("],
    [
      "a completion without an invocation",
      lines(HEADER, OK),
      "line 2: completion of operation 0, which was never invoked; its invoke event must stand before",
    ],
    [
      "a second completion",
      lines(HEADER, INVOKE, OK, OK),
      "line 4: operation 0 completes a second time, first in line 3; keep one of them",
    ],
    [
      "an invocation out of order",
      lines(HEADER, INVOKE.replace('"index":0', '"index":3')),
      "line 2: invocation 3 stands where 0 must be: invocations are numbered from 0 in their order",
    ],
    [
      "two operations of a process at once",
      lines(HEADER, INVOKE, INVOKE.replace('"index":0', '"index":1')),
      "line 3: process 0 invokes operation 1 while its operation 0 has not completed; a process does one thing at a time",
    ],
    [
      "a process that goes on after an unknown outcome",
      lines(
        HEADER,
        INVOKE,
        '{"type":"info","index":0,"error":{"name":"timeout"},"atNs":9}',
        INVOKE.replace('"index":0', '"index":1').replace('"atNs":5', '"atNs":9'),
      ),
      "line 4: process 0 invokes operation 1 after its operation 0 ended unknown; go on under a new process number",
    ],
    [
      "time that runs backwards",
      lines(HEADER, INVOKE, OK.replace("9", "4")),
      "line 3: time runs backwards: atNs is 4 after 5; events must stand in order",
    ],
    [
      "no time",
      lines(HEADER, INVOKE, '{"type":"ok","index":0,"value":1}'),
      "line 3: atNs must be an integer of at least 0, but it is missing",
    ],
    [
      "no input",
      lines(HEADER, INVOKE.replace('"input":null,', "")),
      "line 2: input is missing; write null if there is none",
    ],
    [
      "no value",
      lines(HEADER, INVOKE, '{"type":"ok","index":0,"atNs":9}'),
      "line 3: value must be given, null if there is none, but it is missing",
    ],
    [
      "no error",
      lines(HEADER, INVOKE, '{"type":"info","index":0,"atNs":9}'),
      'line 3: error must be an object such as {"name":"timeout"}, but it is missing',
    ],
    [
      "an error without a name",
      lines(HEADER, INVOKE, '{"type":"fail","index":0,"error":{},"atNs":9}'),
      "line 3: error.name must be a string, but it is missing",
    ],
    [
      "a wrong final",
      lines(HEADER, INVOKE.replace('"atNs"', '"final":1,"atNs"')),
      "line 2: final must be true or absent, found 1",
    ],
    [
      "a fault of an unknown kind",
      lines(HEADER, '{"type":"fault","id":0,"fault":{"kind":"flood"},"atNs":1}'),
      'line 2: fault.kind must be one of "partition", "pause", "kill", "clock", "link", "disk", "client-pause", found "flood"',
    ],
    [
      "a proof that is no text",
      lines(HEADER, '{"type":"fault","id":0,"fault":{"kind":"pause","nodes":[]},"proof":true,"atNs":1}'),
      "line 2: proof must be a string, found true",
    ],
    [
      "a proof of nothing",
      lines(HEADER, '{"type":"fault","id":0,"fault":{"kind":"pause","nodes":[]},"proof":null,"atNs":1}'),
      "line 2: proof must be a string, found null",
    ],
    [
      "a heal without a fault",
      lines(HEADER, '{"type":"heal","id":4,"atNs":1}'),
      "line 2: fault 4 is healed but never started; its fault event must stand before",
    ],
  ])("names the line and the mend: %s", (_, text, message) => {
    expect(() => decode(text)).toThrowError(
      expect.objectContaining({ name: "HistoryError", message: expect.stringMatching(startingWith(message)) }),
    );
  });

  it("takes lines that end in carriage returns, and empty ones", () => {
    expect(decode(`${HEADER}\r\n\r\n${INVOKE}\r\n`).ops).toHaveLength(1);
  });
});

/** Messages that quote the engine are compared up to there. */
const startingWith = (message: string): RegExp =>
  new RegExp(`^${message.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}${message.endsWith("(") ? "" : "$"}`);
