import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ERRORS } from "../../../src/core/errors.ts";
import type { Json } from "../../../src/core/json.ts";
import type { Invocation, Outcome } from "../../../src/core/operation.ts";
import type { Message, Reply, Request } from "../../../src/core/replica.ts";
import {
  decodeReply,
  decodeRequest,
  encodeReply,
  encodeRequest,
  formatLine,
  parseLine,
} from "../../../src/runtimes/shared/wire.ts";

const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);
/** Some that look like numbers and some that only nearly do. */
const key = fc.oneof(fc.string(), fc.constantFrom("0", "7", "007", "-1", "1e3", "12345678901234567890", "1.5"));
const step = fc.tuple(fc.constantFrom("r", "append"), key, json);
const callPart = fc.oneof(
  fc.record({ f: fc.constant("read"), input: fc.constant(null as Json) }),
  fc.record({ f: fc.constantFrom("write", "append", "frob"), input: json }),
  fc.record({ f: fc.constant("cas"), input: fc.tuple(json, json) }),
  fc.record({ f: fc.constant("txn"), input: fc.array(step) }),
);
const invocation: fc.Arbitrary<Invocation> = fc
  .tuple(callPart, fc.option(key, { nil: undefined }), fc.boolean())
  .map(([{ f, input }, name, final]) => ({
    f,
    input: input as Json,
    ...(name === undefined ? {} : { key: name }),
    ...(final ? { final: true as const } : {}),
  }));
const request: fc.Arbitrary<Request> = fc.record({
  id: fc.integer(),
  client: fc.constant("c1"),
  op: invocation,
  context: json,
});
const errorName = fc.oneof(fc.constantFrom(...Object.keys(ERRORS)), fc.string());
const error = fc
  .tuple(errorName, fc.option(fc.string(), { nil: undefined }))
  .map(([name, text]) => ({ name, ...(text === undefined ? {} : { text }) }));
const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.record({ type: fc.constant("ok" as const), value: json }),
  fc.record({ type: fc.constantFrom("fail" as const, "info" as const), error }),
);
const reply: fc.Arbitrary<Reply> = fc
  .tuple(outcome, fc.option(json, { nil: undefined }))
  .map(([result, context]) => ({ outcome: result, ...(context === undefined ? {} : { context }) }));

/** Through a pipe and back. */
const through = (body: Message): Message => {
  const line = formatLine("a", "b", body);
  expect(line.indexOf("\n")).toBe(line.length - 1);
  const parsed = parseLine(line);
  if (typeof parsed === "string") throw new Error(parsed);
  return parsed.body;
};

describe("the wire format", () => {
  it("gives every request back as it was", () => {
    fc.assert(
      fc.property(request, (sent) => {
        expect(decodeRequest("c1", through(encodeRequest(sent)))).toEqual(sent);
      }),
      { numRuns: 500 },
    );
  });

  it("gives every reply back as it was, whatever the function was", () => {
    fc.assert(
      fc.property(reply, fc.integer(), fc.constantFrom("read", "cas", "frob", ""), (sent, id, f) => {
        expect(decodeReply(through(encodeReply(id, f, sent)))).toEqual({ id, reply: sent });
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.array(step), (txn) => {
        const sent: Reply = { outcome: { type: "ok", value: txn } };
        expect(decodeReply(through(encodeReply(1, "txn", sent)))).toEqual({ id: 1, reply: sent });
      }),
    );
  });

  // doc/workloads.md, "Lin-kv" and "Txn-list-append".
  it("writes requests as Maelstrom's workloads have them", () => {
    const encode = (op: Invocation) => encodeRequest({ id: 1, client: "c1", op, context: null });
    expect(encode({ f: "read", key: "5", input: null })).toEqual({ type: "read", msg_id: 1, key: 5 });
    expect(encode({ f: "write", key: "x", input: 3 })).toEqual({ type: "write", msg_id: 1, key: "x", value: 3 });
    expect(encode({ f: "cas", key: "0", input: [3, 4] })).toEqual({ type: "cas", msg_id: 1, key: 0, from: 3, to: 4 });
    expect(encode({ f: "txn", input: [["append", "7", 1]] })).toEqual({
      type: "txn",
      msg_id: 1,
      txn: [["append", 7, 1]],
    });
  });

  it("reads Maelstrom's replies and errors", () => {
    const outcomeOf = (body: Message) => {
      const decoded = decodeReply({ ...body, in_reply_to: 1 });
      return typeof decoded === "string" ? decoded : decoded.reply.outcome;
    };
    expect(outcomeOf({ type: "read_ok", value: 4 })).toEqual({ type: "ok", value: 4 });
    expect(outcomeOf({ type: "write_ok" })).toEqual({ type: "ok", value: null });
    expect(outcomeOf({ type: "error", code: 22, text: "no" })).toEqual({
      type: "fail",
      error: { name: "precondition-failed", text: "no" },
    });
    expect(outcomeOf({ type: "error", code: 13 })).toEqual({ type: "info", error: { name: "crash" } });
    // A code of the program's own proves nothing, whatever it is called; a known one does.
    expect(outcomeOf({ type: "error", code: 1234 })).toEqual({ type: "info", error: { name: "error-1234" } });
    expect(outcomeOf({ type: "error" })).toMatchObject({ type: "info" });
    expect(outcomeOf({ type: "error", code: 11, name: "no-leader" })).toMatchObject({
      type: "fail",
      error: { name: "no-leader" },
    });
  });

  it("says what is wrong with what is no message, and never throws", () => {
    for (const [line, why] of [
      ["hello", /not JSON/],
      ["", /not JSON/],
      ["[]", /not a JSON object/],
      ["null", /not a JSON object/],
      ['{"src":1,"dest":"b","body":{"type":"x"}}', /"src" and "dest"/],
      ['{"src":"a","dest":"b","body":[]}', /"body" must be an object/],
      ['{"src":"a","dest":"b","body":{"type":7}}', /"body.type"/],
    ] as const)
      expect(parseLine(line)).toMatch(why);
    expect(decodeRequest("c1", { type: "read" })).toMatch(/msg_id/);
    expect(decodeRequest("c1", { type: "read", msg_id: 1, key: [1] })).toMatch(/key/);
    expect(decodeReply({ type: "read_ok" })).toMatch(/in_reply_to/);
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (line) => void parseLine(line)));
    const body = fc.dictionary(fc.constantFrom("msg_id", "in_reply_to", "key", "txn", "code", "value"), json);
    fc.assert(
      fc.property(body, fc.constantFrom("read", "cas", "txn", "txn_ok", "error"), (fields, type) => {
        decodeRequest("c1", { ...fields, type });
        decodeReply({ ...fields, type });
      }),
    );
  });
});
