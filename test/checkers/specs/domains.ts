import fc from "fast-check";
import type { Json } from "../../../src/core/json.ts";
import type { Invocation } from "../../../src/core/operation.ts";

/** A small world in which a specification is tried out. */
export interface Domain {
  /** All functions, with inputs from few values, so that states meet again. */
  readonly operations: fc.Arbitrary<Invocation>;
  /** Outputs worth trying in a state, of the function's shape. */
  outputs(s: unknown, f: string): readonly Json[];
}

const call = (f: string, ...inputs: readonly Json[]): readonly Invocation[] => inputs.map((input) => ({ f, input }));
const from = (...calls: readonly (readonly Invocation[])[]): fc.Arbitrary<Invocation> =>
  fc.oneof(...calls.map((group) => fc.constantFrom(...group)));

const SMALL: readonly Json[] = [1, 2, 3];
const MIXED: readonly Json[] = [1, 12, 2, "1", "", null, [1], [1, 2]];
const TEXTS: readonly Json[] = ["", "a", "ab", "b"];
const parsed = (items: readonly string[]): readonly Json[] => items.map((item): Json => JSON.parse(item));
const items = (s: unknown): readonly Json[] => parsed(s as readonly string[]);
const pairs = (values: readonly Json[]): readonly Json[] => values.flatMap((a) => values.map((b): Json => [a, b]));
/** Whatever is possible of a queue. */
const TAKEN: readonly Json[] = [null, 1, 2, 3];
const holders: readonly Json[] = [null, "c1"];

const accounts = (s: unknown): Json => Object.fromEntries(s as ReadonlyMap<string, Json>);

/** By the names of the specifications. */
export const DOMAINS: Readonly<Record<string, Domain>> = {
  register: { operations: from(call("read", null), call("write", ...MIXED)), outputs: () => MIXED },
  "cas-register": {
    operations: from(call("read", null), call("write", ...MIXED), call("cas", ...pairs(MIXED))),
    outputs: () => MIXED,
  },
  "multi-register": {
    operations: from(
      call("read", null),
      call("write", { x: 1 }, { x: 2, y: 1 }, { y: null }),
      call(
        "txn",
        [["r", "x", null]],
        [["w", "x", 1]],
        [
          ["r", "y", null],
          ["w", "x", 2],
          ["r", "x", null],
        ],
      ),
    ),
    outputs(_, f) {
      if (f === "write") return [null];
      const reads = [null, 1, 2].flatMap((x) => [null, 1].map((y) => ({ x, y })));
      if (f === "read") return reads;
      return reads.flatMap(({ x, y }): Json[] => [
        [["r", "x", x]],
        [
          ["r", "y", y],
          ["w", "x", 2],
          ["r", "x", 2],
        ],
      ]);
    },
  },
  kv: {
    operations: from(call("get", null), call("put", ...TEXTS), call("append", ...TEXTS)),
    outputs: (s) => [s as string, null, "a"],
  },
  counter: {
    operations: from(
      call("read", null),
      call("add", 1, -1, 2, 0),
      call("increment", null, 2),
      call("decrement", null, 1),
    ),
    outputs: (s, f) => (f === "read" ? [s as number, 0, 1, 2] : [null]),
  },
  set: {
    operations: from(call("add", ...SMALL), call("remove", ...SMALL), call("contains", ...SMALL), call("read", null)),
    outputs: (s, f) => (f === "read" ? [null, [], items(s)] : f === "contains" ? [true, false] : [null, true, false]),
  },
  bag: {
    operations: from(
      call("enqueue", ...SMALL),
      call("add", ...SMALL),
      call("dequeue", null),
      call("take", null),
      call("read", null),
    ),
    outputs: (s, f) => (f === "read" ? [null, ...(s as readonly (readonly string[])[]).map(parsed)] : TAKEN),
  },
  "fifo-queue": { operations: from(call("enqueue", ...SMALL), call("dequeue", null)), outputs: () => TAKEN },
  stack: { operations: from(call("push", ...SMALL), call("pop", null)), outputs: () => TAKEN },
  "priority-queue": {
    operations: from(call("insert", ...SMALL), call("add", ...SMALL), call("delete-min", null), call("poll", null)),
    outputs: () => TAKEN,
  },
  "append-list": {
    operations: from(call("read", null), call("append", ...MIXED)),
    outputs: (s) => [JSON.parse(`[${s as string}]`), null, [1]],
  },
  log: {
    operations: from(
      call("append", ...SMALL),
      call("send", ...SMALL),
      call("read", null, 0, 1, [0, 1], [1, 2]),
      call("poll", null, 0, 1, [0, 1], [1, 2]),
    ),
    outputs(s, f) {
      if (f === "append" || f === "send") return [null, 0, 1, 2];
      return [null, items(s), items(s).slice(1), items(s).slice(0, 1), items(s).slice(1, 3)];
    },
  },
  mutex: { operations: from(call("acquire", ...holders), call("release", ...holders)), outputs: () => [null] },
  "reentrant-mutex": {
    operations: from(call("acquire", ...holders), call("release", ...holders)),
    outputs: () => [null],
  },
  "fenced-lock": {
    operations: from(call("acquire", ...holders), call("release", ...holders)),
    outputs: () => [null, 1, 2, 3],
  },
  bank: {
    operations: from(
      call("read", null),
      call(
        "transfer",
        { from: 0, to: 1, amount: 60 },
        { from: "1", to: "0", amount: 60 },
        { from: 0, to: 0, amount: 70 },
        { from: 0, to: 2, amount: 0 },
      ),
    ),
    outputs: (s, f) => (f === "read" ? [accounts(s), { 0: 100 }, { 0: 40, 1: 60 }] : [null]),
  },
  "unique-ids": { operations: from(call("generate", null)), outputs: () => SMALL },
};
