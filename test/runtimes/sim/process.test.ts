import { describe, expect, it } from "vitest";
import type { Env, Replica } from "../../../src/core/replica.ts";
import { ok, toyModel, watch } from "./toy.ts";

const steady = {
  network: { delay: { kind: "constant", ms: 1 } },
  disk: { syncMs: { kind: "constant", ms: 2 } },
} as const;

describe("a paused node", () => {
  it("does nothing; requests, messages and timers pile up and run, in order, when it resumes", async () => {
    const { cluster, ask, get, sleepMs, traced, nowMs } = watch(steady);
    await get("n2", "timer", "alarm", 20);
    const heal = await cluster.inject({ kind: "pause", nodes: ["n2"] });
    const echo = ask("n2", "echo", "", "late");
    await get("n1", "flood", "n2", 3);
    await sleepMs(100);
    expect(traced.filter(({ node, event }) => node === "n2" && event !== "started")).toEqual([]);
    const resumedMs = nowMs();
    await heal();
    expect(await echo).toEqual(ok("late"));
    const after = traced.filter(({ node, event }) => node === "n2" && event !== "started");
    expect(after.map(({ event }) => event)).toEqual(["got", "got", "got", "fired"]);
    for (const { atMs } of after) expect(atMs).toBe(resumedMs);
    await cluster.stop();
  });

  it("goes on only when nobody pauses it any more", async () => {
    const { cluster, ask } = watch(steady);
    const pause = { kind: "pause", nodes: ["n1"] } as const;
    const [one, other] = [await cluster.inject(pause), await cluster.inject(pause)];
    await one();
    await one();
    expect((await ask("n1", "echo")).type).toBe("info");
    await other();
    expect((await ask("n1", "echo")).type).toBe("ok");
    await cluster.stop();
  });

  it("gets its clocks on: both have advanced by the time it slept", async () => {
    const { cluster, get, sleepMs } = watch(steady);
    type Clocks = { wallMs: number; monoMs: number };
    const before = (await get("n1", "clock")) as unknown as Clocks;
    const heal = await cluster.inject({ kind: "pause", nodes: ["n1"] });
    await sleepMs(998);
    await heal();
    const after = (await get("n1", "clock")) as unknown as Clocks;
    expect(after.wallMs - before.wallMs).toBeCloseTo(1000, 2);
    expect(after.monoMs - before.monoMs).toBeCloseTo(1000, 5);
    await cluster.stop();
  });
});

describe("a killed node", () => {
  it("refuses requests while it is down, and is started again on its disk", async () => {
    const { cluster, ask, get, details } = watch(steady);
    for (let i = 0; i < 3; i++) await get("n1", "increment");
    const heal = await cluster.inject({ kind: "kill", nodes: ["n1"] });
    expect(await ask("n1", "echo")).toMatchObject({ type: "fail", error: { name: "node-not-found" } });
    await heal();
    await heal();
    expect(details("started", "n1")).toEqual([{ count: 0 }, { count: 3 }]);
    expect(await get("n1", "increment")).toBe(4);
    await cluster.stop();
  });

  it("never answers what was under way, and forgets timers, inbox and messages that had not left", async () => {
    const { cluster, ask, get, details, sleepMs, messages } = watch(steady);
    await get("n1", "timer", "alarm", 10);
    const syncing = ask("n1", "increment");
    const waiting = ask("n1", "flood", "n2", 5); // Arrives while the node syncs.
    await sleepMs(2);
    await (await cluster.inject({ kind: "kill", nodes: ["n1"] }))();
    expect((await syncing).type).toBe("info");
    expect((await waiting).type).toBe("info");
    expect(details("fired")).toEqual([]);
    expect(messages.filter(({ src, dest }) => src === "n1" && dest === "n2")).toEqual([]);
    await cluster.stop();
  });

  it("does not get messages while it is down; those on their way outlive the sender", async () => {
    const { cluster, get, details, sleepMs, messages } = watch({
      ...steady,
      network: { delay: { kind: "constant", ms: 5 } },
    });
    const session = cluster.open(50, "n1");
    const flooding = session.invoke({ f: "flood", key: "n2", input: 4 }, 1e9);
    await sleepMs(7);
    const heal = await cluster.inject({ kind: "kill", nodes: ["n1"] });
    await flooding;
    expect(details("got", "n2").length).toBe(4);
    await get("n2", "flood", "n1", 2);
    await sleepMs(10);
    await heal();
    await sleepMs(10);
    expect(details("got", "n1")).toEqual([]);
    expect(messages.filter(({ event, dest }) => event === "drop" && dest === "n1").length).toBe(2);
    await cluster.stop();
  });

  it("stays down until the last of several kills is healed, and is started frozen if it is paused", async () => {
    const { cluster, ask, details } = watch(steady);
    const first = await cluster.inject({ kind: "kill", nodes: ["n1", "n2"] });
    const second = await cluster.inject({ kind: "kill", nodes: ["n1"] });
    const pause = await cluster.inject({ kind: "pause", nodes: ["n1"] });
    await first();
    expect(await ask("n1", "echo")).toMatchObject({ type: "fail" });
    expect((await ask("n2", "echo")).type).toBe("ok");
    await second();
    expect((await ask("n1", "echo")).type).toBe("info");
    expect(details("started", "n1").length).toBe(1);
    await pause();
    expect(details("started", "n1").length).toBe(2);
    expect((await ask("n1", "echo")).type).toBe("ok");
    await cluster.stop();
  });

  it("no longer leads", async () => {
    const { cluster, get } = watch(steady);
    expect(cluster.leader()).toBeUndefined();
    await get("n1", "lead");
    await get("n2", "lead");
    expect(cluster.leader()).toBe("n2");
    await get("n1", "lead");
    expect(cluster.leader()).toBe("n1");
    const heal = await cluster.inject({ kind: "kill", nodes: ["n1"] });
    expect(cluster.leader()).toBe("n2");
    await heal();
    expect(cluster.leader()).toBe("n2");
    await get("n2", "follow");
    expect(cluster.leader()).toBeUndefined();
    await cluster.stop();
  });
});

