import { describe, expect, it } from "vitest";
import { at, did, named, oneOf, was, who } from "../../../checkers/linearizability/words.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Operation, Outcome } from "../../../src/core/operation.ts";

const ok = (value?: Json): Outcome => (value === undefined ? { type: "ok" } : { type: "ok", value }) as Outcome;
const failed: Outcome = { type: "fail", error: { name: "precondition-failed" } };
const unknown: Outcome = { type: "info", error: { name: "timeout" } };

const op = (f: string, input: Json, outcome: Outcome, key = "x"): Operation => ({
  index: 0,
  process: 4,
  node: "",
  f,
  key,
  input,
  callNs: 0,
  returnNs: 1,
  outcome,
});

describe("what an operation did", () => {
  it.each<[said: string, f: string, input: Json, outcome: Outcome]>([
    ["read x = 3", "read", null, ok(3)],
    ["read x = nothing", "read", null, ok()],
    ["read x", "read", null, unknown],
    ['got x = "a"', "get", null, ok("a")],
    ["wrote 3 to x", "write", 3, ok()],
    ["wrote nothing to x", "write", null, ok()],
    ['put "a" into x', "put", "a", ok()],
    ["appended 3 to x", "append", 3, ok()],
    ["appended 3 to x at offset 7", "send", 3, ok(7)],
    ["appended 3 to x", "send", 3, unknown],
    ["swapped 1 for 2 in x", "cas", [1, 2], ok()],
    ["swapped 1 for 2 in x", "cas", [1, 2], unknown],
    ["failed to swap 1 for 2 in x, which takes that it was not 1", "cas", [1, 2], failed],
    ["enqueued 3 in x", "enqueue", 3, ok()],
    ["pushed 3 onto x", "push", 3, ok()],
    ["inserted 3 into x", "insert", 3, ok()],
    ["dequeued 3 from x", "dequeue", null, ok(3)],
    ["took 3 from x", "take", null, ok(3)],
    ["popped 3 from x", "pop", null, ok(3)],
    ["took out the smallest, 3, from x", "delete-min", null, ok(3)],
    ["took out the smallest, 3, from x", "poll", null, ok(3)],
    ["found x empty when it tried to pop", "pop", null, ok(null)],
    ["found x empty when it tried to pop", "pop", null, ok()],
    ["found x empty when it tried to take", "take", null, failed],
    ["tried to dequeue from x", "dequeue", null, unknown],
    ["added 3 to x", "add", 3, unknown],
    ["added 3 to x", "add", 3, ok()],
    ["added 3 to x, where it was not yet", "add", 3, ok(true)],
    ["added 3 to x, where it was already", "add", 3, ok(false)],
    ["removed 3 from x", "remove", 3, unknown],
    ["removed 3 from x, where it was", "remove", 3, ok(true)],
    ["removed 3 from x, where it was not", "remove", 3, ok(false)],
    ["looked for 3 in x", "contains", 3, unknown],
    ["saw that 3 was in x", "contains", 3, ok(true)],
    ["saw that 3 was not in x", "contains", 3, ok(false)],
    ["acquired x", "acquire", null, ok()],
    ["acquired x", "acquire", null, unknown],
    ['acquired x for "a" with token 3', "acquire", "a", ok(3)],
    ['failed to acquire x for "a", which takes that it was held', "acquire", "a", failed],
    ["released x", "release", null, ok()],
    ["failed to release x, which takes that somebody else held it, or nobody", "release", null, failed],
    ["incremented x by 1", "increment", null, ok()],
    ["incremented x by 5", "increment", 5, ok()],
    ["decremented x by 1", "decrement", null, ok()],
    ["transferred 5 from 0 to 1", "transfer", { from: 0, to: 1, amount: 5 }, ok()],
    [
      "failed to transfer 5 from 0 to 1, which takes that 0 held less",
      "transfer",
      { from: 0, to: 1, amount: 5 },
      failed,
    ],
    ["asked for an identifier", "generate", null, unknown],
    ["got the identifier 7", "generate", null, ok(7)],
    ['did the transaction [["r","y",2]]', "txn", [["r", "y", null]], ok([["r", "y", 2]])],
    ['did the transaction [["r","y",null]]', "txn", [["r", "y", null]], unknown],
    ["did flip 3 on x", "flip", 3, unknown],
    ["did flip nothing on x = 4", "flip", null, ok(4)],
    ["did toString nothing on x = 4", "toString", null, ok(4)],
  ])("%s", (said, f, input, outcome) => {
    expect(did(op(f, input, outcome))).toBe(said);
    expect(who(op(f, input, outcome))).toBe(`process 4 ${said}`);
  });

  it("is said of the object where there is only one", () => {
    expect(did(op("read", null, ok(3), ""))).toBe("read the object = 3");
    expect([named(undefined), named(""), named("x")]).toEqual(["the object", "the object", "x"]);
  });
});

describe("what an object was like", () => {
  it.each<[said: string, spec: string, states: readonly string[]]>([
    ["x was 1", "register", ["1"]],
    ["x was 1 or 2", "register", ["1", "2"]],
    ["x was 1, 2 or 3", "register", ["1", "2", "3"]],
    ["x was a = 1, b = 2; or a = 2", "multi-register", ["a = 1, b = 2", "a = 2"]],
    ["x was empty", "set", ["empty"]],
    ["x was empty", "fifo-queue", ["empty"]],
    ["x held 1", "set", ["1"]],
    ["x held 1, 2", "set", ["1, 2"]],
    ["x held 1, 2", "bag", ["1, 2"]],
    ["x held 1; or nothing", "log", ["1", "empty"]],
    ["x held 1", "stack", ["1"]],
    ["x held 1, 2 (the next one first)", "stack", ["1, 2"]],
    ["x held 1, 2; or nothing (the next one first)", "fifo-queue", ["1, 2", "empty"]],
    ["x held 1, 2 (the next one first)", "priority-queue", ["1, 2"]],
    ["used already were 1, 2; or 1", "unique-ids", ["used: 1, 2", "used: 1"]],
  ])("%s", (said, spec, states) => {
    expect(was(spec, "x", states)).toBe(said);
  });

  it("is told with the time in seconds, and any of many", () => {
    expect(at(1_234_567_890)).toBe("1.235 s");
    expect([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(oneOf)).toEqual(["", "a", "a or b", "a, b or c"]);
  });
});
