import { describe, expect, it } from "vitest";
import type { Model } from "../../../src/core/model.ts";
import type { ClientEnv } from "../../../src/core/replica.ts";
import { ok, toyModel, watch } from "./toy.ts";

const steady = { network: { delay: { kind: "constant", ms: 1 } } } as const;

/** Nodes that answer only what they are asked for the third time; the client repeats itself every 10 ms. */
const stubborn: Model = {
  ...toyModel((env) => {
    let asked = 0;
    return {
      onRequest: (request) => {
        asked++;
        env.trace("asked", { id: request.id, client: request.client });
        if (asked % 3 === 0 || request.op.f === "once") env.reply(request, { outcome: ok(env.id) });
      },
    };
  }),
  client: (env: ClientEnv) => {
    let op = { f: "", input: null as never };
    let id = 0;
    const attempt = (): void => {
      env.send(env.node, { id: ++id, op, context: null });
      env.setTimer("retry", 10);
    };
    return {
      onInvoke: (invocation) => {
        op = invocation as typeof op;
        attempt();
      },
      onTimer: attempt,
      onReply: (_from, _id, reply) => {
        env.clearTimer("retry");
        env.complete(reply.outcome);
      },
    };
  },
};

describe("a hosted client", () => {
  it("has timers and a clock, and can try again until it is answered", async () => {
    const { cluster, ask, details, sleepMs } = watch({ ...steady, model: stubborn });
    expect(await ask("n2", "read")).toEqual(ok("n2"));
    expect(cluster.nowNs()).toBe(22e6);
    await sleepMs(100);
    expect(details("asked")).toEqual([1, 2, 3].map((id) => ({ id, client: "c0" })));
    await cluster.stop();
  });

  it("is dropped when its operation has run out of time: it sends nothing any more", async () => {
    const { cluster, details, sleepMs } = watch({ ...steady, model: stubborn });
    const session = cluster.open(4, "n1");
    expect(await session.invoke({ f: "read", input: null }, 5e6)).toEqual({ type: "info", error: { name: "timeout" } });
    await sleepMs(100);
    expect(details("asked").length).toBe(1);
    session.close();
    session.close();
    const next = cluster.open(5, "n1");
    expect(await next.invoke({ f: "once", input: null }, 5e6)).toEqual(ok("n1"));
    await cluster.stop();
  });

  it("is told when it asks a node that does not exist", async () => {
    const lost: Model = {
      ...stubborn,
      client: (env) => ({
        onInvoke: (op) => env.send("n77", { id: 0, op, context: null }),
        onReply: (from, id, reply) => env.complete(ok({ from, id, outcome: reply.outcome.type })),
        onTimer: () => undefined,
      }),
    };
    const { cluster, get } = watch({ ...steady, model: lost });
    expect(await get("n1", "any")).toEqual({ from: "n77", id: 0, outcome: "fail" });
    await cluster.stop();
  });

  it("that reaches some nodes only knows of no others, and what it sends to them is lost", async () => {
    const wanderer: Model = {
      ...stubborn,
      client: (env) => ({
        onInvoke: (op) => {
          if (op.f === "whom") env.complete(ok([...env.nodes]));
          else env.send(op.f, { id: 0, op: { f: "once", input: null }, context: null });
        },
        onReply: (_from, _id, reply) => env.complete(reply.outcome),
        onTimer: () => undefined,
      }),
    };
    const { cluster, details } = watch({ ...steady, model: wanderer });
    const session = cluster.open(0, "n2", ["n2", "n3"]);
    const ask = (f: string) => session.invoke({ f, input: null }, 50e6);
    expect(await ask("whom")).toEqual(ok(["n2", "n3"]));
    expect(await ask("n3")).toEqual(ok("n3"));
    expect(await ask("n1")).toMatchObject({ type: "info", error: { name: "timeout" } });
    expect(details("asked").length).toBe(1);
    expect(() => cluster.open(1, "n1", ["n2"])).toThrow("the client does not reach it");
    await cluster.stop();
  });

  it("draws from its own seeded stream", async () => {
    const dice: Model = {
      ...stubborn,
      client: (env) => ({
        onInvoke: () => env.complete(ok([env.random(), env.random(), env.monoMs()])),
        onReply: () => undefined,
        onTimer: () => undefined,
      }),
    };
    const roll = async (seed: number, process: number): Promise<string> => {
      const { cluster } = watch({ model: dice, seed });
      const outcome = await cluster.open(process, "n1").invoke({ f: "any", input: null }, 1e9);
      await cluster.stop();
      return JSON.stringify(outcome);
    };
    expect(await roll(1, 0)).toBe(await roll(1, 0));
    expect(new Set([await roll(1, 0), await roll(1, 1), await roll(2, 0)]).size).toBe(3);
  });
});