describe("an observer", () => {
  it("may kill a node in the very moment of its claim to lead; what the handler did after that never leaves", async () => {
    const model = toyModel((env) => ({
      onRequest(request) {
        env.trace("leader", { term: 1 });
        env.send("n2", { type: "obey" });
        env.reply(request, { outcome: ok(null) });
      },
    }));
    const { cluster, ask, sleepMs, messages } = watch(
      { ...steady, model },
      {
        onTrace: (_atNs, node, event) => {
          if (event === "leader") void cluster.inject({ kind: "kill", nodes: [node] }).then(async (heal) => heal());
        },
      },
    );
    expect((await ask("n1", "any", "", null, 50)).type).toBe("info");
    await sleepMs(10);
    expect(messages.filter(({ src }) => src === "n1")).toEqual([]);
    expect(cluster.leader()).toBeUndefined();
    expect(cluster.stats()).toMatchObject({ crashes: 1, messages: 0, requests: 1, replies: 0 });
    await cluster.stop();
  });
});

describe("timers", () => {
  it("fire once, after the time asked for on the true clock; setting again restarts, clearing ends them", async () => {
    const { cluster, get, details, sleepMs, traced } = watch(steady);
    await cluster.inject({ kind: "clock", mode: "drift", nodes: ["n1"], rate: 3 });
    await get("n1", "timer", "once", 10); // Handled at 1 ms, answered at 2 ms.
    await sleepMs(50);
    expect(traced.filter(({ event }) => event === "fired")).toMatchObject([{ atMs: 11, detail: { name: "once" } }]);

    const startMs = cluster.nowNs() / 1e6;
    await get("n1", "timer", "again", 10);
    await get("n1", "timer", "again", 20); // Later: handled at 3 ms.
    await get("n1", "timer", "sooner", 30);
    await get("n1", "timer", "sooner", 4); // Earlier: handled at 7 ms.
    await get("n1", "timer", "gone", 5);
    await get("n1", "clear", "gone");
    await get("n1", "timer", "back", 9);
    await get("n1", "clear", "back");
    await get("n1", "timer", "back", 2); // Handled at 17 ms.
    await sleepMs(100);
    const fired = traced.slice(-3).map(({ atMs, detail }) => [detail.name, atMs - startMs]);
    expect(fired).toEqual([
      ["sooner", 11],
      ["back", 19],
      ["again", 23],
    ]);
    expect(details("fired").length).toBe(4);
    await cluster.stop();
  });

  it("that were due in a pause do not fire if an input before them sets them again or clears them", async () => {
    const { cluster, get, ask, sleepMs, traced, nowMs } = watch(steady);
    await get("n1", "timer", "reset", 10);
    await get("n1", "timer", "cleared", 10);
    const heal = await cluster.inject({ kind: "pause", nodes: ["n1"] });
    const asked = [ask("n1", "timer", "reset", 10), ask("n1", "clear", "cleared")];
    await sleepMs(50);
    await heal();
    const healedMs = nowMs();
    await Promise.all(asked);
    await sleepMs(50);
    expect(traced.filter(({ event }) => event === "fired")).toMatchObject([
      { detail: { name: "reset" }, atMs: healedMs + 10 },
    ]);
    await cluster.stop();
  });

  it("of one instant fire in the order in which they were set", async () => {
    const order: string[] = [];
    const model = toyModel((env) => {
      for (const name of ["a", "b", "c"]) env.setTimer(name, 5);
      env.setTimer("a", 5);
      return { onTimer: (name) => order.push(name) };
    });
    const { cluster, sleepMs } = watch({ model, nodes: 1 });
    await sleepMs(10);
    expect(order).toEqual(["b", "c", "a"]);
    await cluster.stop();
  });
});

