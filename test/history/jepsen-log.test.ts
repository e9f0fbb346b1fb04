import { describe, expect, it } from "vitest";
import type { History } from "../../src/core/history.ts";
import { JepsenLogDecoder } from "../../src/history/jepsen-log.ts";
import { cut } from "./arbitraries.ts";

function read(...pieces: string[]): { history: History; notes: string[] } {
  const notes: string[] = [];
  const decoder = new JepsenLogDecoder({ onNote: (note) => notes.push(note) });
  for (const piece of pieces) decoder.push(piece);
  return { history: decoder.end(), notes };
}

const LOG = [
  "INFO  jepsen.core - nodes up",
  "INFO  jepsen.util - 0\t:invoke\t:read\tnil",
  "INFO  jepsen.util - 1   :invoke :write  4",
  "INFO  jepsen.util - :nemesis\t:info\t:start\t{:n1 #{:n2}}",
  "INFO  jepsen.util - 0\t:ok\t:read\tnil",
  "INFO  jepsen.util - 0\t:invoke\t:cas\t[4 2]",
  "INFO  jepsen.util - 0\t:fail\t:cas\t[4 2]",
  "INFO  jepsen.util - 0\t:invoke\t:cas\t[2 1]",
  "INFO  jepsen.util - 0\t:info\t:cas\t:timed-out",
  "INFO  jepsen.util - 1\t:fail\t:write\t:timed-out",
  "java.net.SocketTimeoutException: Read timed out",
  "\tat java.base/java.net.Socket 3 :read",
  "",
].join("\n");

describe("Jepsen's log lines", () => {
  it("are operations among other lines, whose number is told", () => {
    const { history, notes } = read(LOG);
    expect(
      history.ops.map(({ process, f, input, callNs, returnNs, outcome }) => [
        process,
        f,
        input,
        callNs,
        returnNs,
        outcome,
      ]),
    ).toEqual([
      [0, "read", null, 0, 2, { type: "ok", value: null }],
      [1, "write", 4, 1, 7, { type: "fail", error: { name: "timeout" } }],
      [0, "cas", [4, 2], 3, 4, { type: "fail", error: { name: "precondition-failed" } }],
      [0, "cas", [2, 1], 5, Infinity, { type: "info", error: { name: "timeout" } }],
    ]);
    expect(notes).toEqual(["4 lines are no operation and were skipped"]);
  });

  it("read the same in pieces and with carriage returns", () => {
    expect(read(...cut(LOG, [5, 40, 41, 120])).history).toEqual(read(LOG).history);
    expect(read(LOG.replaceAll("\n", "\r\n")).history).toEqual(read(LOG).history);
  });

  it("may have another prefix, or none, and an error behind the value", () => {
    const { history } = read(
      "2024-05-01 10:11:12,345{GMT}\tINFO\t[jepsen worker 3] jepsen.util: 3\t:invoke\t:txn\t[[:append 1 2] [:r 1 nil]]\n",
      '3\t:info\t:txn\t[[:append 1 2] [:r 1 nil]]\t[:not-found "key 1"]\n',
      "4 :invoke :write :x\n4 :ok :write :x",
    );
    expect(history.ops).toMatchObject([
      {
        ...{
          process: 3,
          f: "txn",
          input: [
            ["append", 1, 2],
            ["r", 1, null],
          ],
        },
        outcome: { type: "info", error: { name: "not-found", text: "key 1" } },
      },
      { process: 4, f: "write", input: "x", outcome: { type: "ok", value: null } },
    ]);
  });

  it.each([
    [
      "INFO  jepsen.core - hello\n",
      "a log without a single operation; those look like: INFO  jepsen.util - 0 :invoke :read nil",
    ],
    [
      "0 :invoke :read nil\n0 :ok :read #<Object>\n",
      "line 2: the value is not EDN: #< is something that Clojure prints but cannot read back; it must look like nil, 4 or [1 2]",
    ],
    [
      "0 :invoke :read nil\n\n1 :ok :read 3\n",
      "line 3: process 1 completes read (:ok) without an invocation; an :invoke of this process must stand before",
    ],
  ])("name the line and the mend in %j", (text, message) => {
    expect(() => read(text)).toThrowError(expect.objectContaining({ name: "HistoryError", message }));
  });
});
