import { describe, expect, it } from "vitest";
import { transactionsOf } from "../../../checkers/transactions/columns.ts";
import {
  ABORTED,
  COMMITTED,
  INITIAL,
  NOT_KNOWN,
  READ,
  type Transactions,
  UNKNOWN,
  WRITE,
} from "../../../checkers/transactions/transactions.ts";
import type { History } from "../../../src/core/history.ts";
import type { Json } from "../../../src/core/json.ts";
import { history } from "../../support/histories.ts";
import type { Kind } from "./generate.ts";
import { sketched } from "./sketch.ts";

function columns(kind: Kind, of: History): Transactions {
  const txns = transactionsOf(of, kind);
  if ("malformed" in txns) throw new Error(txns.malformed);
  return txns;
}

/** What each micro-operation saw or wrote, in words. */
function micros(txns: Transactions): Json[] {
  return [...txns.f].map((f, m) => {
    const v = txns.version[m] as number;
    const key = txns.keyNames[txns.key[m] as number] ?? null;
    const at = txns.elementsAt[m] as number;
    const elements = [...txns.elements.subarray(at, at + (txns.elementsLength[m] as number))];
    const shown = v < 0 ? v : txns.valueOf(v);
    return f === READ && elements.length > 0
      ? ["r", key, shown, elements.map(txns.valueOf)]
      : [f === WRITE ? "w" : "r", key, shown];
  });
}

const one = (kind: Kind, value: Json, input: Json = value) =>
  transactionsOf(history([{ p: 0, f: "txn", input, call: 0, ret: 1, ok: value }]), kind);

