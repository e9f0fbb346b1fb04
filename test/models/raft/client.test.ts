import { describe, expect, test } from "vitest";
import type { Invocation, NodeId, Outcome } from "../../../src/core/operation.ts";
import type { Client, Reply } from "../../../src/core/replica.ts";
import { raft } from "../../../src/models/raft/index.ts";
import { append, Bench, ok, read, write } from "./bench.ts";

interface Sent {
  readonly to: NodeId;
  readonly id: number;
  readonly context: unknown;
}

/** A client of n1, n2, n3, opened on n1, with a clock that the test moves. */
class ClientBench {
  readonly sent: Sent[] = [];
  readonly outcomes: Outcome[] = [];
  readonly client: Client;
  nowMs = 0;
  #dueMs: number | undefined;

  constructor(reads = "log", bug?: string) {
    this.client = raft.client(
      {
        process: 0,
        node: "n1",
        nodes: ["n1", "n2", "n3"],
        monoMs: () => this.nowMs,
        random: () => 0.5,
        send: (to, { id, context }) => this.sent.push({ to, id, context }),
        setTimer: (_name, afterMs) => {
          this.#dueMs = this.nowMs + afterMs;
        },
        clearTimer: () => {
          this.#dueMs = undefined;
        },
        complete: (outcome) => this.outcomes.push(outcome),
      },
      { reads },
      bug,
    );
  }

  get last(): Sent {
    const last = this.sent.at(-1);
    if (!last) throw new Error("nothing was sent");
    return last;
  }

  /** Nodes asked so far. */
  get asked(): NodeId[] {
    return this.sent.map(({ to }) => to);
  }

  invoke(op: Invocation): void {
    this.client.onInvoke(op);
  }

  /** The node that was asked last answers. */
  answer(reply: Reply, { to, id } = this.last): void {
    this.client.onReply(to, id, reply);
  }

