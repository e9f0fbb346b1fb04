import { describe, expect, it } from "vitest";
import { bank } from "../../../checkers/bank/index.ts";
import { causalReverse } from "../../../checkers/causal-reverse/index.ts";
import { longFork } from "../../../checkers/long-fork/index.ts";
import { failed, told } from "./told.ts";

describe("what is told of the bank", () => {
  it("reads that are wrong, each in one way", () => {
    expect(
      told(
        bank(),
        [0, "read", null, { a: 5, b: 5 }],
        [0, "read", null, { a: 5, c: 5 }],
        [0, "read", null, { a: 5, b: null }],
        [1, "read", null, { a: 5, b: 6 }],
        [0, "read", null, { a: 11, b: -1 }],
      ),
    ).toEqual([
      'unexpected-account [causal-cc,pram,balanced,consistent-view,repeatable-read] 1: process 0 read {a: 5, c: 5}, but there is no account "c".',
      'nil-balance [causal-cc,pram,balanced,consistent-view,repeatable-read] 2: process 0 read {a: 5, b: nothing}, but every account has a balance, and that of "b" is missing.',
      "wrong-total [causal-cc,pram,balanced,consistent-view,repeatable-read] 0,3: process 1 read {a: 5, b: 6}, together 11, but transfers only move money: all accounts together must hold 10, as process 0 had read.",
      "  0-3: together 10 there, and 11 here",
      'negative-balance [sequential,balanced,consistent-view,repeatable-read] 4: process 0 read {a: 11, b: -1}, but no transfer may take more than is there, and "b" is below zero.',
    ]);
  });

  it("a total that is given, many accounts, and several below zero", () => {
    expect(
      told(
        bank({ total: 10, accounts: [..."abcdefghijklmn"] }),
        [0, "read", null, { a: 5, b: 6 }],
        [0, "read", null, { a: 12, b: -1, c: -1 }],
        [0, "read", null, Object.fromEntries([..."abcdefghijklmn"].map((x) => [x, 1]))],
      ),
    ).toEqual([
      "wrong-total [causal-cc,pram,balanced,consistent-view,repeatable-read] 0: process 0 read {a: 5, b: 6}, together 11, but transfers only move money: all accounts together must hold 10.",
      'negative-balance [sequential,balanced,consistent-view,repeatable-read] 1: process 0 read {a: 12, b: -1, c: -1}, but no transfer may take more than is there, and "b", "c" are below zero.',
      "wrong-total [causal-cc,pram,balanced,consistent-view,repeatable-read] 2: process 0 read {a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1, h: 1, i: 1, j: 1, k: 1, l: 1 and 2 more}, together 14, but transfers only move money: all accounts together must hold 10.",
    ]);
  });
});

describe("what is told of long fork", () => {
  it("two writes that were seen in opposite orders", () => {
    expect(
      told(
        longFork(),
        [0, "txn", [["w", "a", 1]]],
        [1, "txn", [["w", "b", 2]]],
        [
          2,
          "txn",
          null,
          [
            ["r", "a", 1],
            ["r", "b", null],
          ],
        ],
        [
          3,
          "txn",
          null,
          [
            ["r", "b", 2],
            ["r", "a", null],
          ],
        ],
      ),
    ).toEqual([
      'long-fork [prefix,repeatable-read] 2,3: process 2 saw the write of "a" and not that of "b", and process 3 saw that of "b" and not that of "a": whichever was first, one of the two saw the later write without the earlier one.',
      '  2-3: "b" was written after operation 2 had looked',
      '  3-2: "a" was written after operation 3 had looked',
    ]);
  });

  it("values that were never written, or failed", () => {
    expect(
      told(
        longFork(),
        [0, "txn", [["w", "a", 1]], null, failed],
        [
          2,
          "txn",
          null,
          [
            ["r", "a", 1],
            ["r", 7, { v: 2 }],
          ],
        ],
      ),
    ).toEqual([
      "aborted-read [read-committed] 0,1: process 2 read 1 from a, but that write failed (operation 0).",
      "  0-1: failed, but was seen",
      'thin-air-read [read-committed] 1: process 2 read {"v":2} from 7, but nobody wrote that.',
    ]);
  });
});

describe("what is told of causal reverse", () => {
  it("a later write without an earlier one, of another process and of the same", () => {
    expect(
      told(
        causalReverse(),
        [0, "write", 1],
        [1, "write", 2],
        [1, "write", 3],
        [2, "read", null, [2]],
        [2, "read", null, [1, 3]],
      ),
    ).toEqual([
      "causal-reverse [linearizable,strong-snapshot-isolation] 0,1,3: process 1 wrote 2 when process 0's write of 1 had been acknowledged, yet process 2 saw the later one, 2, without the earlier one.",
      "  0-1: 1 was acknowledged before the write of 2 was called",
      "  1-3: 2 was seen",
      "  3-0: 1 was not",
      "causal-reverse [causal-cc,monotonic-writes] 1,2,4: process 1 wrote 3 when its own write of 2 had been acknowledged, yet process 2 saw the later one, 3, without the earlier one.",
      "  1-2: 2 was acknowledged before the write of 3 was called",
      "  2-4: 3 was seen",
      "  4-1: 2 was not",
    ]);
  });

  it("values that were never written, or failed", () => {
    expect(told(causalReverse(), [0, "write", 1, null, failed], [2, "read", null, [1, 5]])).toEqual([
      "thin-air-read [causal-cc,pram] 0,1: process 2 saw 1, but the only write of it failed (operation 0).",
      "  0-1: failed, but was seen",
      "thin-air-read [causal-cc,pram] 1: process 2 saw 5, but nobody wrote that.",
    ]);
  });
});
