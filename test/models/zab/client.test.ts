import { describe, expect, it } from "vitest";
import type { NodeId, Outcome } from "../../../src/core/operation.ts";
import type { Client, Reply } from "../../../src/core/replica.ts";
import { zab } from "../../../src/models/zab/index.ts";
import { append, read } from "./bench.ts";

/** A session of n1, with a clock that the test moves. Random numbers are 0.9: the last server. */
class Bench {
  readonly sent: { readonly to: NodeId; readonly id: number; readonly context: unknown }[] = [];
  readonly outcomes: Outcome[] = [];
  readonly client: Client;
  #nowMs = 0;
  #dueMs: number | undefined;

  constructor(sessions = "staying", bug?: string) {
    this.client = zab.client(
      {
        process: 0,
        node: "n1",
        nodes: ["n1", "n2", "n3"],
        monoMs: () => this.#nowMs,
        random: () => 0.9,
        send: (to, { id, context }) => this.sent.push({ to, id, context }),
        setTimer: (_name, afterMs) => {
          this.#dueMs = this.#nowMs + afterMs;
        },
        clearTimer: () => {
          this.#dueMs = undefined;
        },
        complete: (outcome) => this.outcomes.push(outcome),
      },
      { sessions },
      bug,
    );
  }

  get asked(): NodeId[] {
    return this.sent.map(({ to }) => to);
  }

  get waits(): boolean {
    return this.#dueMs !== undefined;
  }

  /** The server that was asked last answers, or the one before, … */
  answer(reply: Reply, back = 1): void {
    const { to = "", id = 0 } = this.sent.at(-back) ?? {};
    this.client.onReply(to, id, reply);
  }

  /** Nothing comes until the timer fires. */
  silence(): void {
    this.#nowMs = this.#dueMs ?? this.#nowMs;
    this.#dueMs = undefined;
    this.client.onTimer("retry");
  }
}

const done = (...zxid: number[]): Reply => ({ outcome: { type: "ok", value: null }, context: { zxid } });
const refused: Reply = {
  outcome: { type: "fail", error: { name: "temporarily-unavailable" } },
  context: { refused: true },
};
const unreachable: Reply = { outcome: { type: "fail", error: { name: "node-not-found" } } };
const connectionLoss: Reply = { outcome: { type: "info", error: { name: "crash" } } };

describe("a session (Hunt et al. 2010, §4.4)", () => {
  it("moves to the next server where one refuses or is gone, and stays there", () => {
    const bench = new Bench();
    bench.client.onInvoke(append(1));
    bench.answer(refused);
    bench.silence();
    bench.answer(unreachable);
    bench.silence();
    bench.answer(done(1, 1));
    bench.client.onInvoke(append(2));
    expect(bench.asked).toEqual(["n1", "n2", "n3", "n3"]);
    expect(bench.outcomes).toEqual([{ type: "ok", value: null }]);
  });

  it("tells every server the last zxid that it saw", () => {
    const bench = new Bench("roaming");
    for (const reply of [done(1, 7), done(2, 1), done(1, 9)]) {
      bench.client.onInvoke(read());
      bench.answer(reply);
    }
    bench.client.onInvoke(append(1));
    expect(bench.sent.map(({ context }) => context)).toEqual(
      [
        [0, 0],
        [1, 7],
        [2, 1],
        [2, 1],
      ].map((seen) => ({ seen })),
    );
    expect(bench.asked).toEqual(["n3", "n3", "n3", "n3"]);
  });

  it("asks another server what one does not show, and does not listen to the first any more", () => {
    const bench = new Bench();
    bench.client.onInvoke(read());
    bench.silence();
    bench.answer(done(1, 1), 2);
    expect([bench.asked, bench.outcomes]).toEqual([["n1", "n2"], []]);
    bench.answer(done(1, 2));
    expect(bench.outcomes).toHaveLength(1);
  });

  it("never repeats a write that may have been done", () => {
    const bench = new Bench();
    bench.client.onInvoke(append(1));
    expect(bench.waits).toBe(false);
    bench.answer(connectionLoss);
    expect([bench.asked, bench.outcomes]).toEqual([["n1"], [connectionLoss.outcome]]);

    const careless = new Bench("staying", "repeated-on-connection-loss");
    careless.client.onInvoke(append(1));
    careless.answer(connectionLoss);
    careless.silence();
    expect([careless.asked, careless.outcomes]).toEqual([["n1", "n2"], []]);
  });

  it("gives up before it is given up, with what it knows for certain", () => {
    const bench = new Bench();
    bench.client.onInvoke(append(1));
    for (let i = 0; i < 100 && bench.outcomes.length === 0; i++) {
      bench.answer(refused);
      if (bench.outcomes.length === 0) bench.silence();
    }
    expect(bench.outcomes).toEqual([refused.outcome]);
    expect(new Set(bench.asked).size).toBe(3);
  });

  it("asks its own server, and no other, for its copy", () => {
    const bench = new Bench("roaming");
    bench.client.onInvoke({ ...read(), final: true });
    bench.answer(unreachable);
    expect([bench.asked, bench.outcomes]).toEqual([["n1"], [unreachable.outcome]]);
  });
});