describe("transactions in columns", () => {
  it("has what committed transactions saw, and what others asked for", () => {
    const txns = columns(
      "list-append",
      sketched(
        { p: 7, does: "a x 1; r y []" },
        { p: 7, does: "a x 2; r x []", fate: "fail" },
        { p: 9, does: "r x [1]; a y 1", fate: "info" },
        { p: 7, at: [30, 40], does: "r x [1,2]; r x [1]; r z null" },
      ),
    );
    expect([...txns.status]).toEqual([COMMITTED, ABORTED, UNKNOWN, COMMITTED]);
    expect([[...txns.session], [...txns.first], [...txns.op]]).toEqual([
      [0, 0, 1, 0],
      [0, 2, 4, 6, 9],
      [0, 1, 2, 3],
    ]);
    expect([[...txns.callNs], [...txns.returnNs]]).toEqual([
      [0, 10, 20, 30],
      [5, 15, Infinity, 40],
    ]);
    expect(micros(txns)).toEqual([
      ["w", "x", 1],
      ["r", "y", INITIAL],
      ["w", "x", 2],
      ["r", "x", NOT_KNOWN],
      ["r", "x", NOT_KNOWN],
      ["w", "y", 1],
      ["r", "x", 2, [1, 2]],
      ["r", "x", 1, [1]],
      ["r", "z", INITIAL],
    ]);
    expect([[...txns.elementsAt], [...txns.elementsLength]]).toEqual([
      [0, 0, 0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 2, 1, 0],
    ]);
    // Reads that one can have grown into another share their elements.
    expect(txns.elements.length).toBe(2);
  });

  it("takes any JSON for keys and values, and tells equal from different ones", () => {
    const micro = (f: string, key: Json, value: Json): Json => [f, key, value];
    const object = { b: 1, a: [2] };
    const txns = one("rw-register", [
      micro("w", "x", 1),
      micro("w", "x", "1"),
      micro("w", "x", object),
      micro("r", "x", { a: [2], b: 1 }),
      micro("w", 1, 1),
      micro("w", [1], 1),
    ]);
    if ("malformed" in txns) throw new Error(txns.malformed);
    const [number, text, compound, again, , other] = txns.version;
    expect(new Set([number, text, compound]).size).toBe(3);
    expect(again).toBe(compound);
    expect([txns.valueOf(other as number), txns.keyNames]).toEqual([1, ["x", "1", "[1]"]]);
  });

  it("takes a read without a value for one of the initial state, and null for an element", () => {
    const txns = one("list-append", [
      ["r", "x"],
      ["append", "x", null],
      ["r", "x", [null]],
    ]);
    if ("malformed" in txns) throw new Error(txns.malformed);
    expect(micros(txns)).toEqual([
      ["r", "x", INITIAL],
      ["w", "x", null],
      ["r", "x", null, [null]],
    ]);
  });

  it("keeps reads that are no lists apart", () => {
    const txns = columns("list-append", sketched("r x 7; a x 1"));
    expect([micros(txns)[0], txns.malformedReads]).toEqual([
      ["r", "x", NOT_KNOWN],
      [{ transaction: 0, key: 0, value: 7 }],
    ]);
  });

  it("gives the place of no elements where a read shows none", () => {
    const txns = columns("list-append", sketched("r y [1]; r x [1]; r x []; a x 1"));
    expect([[...txns.elementsAt], [...txns.elementsLength]]).toEqual([
      [0, 1, 0, 0],
      [1, 1, 0, 0],
    ]);
  });

  it("reads a history once, and leaves errors that it does not know to others", () => {
    const of = sketched("r x []");
    expect(transactionsOf(of, "list-append")).toBe(transactionsOf(of, "list-append"));
    expect(transactionsOf(of, "rw-register")).not.toBe(transactionsOf(of, "list-append"));
    const [op] = of.ops;
    if (op === undefined) throw new Error("one operation");
    const broken: typeof op = {
      ...op,
      get f(): string {
        throw new RangeError("no such field");
      },
    };
    expect(() => transactionsOf({ ...of, ops: [broken] }, "list-append")).toThrow(RangeError);
  });

  it("leaves closing reads out", () => {
    const of = history([
      { p: 0, f: "txn", input: [], call: 0, ret: 1, ok: [] },
      { p: 1, f: "read", call: 2, ret: 3, ok: 4, final: true },
    ]);
    expect(columns("list-append", of).count).toBe(1);
  });

  it.each<[string, Kind, Json, string]>([
    [
      "another kind of write",
      "list-append",
      [["w", "x", 1]],
      'a transaction of list-append knows r and append, but not "w"',
    ],
    [
      "an append to a register",
      "rw-register",
      [["append", "x", 1]],
      'a transaction of rw-register knows r and w, but not "append"',
    ],
    ["no list of micro-operations", "rw-register", null, "a list of micro-operations was expected, found nothing"],
    ["a text for them", "list-append", "r x", 'a list of micro-operations was expected, found "r x"'],
    [
      "a micro-operation of too little",
      "rw-register",
      [["r"]],
      'a micro-operation is [function, key, value], found ["r"]',
    ],
    [
      "a micro-operation of too much",
      "rw-register",
      [["r", "x", null, 1]],
      'a micro-operation is [function, key, value], found ["r", "x", null, 1]',
    ],
    ["a micro-operation that is none", "rw-register", ["r"], 'a micro-operation is [function, key, value], found "r"'],
    [
      "a write of the initial state",
      "rw-register",
      [["w", "x", null]],
      "it writes null, which also stands for the initial state",
    ],
  ])("says what is wrong with %s", (_, kind, value, problem) => {
    expect(one(kind, value)).toEqual({ malformed: `operation 0 (a transaction of process 0): ${problem}` });
  });

  it("says what is wrong with other operations, and with processes that overlap themselves", () => {
    expect(transactionsOf(history([{ p: 0, f: "read", call: 0, ret: 1, ok: 1 }]), "list-append")).toEqual({
      malformed: "operation 0 is a read, but a transaction is a txn",
    });
    const [first, second] = sketched({ p: 1, does: "r x []" }, { p: 2, does: "r x []" }).ops;
    if (!first || !second) throw new Error("two operations");
    const ops = [
      { ...first, returnNs: 20 },
      { ...second, process: 1 },
    ];
    expect(transactionsOf({ ...sketched(), ops }, "list-append")).toEqual({
      malformed:
        "operation 1 (a transaction of process 1): it begins while operation 0 of the same process has not ended",
    });
  });
});
