import { describe, expect, it } from "vitest";
import type { Outcome } from "../../../src/core/operation.ts";
import { msToNs } from "../../../src/core/time.ts";
import { ok, type probe, toyModel, watch } from "./toy.ts";

const steady = { network: { delay: { kind: "constant", ms: 1 } } } as const;
const pauseAt = (...nodes: string[]) => ({ kind: "client-pause", nodes }) as const;
const echo = { f: "echo", input: 7 };

/** What came of an operation, and when. */
const timed = async (nowMs: () => number, outcome: Promise<Outcome>): Promise<[Outcome, number]> => [
  await outcome,
  nowMs(),
];

describe("a client that stands still", () => {
  it("sends what it was about to when it goes on, and the others do not wait", async () => {
    const { cluster, sleepMs, nowMs, messages } = watch(steady);
    const [slow, quick] = [cluster.open(50, "n1"), cluster.open(51, "n2")];
    const heal = await cluster.inject(pauseAt("n1"));
    const asked = [slow, quick].map((session) => timed(nowMs, session.invoke(echo, msToNs(100))));
    await sleepMs(40);
    expect(messages.some(({ src }) => src === "c50")).toBe(false);
    await heal();
    expect(await Promise.all(asked)).toEqual([
      [ok(7), 42],
      [ok(7), 2],
    ]);
    await cluster.stop();
  });

  it("gets replies when it goes on, and no timeout counts the time", async () => {
    const { cluster, sleepMs, nowMs } = watch(steady);
    const session = cluster.open(50, "n1");
    const answered = timed(nowMs, session.invoke(echo, msToNs(10)));
    await sleepMs(1);
    const heal = await cluster.inject(pauseAt("n1"));
    await sleepMs(500);
    await heal();
    expect(await answered).toEqual([ok(7), 501]);

    const mute = timed(nowMs, session.invoke({ f: "mute", input: null }, msToNs(10)));
    await sleepMs(4);
    const again = await cluster.inject(pauseAt("n1"));
    await sleepMs(100);
    await again();
    expect(await mute).toEqual([{ type: "info", error: { name: "timeout" } }, 501 + 4 + 100 + 6]);
    await cluster.stop();
  });

  it("runs its timers when it goes on, in order, unless it clears them first; its clock runs on", async () => {
    const fired: string[] = [];
    const model = {
      ...toyModel(() => ({})),
      client: (env: Parameters<typeof probe.client>[0]) => ({
        onInvoke: () => {
          env.setTimer("b", 20);
          env.setTimer("a", 10);
          env.setTimer("cleared", 30);
        },
        onReply: () => undefined,
        onTimer: (name: string) => {
          fired.push(`${name} ${env.monoMs()}`);
          env.clearTimer("cleared");
          if (name === "b") env.complete(ok(null));
        },
      }),
    };
    const { cluster, sleepMs } = watch({ ...steady, model });
    const done = cluster.open(50, "n1").invoke(echo, msToNs(1000));
    const heal = await cluster.inject(pauseAt("n1"));
    await sleepMs(60);
    expect(fired).toEqual([]);
    await heal();
    expect(await done).toEqual(ok(null));
    expect(fired).toEqual(["a 60", "b 60"]);
    await cluster.stop();
  });

  it("stands still also if its session is opened meanwhile, and until the last of several pauses ends", async () => {
    const { cluster, sleepMs, nowMs } = watch(steady);
    const heals = [await cluster.inject(pauseAt("n1", "n2")), await cluster.inject(pauseAt("n2"))];
    const asked = ["n1", "n2"].map((node, i) => timed(nowMs, cluster.open(50 + i, node).invoke(echo, msToNs(100))));
    for (const heal of heals) {
      await sleepMs(10);
      await heal();
    }
    expect((await Promise.all(asked)).map(([, atMs]) => atMs)).toEqual([12, 22]);
    await cluster.stop();
  });

  it("that is closed meanwhile does nothing more", async () => {
    const { cluster, sleepMs, messages } = watch(steady);
    const session = cluster.open(50, "n1");
    const heal = await cluster.inject(pauseAt("n1"));
    const lost = session.invoke(echo, msToNs(100));
    session.close();
    expect(await lost).toMatchObject({ type: "info" });
    await heal();
    await sleepMs(10);
    expect(messages).toEqual([]);
    await cluster.stop();
  });
});