  /** Nobody answers until the client's timer fires. */
  silence(): void {
    if (this.#dueMs === undefined) throw new Error("the client waits for nothing");
    this.nowMs = this.#dueMs;
    this.#dueMs = undefined;
    this.client.onTimer("retry");
  }
}

const done: Reply = { outcome: { type: "ok", value: null } };
const unknown: Reply = { outcome: { type: "info", error: { name: "crash" } } };
const unreachable: Reply = { outcome: { type: "fail", error: { name: "node-not-found" } } };
const refusedBy = (leader: NodeId | null): Reply => ({
  outcome: { type: "fail", error: { name: "temporarily-unavailable" } },
  context: { leader },
});

describe("where a client sends its requests (§8)", () => {
  test("it follows a redirection, and then stays with the leader", () => {
    const bench = new ClientBench();
    bench.invoke(write("x", 1));
    bench.answer(refusedBy("n3"));
    bench.answer(done);
    bench.invoke(write("x", 2));
    expect(bench.asked).toEqual(["n1", "n3", "n3"]);
  });

  test("it tries the next node where there is nobody, or nobody knows the leader", () => {
    const bench = new ClientBench();
    bench.invoke(write("x", 1));
    bench.answer(unreachable);
    bench.answer(refusedBy(null));
    expect(bench.asked).toEqual(["n1", "n2", "n3"]);
  });

  test("after all have refused it waits before it asks again", () => {
    const bench = new ClientBench();
    bench.invoke(write("x", 1));
    for (let i = 0; i < 3; i++) bench.answer(refusedBy(null));
    expect(bench.sent).toHaveLength(3);
    bench.silence();
    expect(bench.nowMs).toBeGreaterThanOrEqual(50);
    expect(bench.sent).toHaveLength(4);
  });

  test("after 150 to 300 ms of silence it asks another node, under the same sequence number", () => {
    const bench = new ClientBench();
    bench.invoke(write("x", 1));
    bench.silence();
    expect(bench.nowMs).toBeGreaterThanOrEqual(150);
    expect(bench.nowMs).toBeLessThanOrEqual(300);
    expect(bench.asked).toEqual(["n1", "n2"]);
    expect(bench.sent[0]?.context).toEqual(bench.sent[1]?.context);
    expect(bench.sent[0]?.id).not.toBe(bench.sent[1]?.id);
    bench.answer(done);
    bench.invoke(write("x", 2));
    expect(bench.last.context).not.toEqual(bench.sent[0]?.context);
  });

  test("with the bug lease-on-wall-clock reads stay where they are answered, though commands go elsewhere", () => {
    const bench = new ClientBench("lease", "lease-on-wall-clock");
    bench.invoke(read("x"));
    bench.answer(done);
    bench.invoke(write("x", 1));
    bench.answer(refusedBy("n3"));
    bench.answer(done);
    bench.invoke(read("x"));
    bench.answer(refusedBy("n3"));
    bench.answer(done);
    bench.invoke(read("x"));
    expect(bench.asked).toEqual(["n1", "n1", "n3", "n1", "n3", "n3"]);
    // Whoever falls silent loses them to the leader.
    bench.answer(done);
    bench.invoke(write("x", 2));
    bench.answer(refusedBy("n2"));
    bench.answer(done);
    bench.invoke(read("x"));
    bench.silence();
    expect(bench.asked.slice(-2)).toEqual(["n3", "n2"]);
  });

  test("local and final reads go to the session's own node only", () => {
    const bench = new ClientBench("local");
    bench.invoke(write("x", 1));
    bench.answer(refusedBy("n2"));
    bench.answer(done);
    bench.invoke(read("x"));
    bench.silence();
    bench.answer(done);
    bench.invoke({ ...read("x"), final: true });
    expect(bench.asked).toEqual(["n1", "n2", "n1", "n1", "n1"]);
    for (let i = 0; i < 50 && bench.outcomes.length < 3; i++) {
      bench.answer(unreachable);
      if (bench.outcomes.length < 3) bench.silence();
    }
    expect(bench.outcomes.at(-1)).toMatchObject({ type: "fail" });
    expect(new Set(bench.asked.slice(2))).toEqual(new Set(["n1"]));
  });

  test("it tells up to where its session has seen the log; in mode local its own writes do not count", () => {
    const at = (index: number, value: unknown = null): Reply =>
      ({ outcome: { type: "ok", value }, context: { index } }) as Reply;
    for (const [reads, expected] of [
      ["lease", [0, 7, 9, 9]],
      ["local", [0, 0, 9, 9]],
    ] as const) {
      const bench = new ClientBench(reads);
      const told: unknown[] = [];
      for (const [op, index] of [
        [write("x", 1), 7],
        [read("x"), 9],
        [{ f: "cas", key: "x", input: [1, 2] }, 8],
        [read("x"), 9],
      ] as const) {
        bench.invoke(op);
        told.push((bench.last.context as { seen: number }).seen);
        bench.answer(at(index));
      }
      expect(told).toEqual(expected);
    }
  });
});

describe("what a client reports", () => {
  test("fail, if every request was refused for 0.8 s", () => {
    const bench = new ClientBench();
    bench.invoke(write("x", 1));
    for (let i = 0; i < 200 && bench.outcomes.length === 0; i++)
      if (i % 4 === 3) bench.silence();
      else bench.answer(refusedBy(null));
    expect(bench.outcomes).toMatchObject([{ type: "fail", error: { name: "temporarily-unavailable" } }]);
    expect(bench.nowMs).toBeGreaterThanOrEqual(800);
  });

  test("never fail while a request of a write is open: it may take effect yet", () => {
    for (const open of [(bench: ClientBench) => bench.silence(), (bench: ClientBench) => bench.answer(unknown)]) {
      const bench = new ClientBench();
      bench.invoke(write("x", 1));
      open(bench);
      for (let i = 0; i < 200; i++)
        if (i % 4 === 3) bench.silence();
        else bench.answer(refusedBy(null));
      expect(bench.outcomes).toEqual([]);
      bench.answer(done);
      expect(bench.outcomes).toEqual([done.outcome]);
    }
  });

  test("a late answer to an earlier request of the same operation counts, one of an earlier operation does not", () => {
    const bench = new ClientBench();
    bench.invoke(write("x", 1));
    const first = bench.last;
    bench.silence();
    bench.answer(done, first);
    expect(bench.outcomes).toEqual([done.outcome]);
    bench.invoke(write("x", 2));
    bench.answer({ outcome: { type: "ok", value: "late" } }, bench.sent[1]);
    expect(bench.outcomes).toHaveLength(1);
  });

  test("a read has no effect: after 0.8 s of silence it has failed", () => {
    const bench = new ClientBench("read-index");
    bench.invoke(read("x"));
    for (let i = 0; i < 5 && bench.outcomes.length === 0; i++) bench.silence();
    expect(bench.outcomes).toMatchObject([{ type: "fail" }]);
    expect(bench.nowMs).toBe(800);
  });

  test("what the state machine answers is final: a compare-and-set that did not match is not tried again", () => {
    const bench = new ClientBench();
    bench.invoke({ f: "cas", key: "x", input: [1, 2] });
    const mismatch: Outcome = { type: "fail", error: { name: "precondition-failed" } };
    bench.answer({ outcome: mismatch });
    expect(bench.outcomes).toEqual([mismatch]);
  });
});

describe("exactly once (§8, dissertation §6.3)", () => {
  function led(bug?: string): Bench {
    const bench = new Bench(3, bug ? { bug } : {});
    bench.elect("n1");
    return bench;
  }

  test("a retry of an applied command is answered as the first time, and not appended", () => {
    const bench = led();
    const cas: Invocation = { f: "cas", key: "x", input: [null, 1] };
    expect(bench.ask("n1", cas, "c7", 1)).toEqual(ok(null));
    const length = bench.terms("n1").length;
    expect(bench.ask("n1", cas, "c7", 1)).toEqual(ok(null));
    expect(bench.terms("n1")).toHaveLength(length);
  });

  test("a retry at the next leader is applied once, though the command stands in the log twice", () => {
    for (const [bug, expected] of [
      [undefined, [5]],
      ["apply-twice-on-retry", [5, 5]],
    ] as const) {
      const bench = led(bug);
      const first = bench.request("n1", append("x", 5), "c7", 1);
      bench.isolate("n1");
      // n2 and n3 have the entry; the answers to n1 are lost.
      for (const letter of bench.take()) bench.hand(letter);
      bench.take();
      bench.electAny("n2");
      expect(bench.ask("n2", append("x", 5), "c7", 1)).toEqual(ok(null));
      expect(bench.copy("n2", "x")).toEqual(expected);
      // The deposed leader does not know what became of it.
      bench.heal();
      bench.beat("n2");
      expect(bench.reply("c7", first)).toMatchObject({ outcome: { type: "info" }, context: { leader: "n2" } });
      expect(bench.violations).toEqual([]);
    }
  });

  test("a retry while the command is under way waits for the same entry", () => {
    const bench = led();
    const first = bench.request("n1", append("x", 5), "c7", 1);
    const second = bench.request("n1", append("x", 5), "c7", 1);
    bench.settle();
    expect([bench.reply("c7", first), bench.reply("c7", second)]).toEqual([ok(null), ok(null)]);
    expect(bench.copy("n1", "x")).toEqual([5]);
  });

  test("a command that arrives after a newer one of the same client is not applied", () => {
    const bench = led();
    bench.ask("n1", append("x", 2), "c7", 2);
    expect(bench.ask("n1", append("x", 1), "c7", 1)).toBeUndefined();
    expect(bench.copy("n1", "x")).toEqual([2]);
  });

  test("the table of answers is part of the state: it survives the death of all", () => {
    const bench = led();
    bench.ask("n1", append("x", 5), "c7", 1);
    for (const name of ["n1", "n2", "n3"]) bench.kill(name);
    for (const name of ["n1", "n2", "n3"]) bench.restart(name);
    const leader = bench.electAny("n3", "n2");
    expect(bench.ask(leader, append("x", 5), "c7", 1)).toEqual(ok(null));
    expect(bench.copy(leader, "x")).toEqual([5]);
  });

  test("a follower refuses, and says who leads", () => {
    const bench = led();
    expect(bench.ask("n2", write("x", 1))).toEqual({
      outcome: { type: "fail", error: { name: "temporarily-unavailable", text: "n1 leads" } },
      context: { leader: "n1" },
    });
    bench.kill("n3");
    bench.restart("n3");
    expect(bench.ask("n3", write("x", 1))).toMatchObject({ context: { leader: null } });
  });

  test("a command without a number of its own goes by its request, as from a client that knows nothing of retries", () => {
    const bench = led();
    const ask = (id: number): void => {
      bench.node("n1").replica.onRequest({ id, client: "c7", op: write("x", id), context: null });
      bench.settle();
    };
    ask(1);
    ask(2);
    expect(bench.reply("c7", 1)).toMatchObject({ outcome: { type: "ok" } });
    expect(bench.reply("c7", 2)).toMatchObject({ outcome: { type: "ok" } });
    expect(bench.ask("n1", read("x"))).toMatchObject({ outcome: { type: "ok", value: 2 } });
  });
});
