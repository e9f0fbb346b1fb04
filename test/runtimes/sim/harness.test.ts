import { describe, expect, it } from "vitest";
import { startSim } from "../../../src/runtimes/sim/index.ts";
import { ok, probe, toyModel, watch } from "./toy.ts";

describe("the harness's promises", () => {
  it("resolve at the exact instant, in order; the past is at once", async () => {
    const { cluster } = watch();
    const order: [string, number][] = [];
    const sleep = async (name: string, atNs: number): Promise<void> => {
      await cluster.sleepUntilNs(atNs);
      order.push([name, cluster.nowNs()]);
    };
    await Promise.all([sleep("late", 3_000_001), sleep("early", 1_000_000), sleep("twin", 1_000_000), sleep("now", 0)]);
    await sleep("past", 5);
    expect(order).toEqual([
      ["now", 0],
      ["early", 1_000_000],
      ["twin", 1_000_000],
      ["late", 3_000_001],
      ["past", 3_000_001],
    ]);
    await cluster.stop();
  });

  it("let the harness finish a long chain of thoughts before time goes on", async () => {
    const { cluster } = watch();
    const seen: number[] = [];
    const thinker = async (): Promise<void> => {
      await cluster.sleepUntilNs(1000);
      for (let i = 0; i < 500; i++) await null;
      seen.push(cluster.nowNs());
      await cluster.sleepUntilNs(1500);
      seen.push(cluster.nowNs());
    };
    await Promise.all([thinker(), cluster.sleepUntilNs(1_000_000)]);
    expect(seen).toEqual([1000, 1500]);
    await cluster.stop();
  });

  it("hold time while nobody waits", async () => {
    const { cluster, get, traced } = watch();
    await get("n1", "timer", "alarm", 10);
    const atNs = cluster.nowNs();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(cluster.nowNs()).toBe(atNs);
    expect(traced.filter(({ event }) => event === "fired")).toEqual([]);
    await cluster.stop();
  });

  it("give an operation its time and no more", async () => {
    const { cluster } = watch();
    const session = cluster.open(0, "n1");
    expect(await session.invoke({ f: "mute", input: null }, 5_000_000)).toEqual({
      type: "info",
      error: { name: "timeout" },
    });
    expect(cluster.nowNs()).toBe(5_000_000);
    await expect(session.invoke({ f: "echo", input: null }, 1e6)).rejects.toThrow(/spent or closed/);
    await cluster.stop();
  });

  it("fail with the reason when nothing is left that could resolve them", async () => {
    const { cluster } = watch();
    const forever = cluster.open(0, "n1").invoke({ f: "mute", input: null }, Number.POSITIVE_INFINITY);
    await expect(forever).rejects.toThrow(/stuck at \d+ ns: the harness waits for 1 things and nothing is left/);
    await expect(cluster.sleepUntilNs(1e9)).rejects.toThrow(/stuck/);
    await cluster.stop();
  });

  it("fail with the reason when virtual time stands still", async () => {
    const model = toyModel((env) => {
      env.setTimer("again", 0);
      return { onTimer: () => env.setTimer("again", 0) };
    });
    const { cluster, sleepMs } = watch({ model, nodes: 1 });
    await expect(sleepMs(1)).rejects.toThrow(/1000000 events at one instant/);
    await cluster.stop();
  });

  it("fail with the reason when an observer throws", async () => {
    const { ask, cluster } = watch(
      {},
      {
        onTrace: (_atNs, _node, event) => {
          if (event === "leader") throw new Error("disk full");
        },
      },
    );
    await expect(ask("n1", "lead")).rejects.toThrow("disk full");
    await cluster.stop();
  });

  it("reject what is no instant", async () => {
    const { cluster } = watch();
    await expect(cluster.sleepUntilNs(Number.NaN)).rejects.toThrow(/not an instant/);
    await expect(cluster.sleepUntilNs(Number.POSITIVE_INFINITY)).rejects.toThrow(/not an instant/);
    await cluster.stop();
  });
});

