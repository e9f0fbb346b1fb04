import { describe, expect, it } from "vitest";
import { availability } from "../../../checkers/availability/index.ts";
import { convergence } from "../../../checkers/convergence/index.ts";
import { durability } from "../../../checkers/durability/index.ts";
import { failed, final, type Step, told, unknown } from "./told.ts";

describe("what is told of durability", () => {
  it("an append that no copy holds", () => {
    expect(
      told(
        durability("list"),
        [0, "append", 1],
        [1, "append", 2],
        [8, "read", null, [1], final],
        [9, "read", null, [1], final],
      ),
    ).toEqual([
      "lost-write [durable] 1,2,3: process 1 appended 2 to x and n1 acknowledged it at 1.500 s, but at the end no copy of x holds it: n8 holds [1]; n9 holds [1].",
      "  1-2: 2 was acknowledged, but is not there",
      "  1-3: 2 was acknowledged, but is not there",
    ]);
  });

  it("an element that no copy holds", () => {
    expect(
      told(
        durability("set"),
        [0, "add", 1],
        [1, "add", 2],
        [8, "read", null, [1], final],
        [9, "read", null, [1], final],
      ),
    ).toEqual([
      "lost-write [durable] 1,2,3: process 1 added 2 to x and n1 acknowledged it at 1.500 s, and nobody removed 2 after that, but at the end no copy of x that answered holds it.",
      "  1-2: 2 was acknowledged, but is not there",
      "  1-3: 2 was acknowledged, but is not there",
    ]);
  });

  it("a compare-and-set after which an older value was found", () => {
    expect(
      told(
        durability("register"),
        [0, "cas", [null, 1]],
        [1, "write", 2],
        [2, "cas", [2, 3]],
        [8, "read", null, 1, final],
      ),
    ).toEqual([
      "lost-write [durable] 0,2,3: process 2 swapped 2 for 3 in x and n2 acknowledged it at 2.500 s, but at the end every copy of x that answered holds 1, which process 0 had written before: n0 acknowledged it at 0.500 s (1 more write after it may be lost too).",
      "  0-2: 1 had been acknowledged before 3 was called",
      "  2-3: 3 was acknowledged, but 1 was found",
    ]);
  });

  it("the last of several writes after which an older value was found", () => {
    expect(
      told(
        durability("register"),
        [0, "write", 1],
        [1, "write", 2],
        [2, "write", 3],
        [3, "write", 4],
        [8, "read", null, 1, final],
      ),
    ).toEqual([
      "lost-write [durable] 0,3,4: process 3 wrote 4 to x and n3 acknowledged it at 3.500 s, but at the end every copy of x that answered holds 1, which process 0 had written before: n0 acknowledged it at 0.500 s (2 more writes after it may be lost too).",
      "  0-3: 1 had been acknowledged before 4 was called",
      "  3-4: 4 was acknowledged, but 1 was found",
    ]);
  });

  it("a write that all siblings had come before", () => {
    expect(
      told(durability("register"), [0, "write", 1], [1, "write", 2], [2, "write", 3], [8, "read", null, [1, 2], final]),
    ).toEqual([
      "lost-write [durable] 0,1,2,3: process 2 wrote 3 to x and n2 acknowledged it at 2.500 s, but at the end every copy of x that answered holds [1, 2], all of which had been acknowledged before that.",
      "  0-2: 1 had been acknowledged before 3 was called",
      "  1-2: 2 had been acknowledged before 3 was called",
      "  2-3: 3 was acknowledged, but [1, 2] was found",
    ]);
  });

  it("a write of which nothing is left", () => {
    expect(told(durability("register"), [0, "write", 1], [8, "read", null, null, final])).toEqual([
      "lost-write [durable] 0,1: process 0 wrote 1 to x and n0 acknowledged it at 0.500 s, but at the end every copy of x that answered holds nothing, as if it had never been written.",
      "  0-1: 1 was acknowledged, but nothing was found",
    ]);
  });
});

