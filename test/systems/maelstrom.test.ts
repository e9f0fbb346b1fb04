import { describe, expect, it } from "vitest";
import type { Invocation, Outcome } from "../../src/core/operation.ts";
import type { ClientEnv, Request } from "../../src/core/replica.ts";
import { type MaelstromWorkload, maelstromClient } from "../../src/systems/maelstrom.ts";
import { MAELSTROM, startProgram } from "../runtimes/process/support.ts";

/** One operation with an answer written down beforehand: what the client asked for, and how it took the answer. */
function exchange(workload: MaelstromWorkload, op: Invocation, answer: Outcome) {
  const sent: Omit<Request, "client">[] = [];
  const outcomes: Outcome[] = [];
  const env: ClientEnv = {
    process: 1,
    node: "n2",
    nodes: ["n1", "n2"],
    monoMs: () => 0,
    random: () => 0,
    send: (to, request) => {
      expect(to).toBe("n2");
      sent.push(request);
    },
    setTimer: () => undefined,
    clearTimer: () => undefined,
    complete: (outcome) => outcomes.push(outcome),
  };
  const client = maelstromClient(workload)(env);
  client.onInvoke(op);
  const [request] = sent;
  client.onReply("n2", 999, { outcome: { type: "ok", value: "an answer to another" } });
  client.onReply("n2", request?.id ?? 0, { outcome: answer });
  client.onReply("n2", request?.id ?? 0, { outcome: { type: "ok", value: "a duplicate" } });
  expect(sent.length).toBe(1);
  expect(outcomes.length).toBe(1);
  return { asked: request?.op, outcome: outcomes[0] };
}

const fail = (name: string): Outcome => ({ type: "fail", error: { name } });

describe("a client for Maelstrom's workloads", () => {
  it("reads a key that was never written as null, and lets compare-and-set fail on it", () => {
    const read = { f: "read", key: "1", input: null };
    expect(exchange("register", read, fail("key-does-not-exist"))).toEqual({
      asked: read,
      outcome: { type: "ok", value: null },
    });
    const cas = { f: "cas", key: "1", input: [1, 2] };
    expect(exchange("register", cas, fail("key-does-not-exist")).outcome).toEqual(fail("key-does-not-exist"));
    expect(exchange("register", read, fail("abort")).outcome).toEqual(fail("abort"));
  });

  it("puts appends and reads of lists into transactions of one step", () => {
    const append = exchange("append", { f: "append", key: "1", input: 5 }, { type: "ok", value: [["append", "1", 5]] });
    expect(append.asked).toEqual({ f: "txn", input: [["append", "1", 5]] });
    expect(append.outcome).toEqual({ type: "ok", value: null });
    const read: Invocation = { f: "read", key: "1", input: null, final: true };
    const { asked, outcome } = exchange("append", read, { type: "ok", value: [["r", "1", [5]]] });
    expect(asked).toEqual({ f: "txn", input: [["r", "1", null]], final: true });
    expect(outcome).toEqual({ type: "ok", value: [5] });
    expect(exchange("append", read, fail("txn-conflict")).outcome).toEqual(fail("txn-conflict"));
    for (const value of [null, [], [["r", "1"]], 7])
      expect(exchange("append", read, { type: "ok", value }).outcome).toMatchObject({ type: "info" });
  });

  it("gets along with a program that serves them", async () => {
    const registers = await startProgram(MAELSTROM);
    const { lab } = registers;
    expect(await lab.ask("n1", "read", "1")).toBeNull();
    expect(await lab.outcome("n1", { f: "cas", key: "1", input: [1, 2] })).toMatchObject({
      type: "fail",
      error: { name: "key-does-not-exist" },
    });
    await lab.ask("n1", "write", "1", 1);
    expect(await lab.outcome("n1", { f: "cas", key: "1", input: [5, 2] })).toEqual({
      type: "fail",
      error: { name: "precondition-failed", text: "it is 1" },
    });
    expect(await lab.ask("n1", "cas", "1", [1, 2])).toBeNull();
    expect(await lab.ask("n1", "read", "1")).toBe(2);

    const lists = (await startProgram(MAELSTROM, { workload: "append" })).lab;
    expect(await lists.ask("n1", "read", "1")).toBeNull();
    expect(await lists.ask("n1", "append", "1", 7)).toBeNull();
    await lists.ask("n1", "append", "1", 8);
    expect(await lists.ask("n1", "read", "1")).toEqual([7, 8]);
  });
});