describe("a handler that throws", () => {
  it("crashes its node alone; the run goes on and can say what happened", async () => {
    const { cluster, ask, logs, messages } = watch(steady);
    expect((await ask("n1", "throw", "", null, 100)).type).toBe("info");
    expect(messages.filter(({ src }) => src === "n1")).toEqual([]);
    expect(await ask("n1", "echo")).toMatchObject({ type: "fail", error: { name: "node-not-found" } });
    expect((await ask("n2", "echo")).type).toBe("ok");
    expect(cluster.failures()).toMatchObject([{ atNs: 1e6, who: "n1", error: { message: "asked to throw" } }]);
    expect(logs[0]).toBe("n1: Error: asked to throw");

    const heal = await cluster.inject({ kind: "kill", nodes: ["n1"] });
    await heal();
    expect((await ask("n1", "echo")).type).toBe("ok");
    await cluster.stop();
  });

  it("at the start leaves the node down", async () => {
    const model = toyModel((env) => {
      if (env.id === "n2") throw new Error("cannot start");
      return { onRequest: (request) => env.reply(request, { outcome: ok(1) }) };
    });
    const { cluster, ask } = watch({ model });
    expect(cluster.failures()).toMatchObject([{ atNs: 0, who: "n2" }]);
    expect((await ask("n1", "any")).type).toBe("ok");
    expect((await ask("n2", "any")).type).toBe("fail");
    await cluster.stop();
  });

  it.each<[string, (env: Env) => void, RegExp]>([
    ["a message to itself", (env) => env.send("n1", { type: "x" }), /n1 cannot send to n1: that is itself/],
    ["a message to nobody", (env) => env.send("n9", { type: "x" }), /there is no such node/],
    ["a message that is not JSON", (env) => env.send("n2", { type: "x", at: new Map() as never }), /a Map is not JSON/],
    ["a record that is not JSON", (env) => env.disk.append("log", Number.NaN), /NaN is not JSON/],
    ["a timer at no time", (env) => env.setTimer("x", Number.NaN), /timer "x" cannot be set to NaN ms/],
    ["a truncation to a negative length", (env) => env.disk.truncate("log", -1), /cannot truncate log "log" to -1/],
    [
      "a change to a message that was sent",
      (env) => {
        const message = { type: "x", list: [1] };
        env.send("n2", message);
        message.list.push(2);
      },
      /not extensible/,
    ],
  ])("because of %s says so", async (_what, act, expected) => {
    const model = toyModel((env): Partial<Replica> => ({ onRequest: () => act(env) }));
    const { cluster, ask } = watch({ model, nodes: 2 });
    await ask("n1", "any", "", null, 10);
    expect(cluster.failures().map(({ error }) => error.message)).toEqual([expect.stringMatching(expected)]);
    await cluster.stop();
  });

  it("in a client ends its operation as unknown and its session", async () => {
    const good = toyModel((env) => ({ onRequest: (request) => env.reply(request, { outcome: ok(1) }) }));
    const model = {
      ...good,
      client: (): ReturnType<typeof good.client> => ({
        onInvoke: () => {
          throw new Error("client trouble");
        },
        onReply: () => undefined,
        onTimer: () => undefined,
      }),
    };
    const { cluster } = watch({ model });
    const session = cluster.open(3, "n1");
    expect(await session.invoke({ f: "any", input: null }, 1e9)).toMatchObject({
      type: "info",
      error: { name: "crash" },
    });
    expect(cluster.failures()).toMatchObject([{ who: "c3" }]);
    await expect(session.invoke({ f: "any", input: null }, 1e9)).rejects.toThrow(/spent or closed/);
    await cluster.stop();
  });
});
