import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { History } from "../../src/core/history.ts";
import type { Json } from "../../src/core/json.ts";
import type { Operation } from "../../src/core/operation.ts";
import { JepsenDecoder } from "../../src/history/jepsen.ts";
import type { JepsenOptions } from "../../src/history/jepsen-pairing.ts";

function read(text: string, options: JepsenOptions = {}): History {
  const decoder = new JepsenDecoder(options);
  decoder.push(Buffer.from(text));
  return decoder.end();
}

/** The operations without what most tests do not look at. */
const ops = (text: string, options?: JepsenOptions): Partial<Operation>[] =>
  read(text, options).ops.map(({ index, node, callNs, returnNs, ...rest }) => rest);

const times = (text: string): [number, number][] => read(text).ops.map(({ callNs, returnNs }) => [callNs, returnNs]);

const ok = (value: Operation["input"]) => ({ type: "ok", value }) as const;

describe("Jepsen's EDN", () => {
  it("pairs invocations and completions by process", () => {
    const text = `
      {:process 0 :type :invoke :f :write :value 1}
      {:process 1 :type :invoke :f :read :value nil}
      {:process 1 :type :ok :f :read :value 1}
      {:process 0 :type :ok :f :write :value 1}
      {:process 2 :type :invoke :f :cas :value [1 2]}
      {:process 1 :type :invoke :f :read}
      {:process 2 :type :info :f :cas :value [1 2] :error :timeout}`;
    expect(read(text)).toEqual({
      ops: [
        { index: 0, process: 0, node: "", f: "write", input: 1, callNs: 0, returnNs: 3, outcome: ok(null) },
        { index: 1, process: 1, node: "", f: "read", input: null, callNs: 1, returnNs: 2, outcome: ok(1) },
        {
          ...{ index: 2, process: 2, node: "", f: "cas", input: [1, 2], callNs: 4, returnNs: Infinity },
          outcome: { type: "info", error: { name: "timeout" } },
        },
        {
          ...{ index: 3, process: 1, node: "", f: "read", input: null, callNs: 5, returnNs: Infinity },
          outcome: { type: "info", error: { name: "unfinished", text: "the recording ends before its completion" } },
        },
      ],
      faults: [],
      meta: { version: 1 },
    });
  });

  it("keeps times, but never against the order of the file", () => {
    expect(
      times(`{:process 0 :type :invoke :f :read :time 1000}
             {:process 1 :type :invoke :f :read :time 990}
             {:process 1 :type :ok :f :read :time 1000}
             {:process 0 :type :ok :f :read :time 5000}`),
    ).toEqual([
      [1000, 5000],
      [1001, 1002],
    ]);
    expect(times("{:process 0 :type :invoke :f :read :time -1} {:process 0 :type :ok :f :read :time -1}")).toEqual([
      [0, 1],
    ]);
  });

  it("leaves out the nemesis, and unknown completions that nobody asked for", () => {
    expect(
      ops(`{:process :nemesis :type :info :f :start :value nil}
           {:process 0 :type :info :f :log :value "hello"}
           {:process 0 :type :invoke :f :read}
           {:process :nemesis :type :info :f :start :value [:isolated #{"n1"}]}
           {:process 0 :type :ok :f :read :value 3}
           {:process 0 :type :info :f :log}`),
    ).toEqual([{ process: 0, f: "read", input: null, outcome: ok(3) }]);
  });

  it("names functions as the field does, and gives reads no input and writes no output", () => {
    expect(
      ops(`{:process 0 :type :invoke :f :w :value 1} {:process 0 :type :ok :f :w :value 1}
           {:process 0 :type :invoke :f :r :value nil} {:process 0 :type :ok :f :r :value 1}
           {:process 0 :type :invoke :f :compare-and-set :value [1 2]}
           {:process 0 :type :ok :f :compare-and-set :value [1 2]}
           {:process 0 :type :invoke :f :get :key "k" :value nil} {:process 0 :type :ok :f :get :key "k" :value ""}
           {:process 0 :type :invoke :f :append :key 7 :value "x"} {:process 0 :type :ok :f :append :key 7 :value "x"}
           {:process 0 :type :invoke :f :transfer :value {:from 1}} {:process 0 :type :ok :f :transfer :value {:from 1}}
           {:process 0 :type :invoke :value [[:r 1 nil]]} {:process 0 :type :ok :value [[:r 1 [2]]]}`),
    ).toEqual([
      { process: 0, f: "write", input: 1, outcome: ok(null) },
      { process: 0, f: "read", input: null, outcome: ok(1) },
      { process: 0, f: "cas", input: [1, 2], outcome: ok(null) },
      { process: 0, f: "get", key: "k", input: null, outcome: ok("") },
      { process: 0, f: "append", key: "7", input: "x", outcome: ok(null) },
      { process: 0, f: "transfer", input: { from: 1 }, outcome: ok({ from: 1 }) },
      { process: 0, f: "txn", input: [["r", 1, null]], outcome: ok([["r", 1, [2]]]) },
    ]);
  });

  it("holds micro-operations that are equal only once, and keeps those that are not apart", () => {
    const [first, second] = read(`
      {:process 0 :type :invoke :f :txn :value [[:r 1 nil] [:append 1 2] [:r 1 nil]]}
      {:process 0 :type :ok :f :txn :value [[:r 1 [7]] [:append 1 2] [:r 1 [7 2]]]}
      {:process 0 :type :invoke :f :txn :value [[:r 1 nil]]}`).ops;
    const reads = [first?.input, second?.input] as (readonly Json[])[];
    expect(reads).toEqual([
      [
        ["r", 1, null],
        ["append", 1, 2],
        ["r", 1, null],
      ],
      [["r", 1, null]],
    ]);
    expect(reads[1]?.[0]).toBe(reads[0]?.[0]);
    const value = first?.outcome.type === "ok" ? (first.outcome.value as readonly Json[]) : [];
    expect(value).toEqual([
      ["r", 1, [7]],
      ["append", 1, 2],
      ["r", 1, [7, 2]],
    ]);
    expect(value[1]).toBe(reads[0]?.[1]);
  });

  it.each<[string, object]>([
    [":error :not-leader", { name: "not-leader" }],
    [":error :timed-out", { name: "timeout" }],
    [':error [:duplicate-key "given twice" 4]', { name: "duplicate-key", text: "given twice 4" }],
    [':error "no connection to n1"', { name: "error", text: "no connection to n1" }],
    [':error ["no connection" :n1]', { name: "error", text: "no connection n1" }],
    [":error {:type :abort :code 3}", { name: "abort", text: '{"type":"abort","code":3}' }],
    [":error 17", { name: "error", text: "17" }],
    ["", { name: "failed" }],
  ])("reads the error of a failed cas with %s", (error, expected) => {
    const text = `{:process 0 :type :invoke :f :cas :value [1 2]} {:process 0 :type :fail :f :cas :value [1 2] ${error}}`;
    expect(ops(text)[0]?.outcome).toEqual({ type: "fail", error: expected });
  });

  it("says no more of other failures than there is", () => {
    const outcomeAfter = (type: string): unknown =>
      ops(`{:process 0 :type :invoke :f :write :value 1} {:process 0 :type ${type} :f :write :value 1}`)[0]?.outcome;
    expect(outcomeAfter(":fail")).toEqual({ type: "fail", error: { name: "failed" } });
    expect(outcomeAfter(":info")).toEqual({ type: "info", error: { name: "unknown" } });
  });

  describe("with tuples of independent keys", () => {
    const tuples = `
      {:process 0 :type :invoke :f :write :value [x 1]} {:process 0 :type :ok :f :write :value [x 1]}
      {:process 0 :type :invoke :f :cas :value [x [1 2]]} {:process 0 :type :fail :f :cas :value [x [1 2]] :error :e}
      {:process 0 :type :invoke :f :read :value [3 nil]} {:process 0 :type :ok :f :read :value [3 [9]]}`;
    const split = [
      { process: 0, f: "write", key: "x", input: 1, outcome: ok(null) },
      { process: 0, f: "cas", key: "x", input: [1, 2], outcome: { type: "fail", error: { name: "e" } } },
      { process: 0, f: "read", key: "3", input: null, outcome: ok([9]) },
    ];

    it("splits them where every value is one, and says so", () => {
      const notes: string[] = [];
      expect(ops(tuples, { onNote: (note) => notes.push(note) })).toEqual(split);
      expect(notes).toEqual(["every value is a tuple [key value]; read as independent keys"]);
    });

    it("does as told", () => {
      const notes: string[] = [];
      expect(ops(tuples, { independent: true, onNote: (note) => notes.push(note) })).toEqual(split);
      expect(notes).toEqual([]);
      expect(ops(tuples, { independent: false })[0]).toMatchObject({ f: "write", input: ["x", 1] });
      const cas = "{:process 0 :type :invoke :f :cas :value [1 2]}";
      expect(ops(cas, { independent: true })[0]).toMatchObject({ key: "1", input: 2 });
    });

    it.each([
      ["one register", ":f :cas :value [1 2]", ":f :read :value nil", ":f :read :value 2"],
      ["transactions", ":f :txn :value [[:r 1 nil] [:r 2 nil]]", ":f :read :value [1 nil]", ":f :read :value [1 2]"],
      ["a set of pairs", ":f :add :value [0 1]", ":f :read :value [0 nil]", ":f :read :value [[0 1] [0 2] [0 3]]"],
      ["another key in the answer", ":f :add :value [0 1]", ":f :read :value [0 nil]", ":f :read :value [1 2]"],
    ])("is not misled by %s", (_, other, invocation, completion) => {
      const text = `{:process 1 :type :invoke ${other}}
        {:process 0 :type :invoke ${invocation}} {:process 0 :type :ok ${completion}}`;
      expect(read(text).ops.map(({ key }) => key)).toEqual([undefined, undefined]);
    });
  });

  describe("without invocations", () => {
    it("lets each operation begin when its process had done the one before", () => {
      const notes: string[] = [];
      const text = `{:type :ok :f :write :value 1 :process 0 :time 10}
                    {:type :ok :f :write :value 2 :process 1 :time 20}
                    {:type :ok :f :read :value 2 :process 0 :time 30}
                    {:type :info :f :write :value 3 :process 1 :time 40}
                    {:type :ok :f :read :value 3 :process 0 :time 50}`;
      const { ops } = read(text, { onNote: (note) => notes.push(note) });
      expect(ops.map(({ process, f, callNs, returnNs }) => [process, f, callNs, returnNs])).toEqual([
        [0, "write", 0, 10],
        [1, "write", 0, 20],
        [0, "read", 11, 30],
        [1, "write", 21, Infinity],
        [0, "read", 31, 50],
      ]);
      expect(ops.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
      expect(notes).toHaveLength(1);
    });

    it("splits tuples of independent keys there, too", () => {
      const text = "{:type :ok :f :write :value [x 1] :process 0} {:type :ok :f :read :value [x 1] :process 1}";
      expect(ops(text)).toEqual([
        { process: 0, f: "write", key: "x", input: 1, outcome: ok(null) },
        { process: 1, f: "read", key: "x", input: null, outcome: ok(1) },
      ]);
    });
  });

  it("makes a process of its own of what follows an unknown outcome", () => {
    const notes: string[] = [];
    const text = `{:process 0 :type :invoke :f :write :value 1}
      {:process 0 :type :info :f :write :value 1}
      {:process 5 :type :invoke :f :read}
      {:process 0 :type :invoke :f :read}
      {:process 0 :type :ok :f :read :value 1}
      {:process 0 :type :invoke :f :read}`;
    expect(read(text, { onNote: (note) => notes.push(note) }).ops.map(({ process }) => process)).toEqual([0, 5, 6, 6]);
    expect(notes).toEqual(["process 0 goes on in line 4 after an :info; read as process 6 from there"]);
  });

  it.each([
    [
      "{:process 0 :type :ok :f :read :value 1}\n{:process 1 :type :invoke :f :read}",
      "line 1: process 0 completes read (:ok) without an invocation; an :invoke of this process must stand before",
    ],
    [
      "{:process 1 :type :invoke :f :read}\n{:process 0 :type :fail :f :write :value 1}",
      "line 2: process 0 completes write (:fail) without an invocation; an :invoke of this process must stand before",
    ],
    [
      "{:process 1 :type :invoke :f :read}\n{:process 1 :type :info :f :read}\n{:process 1 :type :ok :f :read}",
      "line 3: process 1 completes read (:ok) without an invocation; an :invoke of this process must stand before",
    ],
    [
      "{:process 0 :type :invoke :f :read}\n{:process 0 :type :invoke :f :write :value 1}",
      "line 2: process 0 invokes write while its read of line 1 has not completed; a process does one thing at a time",
    ],
    [
      "{:process 0 :type :invoke :f :read}\n{:process 0 :type :ok :f :write :value 1}",
      "line 2: process 0 completes write, but in line 1 it invoked read; both must have the same :f",
    ],
    [
      "\n[:ok 1]",
      'line 2: an event must be a map such as {:process 0, :type :invoke, :f :read, :value nil}, found "ok"',
    ],
    [
      "{:process 0 :f :read}",
      "line 1: :type must be :invoke, :ok, :fail or :info, but it is missing; an event is a map such as {:process 0, :type :invoke, :f :read, :value nil}",
    ],
    [
      "{:process 1.5 :type :ok :f :read}",
      "line 1: :process must be an integer from 0, or a keyword such as :nemesis, found 1.5",
    ],
    ["{:process 0 :type :ok :f [1]}", "line 1: :f must be a keyword such as :read, found [1]"],
    [
      "{:name test :history [{:process 0}]}",
      "line 1: this map holds a whole test; give what stands under its :history in a file of its own",
    ],
    [
      "{:process 0 :type :invoke :f :read} 42",
      "line 1: an event must be a map such as {:process 0, :type :invoke, :f :read, :value nil}, found 42",
    ],
  ])("names the line and the mend in %j", (text, message) => {
    expect(() => read(text)).toThrowError(expect.objectContaining({ name: "HistoryError", message }));
  });

  it("gives legal histories: in order of calls, one operation of a process at a time", () => {
    const event = fc.record({
      process: fc.nat({ max: 3 }),
      type: fc.constantFrom("invoke", "invoke", "ok", "fail", "info"),
      time: fc.nat({ max: 50 }),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        const open = new Set<number>();
        const legal = events.filter(({ process, type }) => {
          if (type === "invoke") return open.has(process) ? false : open.add(process);
          return open.delete(process) || type === "info";
        });
        const text = legal.map((e) => `{:process ${e.process} :type :${e.type} :f :x :time ${e.time}}`).join("\n");
        const { ops } = read(legal.some(({ type }) => type === "invoke") ? text : "");
        expect(ops.length).toBe(legal.filter(({ type }) => type === "invoke").length);
        const last = new Map<number, Operation>();
        ops.forEach((op, i) => {
          expect(op.index).toBe(i);
          expect(op.returnNs === Infinity).toBe(op.outcome.type === "info");
          expect(op.callNs).toBeGreaterThan(ops[i - 1]?.callNs ?? -1);
          expect(op.callNs).toBeLessThan(op.returnNs);
          expect(op.callNs).toBeGreaterThan(last.get(op.process)?.returnNs ?? -1);
          last.set(op.process, op);
        });
      }),
      { numRuns: 300 },
    );
  });
});