describe("what is told of convergence", () => {
  it("what two copies lack of each other, whatever the order in a set", () => {
    expect(
      told(
        convergence("set"),
        [7, "read", null, [1, 2], final],
        [8, "read", null, [2, 1], final],
        [9, "read", null, [3], final],
      ),
    ).toEqual([
      "divergence [eventual] 0,1,2: after everything was healed the copies of x differ: n7 and n8 hold [1, 2]; n9 holds [3]; n9 lacks 1, 2, n7 lacks 3.",
      "  0-2: n7 and n9 hold different values and nothing is left to reconcile them",
    ]);
  });

  it("three values, each with its copies", () => {
    expect(
      told(convergence(), [7, "read", null, 1, final], [8, "read", null, 2, final], [9, "read", null, [3], final]),
    ).toEqual([
      "divergence [eventual] 0,1,2: after everything was healed the copies of x differ: n7 holds 1; n8 holds 2; n9 holds [3].",
      "  0-1: n7 and n8 hold different values and nothing is left to reconcile them",
      "  0-2: n7 and n9 hold different values and nothing is left to reconcile them",
    ]);
  });

  it("an order that differs", () => {
    expect(told(convergence(), [7, "read", null, [1, 2], final], [8, "read", null, [2, 1], final])).toEqual([
      "divergence [eventual] 0,1: after everything was healed the copies of x differ: n7 holds [1, 2]; n8 holds [2, 1]; the order differs.",
      "  0-1: n7 and n8 hold different values and nothing is left to reconcile them",
    ]);
  });

  it("values that are no lists", () => {
    expect(told(convergence(), [7, "read", null, 1, final], [8, "read", null, 2, final])).toEqual([
      "divergence [eventual] 0,1: after everything was healed the copies of x differ: n7 holds 1; n8 holds 2.",
      "  0-1: n7 and n8 hold different values and nothing is left to reconcile them",
    ]);
  });

  it("a copy that holds nothing", () => {
    expect(told(convergence(), [7, "read", null, [1], final], [8, "read", null, null, final])).toEqual([
      "divergence [eventual] 0,1: after everything was healed the copies of x differ: n7 holds [1]; n8 holds nothing; n8 lacks 1.",
      "  0-1: n7 and n8 hold different values and nothing is left to reconcile them",
    ]);
  });
});

describe("what is told of availability", () => {
  it("what became of the operations of a node", () => {
    expect(
      told(
        availability({ boundMs: 400 }),
        [0, "read", null, 1],
        [0, "read", null, 1, { fail: "temporarily-unavailable" }],
        [2, "read", null, 1, { ...unknown, node: "n0" }],
        [3, "read", null, 1, { ...unknown, node: "n0", info: "unfinished" }],
      ),
    ).toEqual([
      "unavailable [available] 0,1,2: n0 ran, but of 3 operations 3 were not answered within 400 ms (1 no answer, 1 refused, 1 too late; 1 more are not counted). The first: process 0 read 1 from x at 0.000 s and was answered 500 ms later.",
    ]);
  });

  it("the first eight failures of a system without nodes", () => {
    expect(
      told(
        availability(),
        ...Array.from({ length: 10 }, (_, p): Step => [p, "read", null, 1, { ...failed, node: "" }]),
      ),
    ).toEqual([
      "unavailable [available] 0,1,2,3,4,5,6,7: the system ran, but of 10 operations 10 were not answered within 5000 ms (10 refused). The first: process 0 read x at 0.000 s: abort.",
    ]);
  });

  it("an answer that came late", () => {
    expect(told(availability({ boundMs: 400 }), [0, "read", null, 1])).toEqual([
      "unavailable [available] 0: n0 ran, but of 1 operations 1 were not answered within 400 ms (1 too late). The first: process 0 read 1 from x at 0.000 s and was answered 500 ms later.",
    ]);
  });
});
