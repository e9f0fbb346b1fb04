import { describe, expect, test } from "vitest";
import type { NodeId } from "../../../src/core/operation.ts";
import { multiPaxos } from "../../../src/models/multi-paxos/index.ts";
import { GRANT_MS, LEASE_MS } from "../../../src/models/multi-paxos/settings.ts";
import { Table } from "../shared/table.ts";

const append = (input: number) => ({ f: "append", key: "x", input });
const READ = { f: "read", key: "x", input: null };

const table = (nodes: number, reads: string): Table => new Table({ model: multiPaxos, nodes, config: { reads } });

const leads = (at: Table, node: NodeId): boolean =>
  at.traced.findLast((one) => one.node === node && ["leader", "follower", "start"].includes(one.event))?.event ===
  "leader";

/** Lets a node stand, and loses what goes to or comes from those `without`. */
function elect(at: Table, node: NodeId, ...without: NodeId[]): void {
  for (let i = 0; i < 5 && !leads(at, node); i++) {
    at.fire(node, "election");
    at.settle(...without);
  }
  expect(leads(at, node)).toBe(true);
}

const answer = (at: Table, id: number) => at.replies.get(id)?.outcome;
const copy = (at: Table, node: NodeId) => answer(at, at.request(node, { ...READ, final: true }));
const events = (at: Table, event: string) => at.traced.filter((one) => one.event === event).map(({ detail }) => detail);

describe("the log (Paxos Made Simple, §3)", () => {
  test("a stable leader executes phase 2 only, with one message to each", () => {
    const at = table(3, "log");
    elect(at, "n1");
    for (const input of [1, 2, 3]) {
      const id = at.request("n1", append(input));
      expect(at.mail.map(({ message }) => message.type)).toEqual(["accept", "accept"]);
      at.settle();
      expect(answer(at, id)).toEqual({ type: "ok", value: null });
    }
    expect(events(at, "candidate")).toHaveLength(1);
  });

  test("a new leader takes over what others accepted, and fills the gap before it with a no-op", () => {
    const at = table(3, "log");
    elect(at, "n1");
    at.request("n1", append(1));
    at.take();
    at.request("n1", append(2));
    at.settle("n3");
    elect(at, "n2", "n1");
    expect(events(at, "fill")).toEqual([expect.objectContaining({ decree: 1 })]);
    expect(events(at, "adopt")).toEqual([expect.objectContaining({ decree: 2 })]);
    expect(copy(at, "n2")).toEqual({ type: "ok", value: [2] });
    expect(at.violations).toEqual([]);
  });

  test("of two values for a slot that of the higher ballot is adopted (§2.2, P2c)", () => {
    const at = table(5, "log");
    elect(at, "n1");
    at.request("n1", append(1));
    at.take();
    elect(at, "n2", "n1");
    at.request("n2", append(2));
    at.settle("n1", "n4", "n5");
    elect(at, "n5", "n2", "n4");
    expect(events(at, "adopt")).toEqual([expect.objectContaining({ decree: 1, value: "c2:1" })]);
    expect(copy(at, "n4")).toEqual({ type: "ok", value: null });
    at.fire("n5", "heartbeat");
    at.settle();
    expect(copy(at, "n4")).toEqual({ type: "ok", value: [2] });
    expect(at.violations).toEqual([]);
  });

  test("who has missed all is told in few messages", () => {
    const at = table(3, "log");
    elect(at, "n1", "n3");
    for (let input = 1; input <= 600; input++) {
      at.request("n1", append(input));
      at.settle("n3");
    }
    expect(copy(at, "n3")).toEqual({ type: "ok", value: null });
    for (let i = 0; i < 3; i++) {
      at.fire("n1", "heartbeat");
      at.settle();
    }
    expect(copy(at, "n3")).toEqual(copy(at, "n1"));
  });

  test("what a deposed leader has proposed is unknown to it", () => {
    const at = table(3, "log");
    elect(at, "n1");
    const id = at.request("n1", append(1));
    at.take();
    elect(at, "n2", "n1");
    at.fire("n2", "heartbeat");
    at.settle();
    expect(answer(at, id)?.type).toBe("info");
    expect(leads(at, "n1")).toBe(false);
  });

  test("a node that was killed has its log again", () => {
    const at = table(3, "log");
    elect(at, "n1");
    at.request("n1", append(1));
    at.settle();
    for (const node of at.names) at.crash(node);
    elect(at, "n3");
    expect(copy(at, "n3")).toEqual({ type: "ok", value: [1] });
    expect(at.violations).toEqual([]);
  });
});

describe("leases (Paxos Made Live, §5.2)", () => {
  const leased = (nodes = 3): Table => {
    const at = table(nodes, "lease");
    elect(at, "n1");
    at.settle();
    return at;
  };

  test("a leader answers without a message, but not after its lease", () => {
    const at = leased();
    expect(answer(at, at.request("n1", READ))).toEqual({ type: "ok", value: null });
    at.nowMs += LEASE_MS;
    const late = at.request("n1", READ);
    expect(answer(at, late)).toBeUndefined();
    at.settle();
    expect(answer(at, late)).toEqual({ type: "ok", value: null });
  });

  test("a lease counts from when the message left", () => {
    const at = leased();
    at.fire("n1", "heartbeat");
    const beats = at.take();
    for (const letter of beats) at.hand(letter);
    at.nowMs += LEASE_MS;
    at.settle();
    expect(answer(at, at.request("n1", READ))).toBeUndefined();
  });

  test("one other node of five is no majority", () => {
    const at = leased(5);
    at.nowMs += LEASE_MS;
    at.fire("n1", "heartbeat");
    at.settle("n3", "n4", "n5");
    expect(answer(at, at.request("n1", READ))).toBeUndefined();
  });

  test("who heard the leader promises nothing to others for a while, not even across a crash", () => {
    const at = leased();
    at.fire("n1", "heartbeat");
    at.settle();
    const prepare = { from: "n2", to: "n3", message: { type: "prepare", ballot: 1000, from: 1 } };
    at.crash("n3");
    at.hand(prepare);
    expect(at.mail).toEqual([]);
    at.nowMs += GRANT_MS;
    at.hand(prepare);
    expect(at.take().map(({ message }) => message.type)).toEqual(["promise"]);
  });
});

test("a copy that is older than what the session has seen is not shown (Terry et al. 1994)", () => {
  const at = table(3, "learned");
  elect(at, "n1", "n3");
  at.request("n1", append(1));
  at.settle("n3");
  expect(answer(at, at.request("n3", READ))).toEqual({ type: "ok", value: null });
  expect(answer(at, at.request("n3", READ, "c", 1, 1))).toMatchObject({ type: "fail" });
});