describe("a session", () => {
  it("does one operation at a time; a process has one session, on a node that exists", async () => {
    const { cluster } = watch();
    const session = cluster.open(0, "n1");
    const first = session.invoke({ f: "echo", input: 1 }, 1e9);
    await expect(session.invoke({ f: "echo", input: 2 }, 1e9)).rejects.toThrow(/busy/);
    expect(await first).toEqual(ok(1));
    expect(await session.invoke({ f: "echo", input: 3 }, 1e9)).toEqual(ok(3));
    const atNs = cluster.nowNs();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(cluster.nowNs()).toBe(atNs);
    expect(() => cluster.open(0, "n2")).toThrow(/process 0 has a session already/);
    expect(() => cluster.open(1, "n9")).toThrow(/there is no such node/);
    await cluster.stop();
  });

  it("that is closed ends its operation as unknown, and gets no late reply", async () => {
    const { cluster, sleepMs, messages } = watch();
    const session = cluster.open(0, "n1");
    const asked = session.invoke({ f: "echo", input: 1 }, 1e9);
    session.close();
    expect(await asked).toMatchObject({ type: "info" });
    await sleepMs(10);
    expect(messages.filter(({ event }) => event === "drop")).toMatchObject([{ src: "n1", dest: "c0" }]);
    await cluster.stop();
  });
});

describe("stopping", () => {
  it("ends sleeps and operations at once, heals everything, and can be done twice", async () => {
    const { cluster, ask, sleepMs, messages } = watch();
    const heal = await cluster.inject({ kind: "kill", nodes: ["n3"] });
    const waits = [sleepMs(1e9), ask("n1", "mute", "", null, 1e9)] as const;
    await cluster.stop();
    await cluster.stop();
    const [, outcome] = await Promise.all(waits);
    expect(outcome).toMatchObject({ type: "info" });
    await heal();
    await expect(sleepMs(1)).rejects.toThrow(/stopped/);
    expect(cluster.nowNs()).toBe(0);
    expect(cluster.leader()).toBeUndefined();
    expect(() => cluster.open(99, "n1")).toThrow(/stopped/);
    await expect(cluster.inject({ kind: "kill", nodes: ["n1"] })).rejects.toThrow(/stopped/);
    expect(messages.length).toBe(1);
  });
});

describe("the messages that an observer sees", () => {
  it("have each a number, and come with their bodies as sent, received or dropped", async () => {
    const { cluster, get, ask, messages } = watch({ network: { delay: { kind: "constant", ms: 1 } } });
    await get("n1", "ping", "n2");
    const lines = messages.map(({ atNs, event, id, src, dest }) => `${atNs / 1e6} ${event} ${id} ${src}>${dest}`);
    expect(lines).toEqual([
      "0 send 0 c0>n1",
      "1 recv 0 c0>n1",
      "1 send 1 n1>n2",
      "2 recv 1 n1>n2",
      "2 send 2 n2>n1",
      "3 recv 2 n2>n1",
      "3 send 3 n1>c0",
      "4 recv 3 n1>c0",
    ]);
    expect(messages[0]?.body).toMatchObject({ type: "request", client: "c0", op: { f: "ping", key: "n2" } });
    expect(messages[2]?.body).toEqual({ type: "ping", at: 0 });
    expect(messages[7]?.body).toMatchObject({ type: "reply", id: 0, outcome: { type: "ok", value: "pong" } });
    await cluster.inject({ kind: "kill", nodes: ["n2"] });
    await ask("n2", "echo");
    expect(messages.slice(8).map(({ event, src, dest }) => `${event} ${src}>${dest}`)).toEqual([
      "send c1>n2",
      "drop c1>n2",
    ]);
    await cluster.stop();
  });
});

describe("the options", () => {
  const base = { model: probe, config: {}, seed: 1, nodes: 3 };
  it.each([
    [{ nodes: 0 }, /a whole number of nodes from 1, not 0/],
    [{ seed: 0.5 }, /a seed is an integer, not 0.5/],
    [{ network: { loss: -1 } }, /loss is a probability/],
    [{ disk: { syncMs: { kind: "constant", ms: -1 } } }, /constant delay: ms must be a number from 0/],
  ] as const)("%o are refused with advice", (wrong, expected) => {
    expect(() => startSim({ ...base, ...wrong })).toThrow(expected);
  });
});
